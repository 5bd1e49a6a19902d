// The ⋯ menu beside a row.

import { float, h } from "./dom.js";
import { text } from "./mrkdwn.js";

/** A button with a menu of options; `choose` gets the chosen one's value, and its link if it has one. */
export function overflowMenu(options, choose, key) {
  const items = options.map((option) => h("button", {
    type: "button", role: "menuitem", tabindex: "-1", class: "menu-item",
    onclick: () => { close(); choose(option.value, option.url); },
  }, text(option.text), option.description && h("small", {}, text(option.description))));
  const menu = h("div", { class: "floating menu", popover: "manual", role: "menu", onkeydown: (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const now = items.indexOf(document.activeElement);
      items[(now + step + items.length) % items.length].focus();
    } else if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  }, onfocusout: (event) => { if (!menu.contains(event.relatedTarget)) hide(); } }, items);
  const button = h("button", {
    type: "button", class: "button overflow", "data-key": key, "aria-label": "More actions",
    "aria-haspopup": "menu", "aria-expanded": "false",
    onclick: () => { if (menu.matches(":popover-open")) close(); else open(); },
    onkeydown: (event) => { if (event.key === "ArrowDown") { event.preventDefault(); open(); } },
  }, "⋯");
  const hide = () => {
    if (menu.matches(":popover-open")) menu.hidePopover();
    button.setAttribute("aria-expanded", "false");
  };
  const close = () => { hide(); button.focus(); };
  const open = () => {
    button.setAttribute("aria-expanded", "true");
    float(menu, button);
    items[0].focus();
  };
  return h("span", { class: "overflow-place" }, button, menu);
}
