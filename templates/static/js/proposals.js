/* A search box proposes filters, entries and words while somebody types: the combobox of the ARIA
   Authoring Practices, list autocomplete with manual selection. Without this file it is a box. */
(() => {
  "use strict";
  const PAUSE = 200; // ms
  const HAN = /\p{Script=Han}/u;
  let status;

  const make = (tag, attributes, text = "") => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  };

  const serve = (box) => {
    const { proposes: address, filters, entries, words } = box.dataset;
    const id = `${box.id}-proposals`;
    const list = make("div", { id, role: "listbox", class: "proposals", "aria-label": box.labels[0].textContent });
    const chosen = new Map(); // option → what choosing it does
    let timer, asked, active;

    const mark = (option) => {
      active?.setAttribute("aria-selected", "false");
      active = option;
      if (!option) return box.removeAttribute("aria-activedescendant");
      option.setAttribute("aria-selected", "true");
      box.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    };

    const show = (isOpen) => {
      list.hidden = !isOpen;
      box.setAttribute("aria-expanded", isOpen);
      if (!isOpen) mark();
    };

    const filtered = (rest, { facet, value }) => {
      const query = new URLSearchParams(new FormData(box.form));
      query.set("q", rest);
      if (!rest) query.delete("q");
      if (!query.getAll(facet).includes(value)) query.append(facet, value);
      window.location.assign(`${box.form.action}?${query}`);
    };

    const finished = (text) => {
      box.value = text;
      box.focus();
    };

    const draw = (found) => {
      mark();
      chosen.clear();
      list.replaceChildren();
      const groups = [
        [filters, found.filters.map((one) => [one.text, () => filtered(found.rest, one)])],
        [entries, []],
        [words, []],
      ];
      found.suggestions.forEach((text, place) => {
        const url = found.urls[place];
        groups[url ? 1 : 2][1].push([text, () => (url ? window.location.assign(url) : finished(text))]);
      });
      for (const [name, options] of groups) {
        if (!options.length) continue;
        const group = make("div", { role: "group", "aria-label": name });
        group.append(make("div", { class: "proposals__head", "aria-hidden": "true" }, name));
        for (const [text, act] of options) {
          const number = chosen.size;
          const option = make("div", { id: `${id}-${number}`, role: "option", class: "proposal", "aria-selected": "false" });
          option.append(make("bdi", {}, text));
          group.append(option);
          chosen.set(option, act);
        }
        list.append(group);
      }
      status.textContent = chosen.size ? found.message : "";
      show(chosen.size > 0);
    };

    const ask = () => {
      clearTimeout(timer);
      asked?.abort();
      mark();
      const q = box.value.trim();
      if ([...q].length < 2 && !HAN.test(q)) return draw({ filters: [], suggestions: [] });
      timer = setTimeout(async () => {
        asked = new AbortController();
        const { signal } = asked;
        const query = new URLSearchParams({ q, lang: document.documentElement.lang });
        try {
          const answer = await fetch(`${address}?${query}`, { signal });
          const found = await answer.json();
          if (!signal.aborted && document.activeElement === box) draw(found);
        } catch {
          if (!signal.aborted) show(false); // a box without proposals is still a box
        }
      }, PAUSE);
    };

    const leave = () => {
      clearTimeout(timer);
      asked?.abort();
      show(false);
    };

    const choose = (option) => {
      const act = chosen.get(option);
      leave();
      status.textContent = "";
      act();
    };

    const keys = (event) => {
      // While an input method composes a word, keys are its own
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      const { key } = event;
      if (key === "ArrowDown" || key === "ArrowUp") {
        if (!chosen.size) return;
        event.preventDefault();
        if (event.altKey) return show(key === "ArrowDown");
        show(true);
        const all = [...chosen.keys()];
        const place = all.indexOf(active) + (key === "ArrowDown" ? 1 : active ? -1 : 0);
        mark(all[(place + all.length) % all.length]);
      } else if (key === "Enter") {
        if (!active) return leave();
        event.preventDefault();
        choose(active);
      } else if (key === "Escape" && !list.hidden) {
        event.preventDefault();
        event.stopPropagation();
        leave();
      } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(key)) mark(); // in the text
    };

    list.hidden = true;
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
    box.closest(".search-box").append(list);
    box.setAttribute("role", "combobox");
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", id);
    box.addEventListener("input", (event) => event.isComposing || ask());
    box.addEventListener("compositionend", ask);
    box.addEventListener("keydown", keys);
    box.addEventListener("blur", leave);
    show(false);
  };

  const boxes = document.querySelectorAll("input[data-proposes]");
  if (!boxes.length) return;
  status = make("p", { role: "status", class: "visually-hidden" });
  document.body.append(status);
  boxes.forEach(serve);
})();
