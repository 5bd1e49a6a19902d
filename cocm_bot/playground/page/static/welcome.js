// What a newcomer may try first.

import { h } from "./dom.js";

const KEPT = "cocm-playground-welcomed";
let node = null;

/** The welcome panel, or nothing once it was put away. */
export function welcome({ type, home, be, clock }, redraw) {
  if (localStorage.getItem(KEPT)) return [];
  const step = (title, words, label, act) => h("li", {}, h("strong", {}, title), h("p", {}, words), h("button", { type: "button", class: "button", onclick: act }, label));
  node ??= h("section", { class: "welcome", "aria-labelledby": "welcome-title" },
    h("h2", { id: "welcome-title" }, "A care team’s registry, inside a chat"),
    h("p", {}, "You begin as Maya Okafor, care manager at Riverside Family Clinic, which does not exist. The bot on the other side is the real one: "
      + "it gets signed requests and keeps its patients in DynamoDB, all on this machine, and forgotten when you stop it. Four things to try:"),
    h("ol", {},
      step("Ask who needs you today", "Commands start with a slash.", "Type /cocm today", type),
      step("Open the App Home", "Your day with names, and buttons to start from.", "Open Home", home),
      step("Be somebody else", "Each person sees what their role may see. The guest is refused.", "Be Iris, the psychiatrist", be),
      step("Move the clock", "Tomorrow’s follow-ups become due without waiting.", "Open the clock", clock)),
    h("button", { type: "button", class: "plain", onclick: () => { localStorage.setItem(KEPT, "yes"); redraw(); } }, "Put this away"));
  return [node];
}
