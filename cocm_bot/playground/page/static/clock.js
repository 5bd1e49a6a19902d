// The workspace's clock, and moving it forward.

import { byId, float, h, say } from "./dom.js";
import { inWords } from "./moments.js";
import { send } from "./stream.js";

const FORM = { weekday: "short", month: "short", day: "numeric", year: "numeric", hour: "numeric", minute: "2-digit" };

let ahead = 0;
let zone = "UTC";
let face = null;
let button = null;

/** Show the time of a picture. */
export function showClock(seen) {
  ahead = seen.clock.now * 1000 - Date.now();
  zone = seen.zone;
  if (!face) build();
  button.classList.toggle("moved", seen.clock.moved);
  tick();
}

function tick() {
  const now = new Date(Date.now() + ahead);
  say(face, inWords(now, zone, FORM));
  face.dateTime = now.toISOString();
}

function build() {
  face = h("time");
  const problem = h("p", { class: "error", role: "alert" });
  const day = h("input", { type: "date", class: "typed", id: "clock-day" });
  let openings = 0;
  const move = async (to) => {
    const pressed = openings;
    problem.textContent = "";
    try {
      await send("clock", { to });
      // who went on meanwhile, or opened it again, keeps what they are at
      if (pressed === openings && panel.matches(":popover-open")) close();
    } catch (error) {
      problem.textContent = error.message;
    }
  };
  const panel = h("div", { class: "floating clock-panel", popover: "manual", role: "dialog", "aria-label": "Move the clock", onkeydown: (event) => { if (event.key === "Escape") close(); } },
    h("p", { class: "hint" }, "The bot’s “now” in this demo. See what becomes due, without waiting."),
    h("button", { type: "button", class: "button", onclick: () => move("half-hour") }, "Half an hour on"),
    h("button", { type: "button", class: "button", onclick: () => move("morning") }, "Next morning, 8:00"),
    h("button", { type: "button", class: "button", onclick: () => move("week") }, "One week on"),
    h("form", { onsubmit: (event) => { event.preventDefault(); if (day.value) move(day.value); } },
      h("label", { for: "clock-day" }, "The morning of"), h("div", { class: "row" }, day, h("button", { type: "submit", class: "button" }, "Go"))),
    problem);
  const close = () => { panel.hidePopover(); button.setAttribute("aria-expanded", "false"); button.focus(); };
  const open = () => {
    openings += 1;
    problem.textContent = "";
    button.setAttribute("aria-expanded", "true");
    float(panel, button);
    panel.querySelector("button").focus();
  };
  button = h("button", { type: "button", class: "plain clock", id: "clock-button", "aria-haspopup": "dialog", "aria-expanded": "false", title: "Move the clock",
    onclick: () => (panel.matches(":popover-open") ? close() : open()) }, h("span", { "aria-hidden": "true" }, "◷ "), face);
  panel.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !panel.contains(event.relatedTarget) && event.relatedTarget !== button && panel.matches(":popover-open")) {
      panel.hidePopover();
      button.setAttribute("aria-expanded", "false");
    }
  });
  byId("clock").replaceChildren(button, panel);
  setInterval(tick, 1000);
}
