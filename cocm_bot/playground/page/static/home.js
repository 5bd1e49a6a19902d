// The App Home of a person.

import { byId, h } from "./dom.js";
import { blocks } from "./blocks.js";
import { focusedIn, refocus } from "./focus.js";
import { inspect } from "./inspector.js";
import { held } from "./press.js";
import { screenOf } from "./screen.js";

let drawn = "";
let shown = null;

/** Draw the Home if it changed; what has the focus keeps it. */
export function showHome(seen, draw) {
  const box = byId("home");
  const state = JSON.stringify([seen.me, seen.home && { ...seen.home, held: null }]);
  if (state === drawn) return;
  if (seen.home && shown === seen.home.id && held()) return;
  drawn = state;
  shown = seen.home?.id ?? null;
  const key = focusedIn(box);
  if (!seen.home) {
    box.replaceChildren(h("p", { class: "hint loading" }, "Asking the bot for this person’s Home…"));
    return;
  }
  const screen = screenOf(seen, { view: seen.home.id }, seen.home, () => { drawn = ""; draw(); });
  box.replaceChildren(h("div", { class: "home-page" },
    h("button", { type: "button", class: "inspect", onclick: () => inspect(screen.where), "aria-label": "Inspect this Home" }, "{ }"),
    blocks(seen.home.blocks, screen)));
  refocus(box, key);
}
