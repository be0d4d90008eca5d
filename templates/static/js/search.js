/* The results page, quicker: a changed filter swaps what changed, long lists can be searched.
   Everything works without this file. */
(() => {
  "use strict";
  const root = document.getElementById("search");
  const form = document.getElementById("search-form");
  const status = document.getElementById("search-status");
  if (!root || !form) return;

  // Where filters open over the results, a tick would cost a page that nobody sees.
  const beside = window.matchMedia("(min-width: 60rem)");
  let running = null;

  const address = () => {
    const pairs = [...new FormData(form)].filter(([, value]) => value !== "");
    const query = new URLSearchParams(pairs).toString();
    return form.getAttribute("action") + (query ? `?${query}` : "");
  };

  const show = async (url, remember) => {
    if (running) running.abort();
    const mine = new AbortController();
    running = mine;
    root.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { signal: mine.signal, credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== running) return;
      swap(page);
      if (remember) history.pushState({ search: true }, "", answer.url);
      root.removeAttribute("aria-busy");
    } catch (error) {
      if (error.name !== "AbortError") window.location.assign(url);
    }
  };

  // How to find an element again once its like has taken its place
  const mark = (element) => {
    if (element.id) return `#${CSS.escape(element.id)}`;
    if (element.matches("details[id] > summary")) return `#${CSS.escape(element.parentElement.id)} > summary`;
    return element.matches("a[href]") ? `a[href="${CSS.escape(element.getAttribute("href"))}"]` : null;
  };

  const swap = (page) => {
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    const open = new Map([...root.querySelectorAll("details[id]")].map((d) => [d.id, d.open]));
    const found = new Map([...root.querySelectorAll(".facet__find")].map((i) => [i.id, i.value]));
    for (const id of ["filters", "filters-open", "results", "sort-kept"]) {
      const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
      if (old && fresh) old.replaceChildren(...fresh.childNodes);
    }
    for (const details of root.querySelectorAll("details[id]")) {
      if (open.has(details.id)) details.open = open.get(details.id) || details.open;
    }
    addFinders();
    for (const [id, value] of found) {
      const input = document.getElementById(id);
      if (input && value) {
        input.value = value;
        narrow(input);
      }
    }
    document.title = page.title;
    const total = document.getElementById("results-title");
    if (status && total) status.textContent = total.textContent;
    if (focused && !focused.isConnected) {
      const marked = mark(focused);
      const again = (marked && root.querySelector(marked)) || document.getElementById("results");
      if (again) again.focus({ preventScroll: true });
    }
  };

  form.addEventListener("change", (event) => {
    if (event.target.type === "checkbox" && beside.matches) show(address(), true);
  });
  window.addEventListener("popstate", () => {
    if (window.location.hash) return;
    show(window.location.href, false).then(() => {
      const box = document.getElementById("search-words");
      if (box) box.value = new URLSearchParams(window.location.search).get("q") || "";
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && window.location.hash === "#filters") window.location.hash = "results";
  });

  // Find in a long list

  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  const narrow = (input) => {
    const wanted = plain(input.value.trim());
    const facet = input.closest(".facet");
    for (const item of [...facet.querySelectorAll(".facet__value")].reverse()) {
      const own = plain(item.querySelector(".facet__label").textContent).includes(wanted);
      const below = item.querySelector(".facet__value:not([hidden])");
      item.hidden = !own && !below;
    }
    for (const details of facet.querySelectorAll("details")) {
      details.hidden = !details.querySelector(".facet__value:not([hidden])");
      if (wanted && !details.hidden) details.open = true;
    }
  };

  const addFinders = () => {
    for (const facet of root.querySelectorAll(".facet--long")) {
      if (facet.querySelector(".facet__find")) continue;
      const input = document.createElement("input");
      input.type = "search";
      input.id = `${facet.id}-find`;
      input.className = "facet__find";
      input.autocomplete = "off";
      input.placeholder = facet.dataset.find;
      input.setAttribute("aria-label", facet.dataset.find);
      input.addEventListener("input", () => narrow(input));
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter") event.preventDefault();
      });
      facet.querySelector("legend").after(input);
    }
  };
  addFinders();
})();
