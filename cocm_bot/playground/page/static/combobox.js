// A menu to choose from by typing: one or several, from a list that is known or from what a search gives.

import { float, freshId, h } from "./dom.js";

const PAUSE = 200;

/**
 * `chosen` and `options` are {value, words, more, group}; with `options` null, `search` is asked from `least`
 * characters on. `changed` gets the chosen values.
 */
export function combobox({ attributes, placeholder, chosen, several, most, clearable, options, least, search, changed }) {
  let picked = [...chosen];
  let shown = [];
  let active = -1;
  let timer = 0;
  let asked = 0;
  const listId = freshId("list");
  const list = h("div", { class: "floating list", popover: "manual", role: "listbox", id: listId, "aria-multiselectable": several ? "true" : undefined });
  const field = h("input", {
    ...attributes, class: "typed", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list",
    onclick: () => open(), oninput: () => open(true), onkeydown: (event) => key(event), onblur: () => close(),
  });
  const clear = h("button", { type: "button", class: "clear", "aria-label": "Clear the choice", tabindex: "-1", onclick: () => { choose([]); field.focus(); } }, "×");
  const chips = h("span", { class: "chips" });
  const box = h("div", { class: several ? "combobox several" : "combobox" }, chips, field, clear);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  settle();
  return h("div", { class: "combobox-place" }, box, list);

  function settle() {
    field.placeholder = several && picked.length ? "" : placeholder;
    field.value = several ? "" : picked[0]?.words ?? "";
    clear.hidden = several || !clearable || picked.length === 0;
    chips.replaceChildren(...(several ? picked.map((option) => h("span", { class: "chip" }, option.words,
      h("button", { type: "button", "aria-label": `Remove ${option.words}`, onclick: () => choose(picked.filter((each) => each !== option)) }, "×"))) : []));
  }

  function choose(next) {
    picked = next;
    settle();
    changed(picked.map((option) => option.value));
  }

  async function open(typing = false) {
    const query = typing ? field.value.trim() : "";
    if (!typing && !several) field.select();
    if (options) {
      const wanted = query.toLowerCase();
      draw(options.filter((option) => `${option.words} ${option.more ?? ""}`.toLowerCase().includes(wanted)));
      return;
    }
    clearTimeout(timer);
    if (query.length < least) {
      draw([], least > 1 ? `Type at least ${least} characters` : "Type to search");
      return;
    }
    draw([], "Searching…");
    const mine = ++asked;
    timer = setTimeout(async () => {
      const found = await search(query);
      if (mine === asked && list.matches(":popover-open")) draw(found);
    }, PAUSE);
  }

  function draw(found, instead = "Nothing matches") {
    shown = found;
    const nodes = [];
    let group;
    shown.forEach((option, index) => {
      if (option.group && option.group !== group) nodes.push(h("div", { class: "group", role: "presentation" }, option.group));
      group = option.group;
      const on = picked.some((each) => each.value === option.value);
      nodes.push(h("div", { class: "option", role: "option", id: `${listId}-${index}`, "aria-selected": on ? "true" : "false", onclick: () => take(option), onmousemove: () => { if (active !== index) mark(index); } },
        h("span", {}, option.words), option.more && h("small", {}, option.more)));
    });
    list.replaceChildren(...(nodes.length ? nodes : [h("div", { class: "instead", role: "presentation" }, instead)]));
    field.setAttribute("aria-expanded", "true");
    float(list, box, { wide: true });
    const now = shown.findIndex((option) => picked.some((each) => each.value === option.value));
    mark(shown.length ? Math.max(now, 0) : -1);
  }

  function mark(index) {
    active = index;
    list.querySelector(".active")?.classList.remove("active");
    const node = index >= 0 ? list.querySelector(`#${listId}-${index}`) : null;
    node?.classList.add("active");
    node?.scrollIntoView({ block: "nearest" });
    if (node) field.setAttribute("aria-activedescendant", node.id);
    else field.removeAttribute("aria-activedescendant");
  }

  function take(option) {
    const on = picked.some((each) => each.value === option.value);
    if (!several) choose([option]);
    else if (on) choose(picked.filter((each) => each.value !== option.value));
    else if (picked.length < most) choose([...picked, option]);
    if (several && field.isConnected) draw(shown);
    else close();
  }

  function close() {
    clearTimeout(timer);
    asked += 1;
    if (list.matches(":popover-open")) list.hidePopover();
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
    settle();
  }

  function key(event) {
    const isOpen = list.matches(":popover-open");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) open();
      else if (shown.length) mark((active + (event.key === "ArrowDown" ? 1 : -1) + shown.length) % shown.length);
    } else if (event.key === "Enter" && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      if (!isOpen) open();
      else if (active >= 0) take(shown[active]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === "Backspace" && several && field.value === "" && picked.length) {
      choose(picked.slice(0, -1));
    }
  }
}
