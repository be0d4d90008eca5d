/* Improves what works without it: menus close by Escape and by a click elsewhere, a printed page
   opens what is folded, a citation is copied by one press. */
"use strict";

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.drop[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

window.addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("main details:not([open])")) {
    folded.open = true;
    folded.dataset.opened = "";
  }
});

window.addEventListener("afterprint", () => {
  for (const folded of document.querySelectorAll("main details[data-opened]")) {
    folded.open = false;
    delete folded.dataset.opened;
  }
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy).textContent.trim();
      await navigator.clipboard.writeText(text.replace(/\s+/g, " "));
      button.querySelector("[role=status]").textContent = button.dataset.done;
    });
  }
}
