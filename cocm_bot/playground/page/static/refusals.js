// What Slack would not have taken, in red, until it is dismissed.

import { byId, h } from "./dom.js";
import { send } from "./stream.js";

let shown = "";

/** Show the refusals that are on record and not dismissed. */
export function showRefusals(seen) {
  const state = JSON.stringify(seen.refusals);
  if (state === shown) return;
  shown = state;
  const box = byId("refusals");
  if (!seen.refusals.length) {
    box.replaceChildren();
    return;
  }
  box.replaceChildren(h("section", { class: "refusal" },
    h("h2", {}, seen.refusals.length === 1 ? "Slack would have refused this" : `Slack would have refused these ${seen.refusals.length}`),
    h("ul", {}, seen.refusals.slice(-5).map((each) => h("li", {},
      h("p", {}, h("code", {}, each.where), " ", h("strong", {}, each.error)),
      each.messages.slice(0, 6).map((message) => h("p", { class: "reason" }, message))))),
    h("button", { type: "button", class: "button", onclick: () => send("put-aside", { person: seen.me }) }, "Dismiss")));
}
