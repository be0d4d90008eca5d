/* A list of one's own, quicker: "Keep" takes effect at once, the header counts, the system's share
   sheet opens. All works without this file. */
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const form = $("keep");
  const { most, age, kept, dropped } = form.dataset;
  const number = new Intl.NumberFormat(document.documentElement.lang);

  const read = () => {
    const [, value] = document.cookie.match(/(?:^|; )list=([^;]*)/) ?? ["", ""];
    const codes = value.split(".").filter((code) => /^[\w-]{8}$/.test(code));
    return [...new Set(codes)].slice(0, most);
  };

  // Pages are the same for every reader
  const draw = () => {
    const codes = read();
    for (const button of document.querySelectorAll("button[name=keep]")) {
      button.setAttribute("aria-pressed", codes.includes(button.value));
    }
    for (const button of document.querySelectorAll("[data-share]")) button.hidden = !navigator.share;
    $("list-count").textContent = codes.length ? number.format(codes.length) : "";
  };

  form.addEventListener("submit", (event) => {
    const { name, value } = event.submitter ?? {};
    if (name !== "keep") return;
    const before = read();
    const codes = before.filter((code) => code !== value);
    const isNew = codes.length === before.length;
    if (isNew) codes.push(value);
    if (codes.length > most) return; // the server says what to do
    event.preventDefault();
    const secure = location.protocol === "https:" ? "; secure" : "";
    // biome-ignore lint/suspicious/noDocumentCookie: cookieStore needs https
    document.cookie = `list=${codes.join(".")}; path=/; samesite=lax; max-age=${codes[0] ? age : 0}${secure}`;
    if (read().length !== codes.length) return location.assign(`${form.getAttribute("action")}#refused`);
    draw();
    $("keep-said").textContent = (isNew ? kept : dropped).replace("#", number.format(codes.length));
  });

  document.addEventListener("click", (event) => {
    const { title, share: url } = event.target.closest("[data-share]")?.dataset ?? {};
    if (url) navigator.share({ title, url }).catch(() => {}); // the sheet was closed
  });

  // Results are swapped, pages come back as they were left, other tabs change the list
  new MutationObserver(draw).observe($("main"), { childList: true, subtree: true });
  for (const event of ["pageshow", "focus"]) addEventListener(event, draw);
  draw();
})();
