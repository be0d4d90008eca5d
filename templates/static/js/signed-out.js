/* A form in the admin outlives its session: who was signed out meanwhile signs in beside it, and
   what was typed is still there. Loaded on every page of the admin; works on those with a form. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-edit-form]");
  const notice = document.getElementById("signed-out");
  if (!form || !notice) return;

  const text = notice.querySelector("[data-text]");
  let waiting = null; // what to do as soon as somebody is signed in
  let passed = false; // the form was asked for, and may go

  /* "in" or "out"; "away" where the server does not answer. A new token replaces an old one:
     signing in again, in whatever tab, makes those of open forms worthless. */
  async function session() {
    try {
      const answer = await fetch(notice.dataset.session, {
        headers: { "X-Requested-With": "XMLHttpRequest" },
        cache: "no-store",
      });
      if (answer.status === 401 || answer.status === 403) return "out";
      if (!answer.ok) return "away";
      const { token } = await answer.json();
      document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => {
        field.value = token;
      });
      return "in";
    } catch {
      return "away";
    }
  }

  function show(state) {
    notice.dataset.state = state;
    text.textContent = state === "out" ? notice.dataset.out : notice.dataset.away;
    notice.querySelector("a").hidden = state !== "out";
    notice.hidden = false;
  }

  async function resume() {
    if (!waiting) return;
    const state = await session();
    if (state !== "in") {
      show(state);
      return;
    }
    const go = waiting;
    waiting = null;
    notice.hidden = true;
    go();
  }

  /* The admin saves by itself: once more, now that it is known who is there. */
  function saveAgain() {
    form.dispatchEvent(
      new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } })
    );
  }

  let asked = 0;
  document.addEventListener("w-autosave:error", async (event) => {
    if (event.detail.type !== "server_error") return;
    const state = await session();
    if (state === "in") {
      // The token was old: now it is not. Another fault would come back for ever.
      if (Date.now() - asked > 10000) saveAgain();
      asked = Date.now();
      return;
    }
    waiting = waiting || saveAgain;
    show(state);
  });

  /* Nothing leaves the page before the server is there and knows who asks. */
  window.addEventListener(
    "submit",
    async (event) => {
      if (event.target !== form || passed) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      const send = () => {
        const button = submitter && submitter.form === form ? submitter : null;
        const isDisabled = button && button.disabled;
        // The admin disables a button once it is pressed, and a disabled one is not sent: a page
        // that is to be published would be saved as a draft.
        if (button) button.disabled = false;
        passed = true;
        form.requestSubmit(button);
        passed = false;
        if (button) button.disabled = isDisabled;
      };
      const state = await session();
      if (state === "in") {
        notice.hidden = true;
        send();
        return;
      }
      waiting = send;
      show(state);
    },
    true
  );

  window.addEventListener("focus", resume);
  window.addEventListener("online", resume);
  new BroadcastChannel("toolkit-signed-in").addEventListener("message", resume);
  window.setInterval(resume, 15000);
})();
