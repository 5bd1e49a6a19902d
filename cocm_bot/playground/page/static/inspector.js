// Where a screen came from: the request, what it read and called, and the JSON the bot sent.

import { byId, h } from "./dom.js";
import { tried } from "./screen.js";
import { read } from "./stream.js";

const PAUSE = 150;

let looking = null;
let before = null;
let soon = 0;

/** Show where a message or view came from. */
export function inspect(where) {
  before = document.activeElement;
  looking = { where };
  open(true);
}

/** Show the latest requests, or hide them. */
export function toggleActivity() {
  if (looking && !looking.where) { close(); return; }
  before = byId("activity");
  looking = {};
  open(true);
}

/** Something happened: what is shown may be out of date. */
export function refresh() {
  if (!looking || looking.where) return;
  clearTimeout(soon);
  soon = setTimeout(() => open(false), PAUSE);
}

async function open(focus) {
  const mine = looking;
  const panel = byId("inspector");
  const found = await tried(mine.where ? read("trace", mine.where) : read("traces"));
  if (!found || !mine || mine !== looking) return;
  const unfolded = [...panel.querySelectorAll("details[open]")].map((node) => node.dataset.key);
  const top = panel.scrollTop;
  panel.replaceChildren(
    h("header", { class: "inspector-head" }, h("h2", {}, mine.where ? "Request details" : "Activity"),
      h("button", { type: "button", class: "plain x", "aria-label": "Close the inspector", onclick: close }, "×")),
    ...(mine.where ? origin(found) : list(found)));
  panel.hidden = false;
  byId("activity").setAttribute("aria-expanded", mine.where ? "false" : "true");
  if (focus) panel.focus();
  else {
    panel.querySelectorAll("details").forEach((node) => { node.open = unfolded.includes(node.dataset.key); });
    panel.scrollTop = top;
  }
  panel.onkeydown = (event) => { if (event.key === "Escape") close(); };
}

function close() {
  looking = null;
  byId("inspector").hidden = true;
  byId("activity").setAttribute("aria-expanded", "false");
  before?.focus();
}

function origin({ sent, by, exchange }) {
  if (!sent) return [h("p", { class: "hint" }, "This was not sent by the bot.")];
  return [
    exchange ? h("section", {}, h("h3", {}, "Because of"), told(exchange)) : h("p", { class: "hint" }, "Nobody asked for it: the bot sent it by itself."),
    h("section", {}, h("h3", {}, "What the bot sent ", h("code", {}, by)), json(sent)),
  ];
}

function list(exchanges) {
  if (!exchanges.length) return [h("p", { class: "hint" }, "Requests to the bot appear here, with what each of them read and called.")];
  return exchanges.map((exchange) => h("details", { class: "exchange", "data-key": String(exchange.started) },
    h("summary", {}, h("span", { class: "what" }, exchange.name), h("small", {}, summary(exchange))), told(exchange)));
}

function summary(exchange) {
  const table = exchange.steps.filter((step) => step.kind === "table").length;
  return `${exchange.who} · ${exchange.until} ms · ${table} table call${table === 1 ? "" : "s"}`;
}

function told(exchange) {
  const scale = Math.max(exchange.until, 1);
  const step = ({ kind, what, detail, after, ms, error }) => {
    const bar = h("span", { class: `bar ${kind}` });
    bar.style.marginLeft = `${(Math.min(after / scale, 1) * 100).toFixed(1)}%`;
    bar.style.width = `${Math.max(1, Math.min((ms ?? 0) / scale, 1) * 100).toFixed(1)}%`;
    return h("li", { class: error ? "step wrong" : "step" }, h("span", { class: "what" }, what),
      h("span", { class: "ms" }, ms === null ? "under way" : `${ms} ms`), h("span", { class: "detail" }, error ?? detail), h("span", { class: "track" }, bar));
  };
  const acknowledged = exchange.ms === null ? "not yet acknowledged" : `acknowledged after ${exchange.ms} ms, finished after ${exchange.until} ms`;
  return h("div", { class: "told" },
    h("p", {}, h("code", {}, exchange.name), ` by ${exchange.who}: ${acknowledged}`),
    h("ol", { class: "steps" }, exchange.steps.map(step)),
    h("details", { class: "payload" }, h("summary", {}, "The request"), json(exchange.asked)),
    exchange.answer ? h("details", { class: "payload" }, h("summary", {}, "Its answer"), json(exchange.answer)) : null);
}

function json(value) {
  let whole = value;
  try { if (typeof value === "string") whole = JSON.parse(value); } catch { /* plain text is shown as it is */ }
  return h("pre", { class: "json", tabindex: "0" }, typeof whole === "string" ? whole : JSON.stringify(whole, null, 2));
}
