// A button with a menu: the ⋯ beside a row, the ⚡ beside the composer.

import { float, h } from "./dom.js";

/** A button reading `sign`, with a menu of `entries`: {words, more, chosen}, where `chosen` is called when it is. */
export function menuButton(sign, label, attributes, entries) {
  const items = entries.map(({ words, more, chosen }) => h("button", {
    type: "button", role: "menuitem", tabindex: "-1", class: "menu-item",
    onclick: () => { close(); chosen(); },
  }, words, more && h("small", {}, more)));
  const menu = h("div", { class: "floating menu", popover: "manual", role: "menu", "aria-label": label, onkeydown: (event) => {
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
    ...attributes, type: "button", "aria-label": label, "aria-haspopup": "menu", "aria-expanded": "false",
    // pressing it must not close by the loss of focus what the click then opens again
    onmousedown: (event) => event.preventDefault(),
    onclick: () => { if (menu.matches(":popover-open")) close(); else open(); },
    onkeydown: (event) => { if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); open(); } },
  }, sign);
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
  return h("span", { class: "menu-place" }, button, menu);
}
