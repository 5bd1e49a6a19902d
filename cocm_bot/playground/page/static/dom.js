// Building the page: elements are made, never parsed, so that data only ever enters as text.

/** An element with attributes ("onclick" and the like take functions) and children (nodes, text, or nothing). */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Give a node these words; the browser lays out and paints again even what is the same. */
export function say(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

let last = 0;
/** An id no other element has. */
export const freshId = (stem) => `${stem}-${++last}`;

/** Say something to people who listen to the page. */
export function announce(words) {
  byId("announce").textContent = "";
  requestAnimationFrame(() => { byId("announce").textContent = words; });
}

/** A round mark with a person's initials. */
export function avatar(id, name) {
  const initials = name.split(/\s+/).map((part) => part[0]).join("").slice(0, 2);
  const hue = [...id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
  return h("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, initials);
}

/** Put a floating panel under (or over) what it belongs to; it must be a popover. */
export function float(panel, anchor, { wide = false } = {}) {
  panel.showPopover();
  panel.style.maxHeight = "";
  const at = anchor.getBoundingClientRect();
  if (wide) panel.style.width = `${at.width}px`;
  const { width, height } = panel.getBoundingClientRect();
  const below = innerHeight - at.bottom - 12;
  const top = height <= below || below > at.top ? at.bottom + 4 : Math.max(8, at.top - height - 4);
  panel.style.top = `${top}px`;
  panel.style.maxHeight = `${Math.min(height, top > at.top ? below : at.top - 12)}px`;
  panel.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
}
