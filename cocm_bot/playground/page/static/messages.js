// The messages of a place.

import { avatar, byId, h } from "./dom.js";
import { blocks } from "./blocks.js";
import { focusedIn, refocus } from "./focus.js";
import { inWords } from "./moments.js";
import { mrkdwn } from "./mrkdwn.js";
import { held } from "./press.js";
import { screenOf } from "./screen.js";
import { inspect } from "./inspector.js";

const drawn = new Map();
let place = null;

/** Draw a place's messages; those that did not change stay as they are. */
export function showMessages(seen, current, before) {
  const log = byId("log");
  if (place !== `${seen.me} ${current}`) {
    drawn.clear();
    log.replaceChildren();
    place = `${seen.me} ${current}`;
  }
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const messages = seen.messages[current] ?? [];
  const wanted = [...before];
  let day = null;
  let answered = false;
  let added = false;
  let kept = () => undefined;
  for (const message of messages) {
    const told = dayOf(message.ts, seen.zone);
    if (told !== day) wanted.push(dayLine(message.ts, told));
    day = told;
    const state = JSON.stringify({ ...message, held: null });
    let entry = drawn.get(message.ts);
    if (entry?.state !== state && !(entry && held())) {
      added ||= !entry;
      answered ||= !entry && (message.private || message.author === seen.me);
      const key = entry ? focusedIn(entry.node) : null;
      entry = { state, node: draw(seen, message) };
      if (key !== null) kept = () => refocus(entry.node, key);
      drawn.set(message.ts, entry);
    }
    wanted.push(entry.node);
  }
  reconcile(log, wanted);
  kept();
  // what others write moves nobody who reads further up; what one asked for is shown
  if (answered || (added && atEnd)) showNewest();
}

/** Scroll to the newest message. */
export function showNewest() {
  const log = byId("log");
  log.scrollTop = log.scrollHeight;
  // a long answer is read from its beginning
  const newest = log.lastElementChild;
  if (newest && newest.offsetHeight > log.clientHeight) newest.scrollIntoView({ block: "start" });
}

function draw(seen, message) {
  const author = seen.names.people[message.author] ?? "Workspace";
  const isApp = message.author === seen.bot || !seen.names.people[message.author];
  const redraw = () => { drawn.delete(message.ts); document.dispatchEvent(new Event("redraw")); };
  const screen = screenOf(seen, { channel: message.channel, ts: message.ts }, message, redraw);
  const body = [...message.blocks, ...message.attachments.flatMap((each) => each.blocks ?? [])];
  return h("article", { class: message.private ? "message private" : "message", "aria-label": `${author}${message.private ? ", only visible to you" : ""}` },
    isApp ? h("span", { class: "avatar bot", "aria-hidden": "true" }, "◎") : avatar(message.author, author),
    h("div", { class: "message-body" },
      message.private && h("p", { class: "private-mark" }, "Only visible to you"),
      h("p", { class: "byline" }, h("strong", {}, author), isApp && h("span", { class: "app" }, "app"),
        h("time", {}, timeOf(message.ts, seen.zone)), message.edited && h("span", { class: "edited" }, "(edited)"),
        message.author === seen.bot && h("button", { type: "button", class: "inspect", onclick: () => inspect(screen.where), "aria-label": "Inspect this message" }, "{ }")),
      body.length ? blocks(body, screen) : h("div", { class: "block words" }, mrkdwn(message.text, screen.names)),
      message.files.map((file) => h("p", { class: "file" }, h("a", { href: `files/${file.id}`, download: file.name }, file.title || file.name), ` ${Math.ceil(file.size / 1024)} kB`))));
}

const dayOf = (ts, zone) => inWords(ts * 1000, zone, { weekday: "long", month: "long", day: "numeric" });
const timeOf = (ts, zone) => inWords(ts * 1000, zone, { hour: "numeric", minute: "2-digit" });

function dayLine(ts, words) {
  const key = `day ${ts} ${words}`;
  if (!drawn.has(key)) drawn.set(key, { node: h("p", { class: "day" }, h("span", {}, words)) });
  return drawn.get(key).node;
}

/** Give a parent these children, moving only what is not in its place. */
function reconcile(parent, wanted) {
  const keep = new Set(wanted);
  for (const child of [...parent.children]) if (!keep.has(child)) child.remove();
  wanted.forEach((node, index) => { if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null); });
}
