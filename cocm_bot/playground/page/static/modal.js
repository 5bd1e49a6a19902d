// The top modal of a person's stack.

import { announce, byId, h } from "./dom.js";
import { blocks } from "./blocks.js";
import { focusedIn, keyed } from "./focus.js";
import { held } from "./press.js";
import { screenOf, tried } from "./screen.js";
import { send } from "./stream.js";
import { inspect } from "./inspector.js";

const FOCUSABLE = "button, input, textarea, select, a[href], [tabindex='0']";
let shown = null;
let opener = null;

/** Draw the modal if it changed; what has the focus keeps it. */
export function showModal(seen) {
  const overlay = byId("overlay");
  const view = seen.modal;
  const state = view && JSON.stringify([seen.me, { ...view, held: null }]);
  if (state === (shown?.state ?? null)) return;
  if (view && shown?.id === view.id && held()) return;
  const before = shown;
  // the bar at the top can be reached beside a window: who went on there stays there
  const gone = before && document.activeElement !== document.body && !overlay.contains(document.activeElement);
  shown = view ? { state, id: view.id, title: view.title.text, errors: view.errors } : null;
  if (!view) {
    overlay.replaceChildren();
    overlay.hidden = true;
    byId("shell").inert = false;
    if (!gone) giveBack();
    opener = null;
    return;
  }
  if (!before) opener = document.activeElement?.dataset.key ?? null;
  const key = focusedIn(overlay);
  const typing = key && document.activeElement.matches("input.typed:not([role]), textarea") ? document.activeElement : null;
  const redraw = () => { shown = { ...shown, state: null }; document.dispatchEvent(new Event("redraw")); };
  const screen = screenOf(seen, { view: view.id }, view, redraw);
  const loaded = Boolean(overlay.querySelector(".modal[aria-busy]"));
  const top = overlay.querySelector(".modal-body")?.scrollTop ?? 0;
  overlay.replaceChildren(draw(seen, view, screen));
  overlay.hidden = false;
  byId("shell").inert = true;
  // a window may become another one, by loading or by saving: that one is read from its top
  const kept = before?.title === view.title.text || Boolean(key && keyed(overlay, key));
  const again = before?.id === view.id && kept && !loaded;
  if (again) overlay.querySelector(".modal-body").scrollTop = top;
  if (!gone) focus(overlay, view, again ? { again, key, typing, errors: before.errors } : { errors: {} });
}

function draw(seen, view, screen) {
  const submit = async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    if (!button || button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    await tried(send("submit", { ...screen.where, entered: screen.entries.take() }));
    button.removeAttribute("aria-busy");
  };
  const close = (everything) => () => tried(send("close", { person: seen.me, everything }));
  const loading = view.blocks.length === 1 && /^Loading/.test(view.blocks[0].text?.text ?? "");
  const form = h("form", {
    class: "modal", role: "dialog", "aria-modal": "true", "aria-labelledby": "modal-title", "aria-busy": loading ? "true" : undefined,
    tabindex: "-1", novalidate: true, onsubmit: submit, onkeydown: (event) => keys(event, form, close(false)),
  },
  h("header", { class: "modal-head" },
    view.depth > 1 && h("span", { class: "depth", title: "How many windows are open on top of each other" }, `${view.depth} of 3`),
    h("h2", { id: "modal-title" }, view.title.text),
    h("button", { type: "button", class: "inspect", onclick: () => inspect(screen.where), "aria-label": "Inspect this window" }, "{ }"),
    h("button", { type: "button", class: "plain x", "aria-label": view.depth > 1 ? "Close all windows" : "Close", onclick: close(true) }, "×")),
  h("div", { class: "modal-body" },
    view.trouble && h("p", { class: "trouble", role: "alert" }, view.trouble),
    blocks(view.blocks, screen)),
  h("footer", { class: "modal-foot" },
    h("button", { type: "button", class: "button", onclick: close(false) }, view.close?.text ?? (view.submit ? "Cancel" : "Close")),
    view.submit && h("button", { type: "submit", class: "button primary" }, view.submit.text)));
  return form;
}

function keys(event, form, close) {
  if (event.key === "Escape") {
    event.preventDefault();
    close();
  } else if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
    form.requestSubmit();
  } else if (event.key === "Tab") {
    const stops = [...form.querySelectorAll(FOCUSABLE)].filter((node) => node.tabIndex >= 0 && node.offsetParent);
    const [first, last] = [stops[0], stops.at(-1)];
    const leaving = event.shiftKey ? first : last;
    if (document.activeElement === leaving || document.activeElement === form) {
      event.preventDefault();
      (event.shiftKey ? last : first)?.focus();
    }
  }
}

function focus(overlay, view, { again, key, typing, errors }) {
  const wrong = Object.keys(view.errors);
  // errors that were there before stay where they are while one of them is being corrected
  const fresh = wrong.some((block) => !(block in errors));
  if (fresh) announce(wrong.length === 1 ? "One field needs a correction." : `${wrong.length} fields need a correction.`);
  const same = key && keyed(overlay, key);
  // a form is begun at its first field, or goes on where it stands; anything else is read from its top
  const edge = overlay.querySelector(".modal-body").getBoundingClientRect().top;
  const field = [...overlay.querySelectorAll(".block-input :is(input, textarea)")].find((node) => node.getBoundingClientRect().top >= edge);
  const first = fresh && overlay.querySelector(":is(input, textarea)[aria-invalid], .choices[aria-invalid] input");
  const target = (first || same || null)
    ?? (again ? null : overlay.querySelector("[data-focus]")) ?? field ?? overlay.querySelector(".modal");
  target.focus({ preventScroll: target.matches(".modal") });
  // a date or a number has no place in its text to go back to
  if (typing && target === same && typing.selectionStart !== null) same.setSelectionRange?.(typing.selectionStart, typing.selectionEnd);
}

/** The focus goes back to where it was before the first modal opened. */
function giveBack() {
  const place = opener && keyed(byId("shell"), opener);
  (place ?? byId("line") ?? byId("home")).focus();
}
