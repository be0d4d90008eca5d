// The results page, quicker; it works without this module
const by = (id) => document.getElementById(id);
const all = (wanted, within = root) => [...within.querySelectorAll(wanted)];
const [root, form, status] = ["search", "search-form", "search-status"].map(by);

// Over the results, the button says how many
const beside = matchMedia("(min-width: 60rem)");
root.classList.add("search--live");

const here = () => location.pathname + location.search;
let shown = here();
let running, counting;

const asked = () => `?${new URLSearchParams([...new FormData(form)].filter(([, value]) => value))}`;

const show = async (url, remember, ticked) => {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  root.ariaBusy = true;
  try {
    const answer = await fetch(url, { signal: mine.signal });
    if (!answer.ok) throw answer;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    swap(page);
    if (remember) history.pushState({}, "", answer.url);
    shown = here();
    root.ariaBusy = null;
    if (by(ticked)) tell(by(ticked));
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  }
};

// How to find its like again
const mark = (element) => {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.matches("details[id] > summary")) return `${mark(element.parentElement)} > summary`;
  return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
};

const unfold = (element) => {
  const within = element.closest("summary")?.parentElement ?? element;
  for (const fold of all("details")) fold.open ||= fold !== within && fold.contains(within);
};

// What a tick did, beside it
const tell = (box) => {
  const note = by("told");
  note.prepend(status.textContent, " ");
  note.hidden = false;
  unfold(box);
  box.closest("label").after(note);
  note.scrollIntoView({ block: "nearest" });
};

const swap = (page) => {
  const focused = root.contains(document.activeElement) && document.activeElement;
  const folds = all("details[id]").map(({ id, open }) => [id, open]);
  const found = all(".facet__find").filter((input) => input.value);
  for (const part of ["#filters", "#filters-open", "#results", "#sort-kept", ".languages .drop-panel"]) {
    const [old, fresh] = [document, page].map((from) => from.querySelector(part));
    if (old && fresh) old.replaceChildren(...fresh.childNodes);
  }
  const head = "link[rel=alternate], link[rel=canonical], meta[name=robots]";
  for (const old of all(head, document.head)) old.remove();
  document.head.append(...all(head, page.head));
  for (const [id, open] of folds) if (by(id)) by(id).open = open;
  addFinders();
  for (const { id, value } of found) if (by(id)) narrow(Object.assign(by(id), { value }));
  document.title = page.title;
  status.textContent = by("results-title").textContent;
  if (focused && !focused.isConnected) {
    const again = root.querySelector(mark(focused)) || by("results");
    unfold(again);
    again.focus({ preventScroll: true });
  }
};

form.addEventListener("change", ({ target }) => {
  if (target.type !== "checkbox") return;
  clearTimeout(counting);
  if (beside.matches) show(form.action + asked(), true, target.id);
  else counting = setTimeout(count, 250);
});
addEventListener("popstate", async () => {
  running?.abort();
  root.ariaBusy = null;
  if (here() === shown) return; // another part of the page
  const { hash } = location;
  await show(here());
  if (here() !== shown) return;
  by("search-words").value = new URLSearchParams(location.search).get("q");
  by(hash.slice(1))?.scrollIntoView();
});

const count = async () => {
  const query = asked();
  const answer = await fetch(form.dataset.count + query);
  if (!answer.ok || query !== asked()) return;
  status.textContent = (await answer.json()).button;
  root.querySelector(".filters__apply").textContent = status.textContent;
};

addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && location.hash === "#filters") location.hash = "results";
});

const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();

const narrow = (input) => {
  const wanted = plain(input.value);
  const facet = input.closest(".facet");
  const left = ".facet__value:not([hidden])";
  for (const item of all(".facet__value", facet).reverse()) {
    const own = plain(item.querySelector(".facet__label").textContent).includes(wanted);
    item.hidden = !own && !item.querySelector(left);
  }
  for (const fold of all("details", facet)) {
    fold.hidden = !fold.querySelector(left);
    fold.open ||= wanted && !fold.hidden;
  }
};

const addFinders = () => {
  for (const facet of all(".facet--long")) {
    const { find } = facet.dataset;
    const input = document.createElement("input");
    facet.querySelector("summary").after(input);
    Object.assign(input, { type: "search", id: `${facet.id}-find`, className: "facet__find" });
    Object.assign(input, { autocomplete: "off", placeholder: find, ariaLabel: find });
    input.oninput = () => narrow(input);
    input.onkeydown = (event) => event.key !== "Enter" || event.preventDefault();
  }
};
addFinders();
