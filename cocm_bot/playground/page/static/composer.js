// Where people type: commands, offered with the shortcuts as soon as a slash stands there, and plain messages.

import { byId, freshId, h } from "./dom.js";
import { menuButton } from "./menu.js";
import { tried } from "./screen.js";
import { send } from "./stream.js";

let where = null;
let commands = [];
let shortcuts = [];
let found = [];
let active = -1;

/** Show the composer of a place. */
export function showComposer(seen, place) {
  ({ commands, shortcuts } = seen);
  const next = `${seen.me} ${place?.id}`;
  if (where?.key === next) return;
  const composer = byId("composer");
  if (!place) {
    where = null;
    composer.replaceChildren();
    return;
  }
  where = { key: next, person: seen.me, place: place.id };
  composer.replaceChildren(build(place));
}

/** Put words into the composer, for the person to send. */
export function propose(words) {
  const line = byId("line");
  line.value = words;
  line.focus();
  line.dispatchEvent(new Event("input"));
}

function build(place) {
  const listId = freshId("commands");
  const list = h("div", { class: "commands", role: "listbox", id: listId, "aria-label": "Commands and shortcuts", hidden: true });
  const problem = h("p", { class: "error", role: "alert", id: "line-problem" });
  const line = h("textarea", {
    id: "line", rows: "1", placeholder: place.kind === "direct" ? "Write to CoCM Registry, or type / for its commands" : `Write in #${place.name}, or type / for commands`,
    "aria-label": "Message or command", "aria-describedby": "line-problem", role: "combobox", "aria-expanded": "false",
    "aria-controls": listId, "aria-autocomplete": "list",
    oninput: () => { problem.textContent = ""; offer(line, list); }, onkeydown: (event) => key(event, line, list, go),
    onblur: () => hide(line, list),
  });
  const go = async () => {
    const words = line.value.trim();
    if (!words) return;
    hide(line, list);
    line.value = "";
    try {
      await send("type", { person: where.person, place: where.place, line: words });
    } catch (error) {
      problem.textContent = error.message;
      // what was typed meanwhile stays
      line.value ||= words;
    }
  };
  const picker = h("input", { type: "file", id: "file", hidden: true, "aria-label": "File to share", onchange: () => share(picker, problem) });
  const attach = place.kind === "direct" && h("button", { type: "button", class: "plain", title: "Attach a file", "aria-label": "Attach a file", onclick: () => picker.click() }, "📎\uFE0E");
  const form = h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); go(); } },
    list, h("div", { class: "composer-box" }, shortcutMenu(), attach, picker, line, h("button", { type: "submit", class: "button primary", "aria-label": "Send" }, "Send")),
    problem);
  return form;
}

async function share(picker, problem) {
  const [file] = picker.files;
  picker.value = "";
  if (!file) return;
  try {
    const content = btoa(Array.from(new Uint8Array(await file.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(""));
    await send("share", { person: where.person, place: where.place, name: file.name, content });
  } catch (error) {
    problem.textContent = error.message;
  }
}

function shortcutMenu() {
  return shortcuts.length > 0 && menuButton("⚡\uFE0E", "Shortcuts", { class: "plain bolt", title: "Shortcuts", "data-key": "shortcuts" },
    shortcuts.map((each) => ({ words: each.name, more: each.description, chosen: () => use(each) })));
}

const use = ({ callback_id }) => tried(send("use", { person: where.person, callback_id }));

function offer(line, list) {
  const typed = /^\/\S*$/.exec(line.value)?.[0];
  const named = (words) => ` ${words.toLowerCase()}`.includes(` ${typed.slice(1).toLowerCase()}`);
  found = typed ? [...commands.filter((each) => each.command.startsWith(typed)), ...shortcuts.filter((each) => named(each.name))] : [];
  if (!found.length) {
    hide(line, list);
    return;
  }
  list.replaceChildren(...found.map((each, index) => h("div", {
    class: "command", role: "option", id: `${list.id}-${index}`, "aria-selected": "false",
    onmousedown: (event) => { event.preventDefault(); take(line, list, index); },
  }, h("span", { class: "command-name" }, each.command ?? `⚡\uFE0E ${each.name}`, h("code", {}, each.usage_hint)), h("small", {}, each.description))));
  list.hidden = false;
  line.setAttribute("aria-expanded", "true");
  mark(line, list, 0);
}

function mark(line, list, index) {
  active = index;
  [...list.children].forEach((node, at) => {
    node.classList.toggle("active", at === index);
    node.setAttribute("aria-selected", at === index ? "true" : "false");
  });
  line.setAttribute("aria-activedescendant", `${list.id}-${index}`);
}

function hide(line, list) {
  list.hidden = true;
  line.setAttribute("aria-expanded", "false");
  line.removeAttribute("aria-activedescendant");
}

function take(line, list, index) {
  const { command } = found[index];
  line.value = command ? `${command} ` : "";
  hide(line, list);
  line.focus();
  if (!command) use(found[index]);
}

function key(event, line, list, go) {
  const count = list.hidden ? 0 : list.children.length;
  if (count && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    mark(line, list, (active + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
  } else if (count && event.key === "Tab" && !event.shiftKey) {
    event.preventDefault();
    take(line, list, active);
  } else if (event.key === "Escape" && count) {
    hide(line, list);
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    const whole = commands.some((each) => each.command === line.value.trim());
    if (count && !whole) take(line, list, active);
    else go();
  }
}

