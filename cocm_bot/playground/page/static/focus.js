// What has the focus, and where it is once its screen is drawn again.

/** The key of an interactive element: its block, its action, and what it says. */
export const keyOf = ({ block, element }) => [block.block_id, element.action_id, element.value ?? "", element.text?.text ?? ""].join("\n");

/** The key of what has the focus inside a parent; null where nothing there has it. */
export const focusedIn = (parent) => (parent.contains(document.activeElement) ? document.activeElement.dataset.key ?? null : null);

/** The element of a key, or the only one like it: what is drawn again may say something else, or have other block ids. */
export function keyed(parent, key) {
  const [block, action, ...said] = key.split("\n");
  const all = [...parent.querySelectorAll("[data-key]")];
  const only = (like) => {
    const found = all.filter((node) => like(node.dataset.key));
    return found.length === 1 ? found[0] : null;
  };
  const exact = all.find((node) => node.dataset.key === key);
  if (exact || action === undefined) return exact ?? null;
  return only((other) => other.startsWith(`${block}\n${action}\n`))
    ?? only((other) => other.endsWith(`\n${[action, ...said].join("\n")}`));
}

/** Give the focus back to what had it before a parent was drawn again. */
export function refocus(parent, key) {
  if (key !== null) keyed(parent, key)?.focus();
}
