// Slack's text as nodes: mrkdwn, mentions, links, dates and the names of emoji.

import { h } from "./dom.js";
import { inWords } from "./moments.js";

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌", warning: "⚠️", rotating_light: "🚨", bell: "🔔",
  red_circle: "🔴", large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢",
  large_blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", triangular_flag_on_post: "🚩",
  calendar: "📅", date: "📅", clock3: "🕒", telephone_receiver: "📞", phone: "☎️", hospital: "🏥", memo: "📝",
  pencil2: "✏️", mag: "🔍", lock: "🔒", wave: "👋", tada: "🎉", sunrise: "🌅", sunny: "☀️", bulb: "💡", pill: "💊",
  chart_with_upwards_trend: "📈", chart_with_downwards_trend: "📉", bar_chart: "📊", clipboard: "📋",
  arrow_up: "⬆️", arrow_down: "⬇️", arrow_right: "➡️", speech_balloon: "💬", eyes: "👀", thumbsup: "👍", "+1": "👍",
  information_source: "ℹ️", question: "❓", exclamation: "❗", hourglass: "⌛", stopwatch: "⏱️", page_facing_up: "📄",
};

const INLINE = new RegExp([
  "`(?<code>[^`\\n]+)`",
  "(?<![\\p{L}\\p{N}*])\\*(?<bold>[^*\\n]+)\\*(?![\\p{L}\\p{N}*])",
  "(?<![\\p{L}\\p{N}_])_(?<italic>[^_\\n]+)_(?![\\p{L}\\p{N}_])",
  "(?<![\\p{L}\\p{N}~])~(?<strike>[^~\\n]+)~(?![\\p{L}\\p{N}~])",
  "<(?<sign>[@#!]?)(?<target>[^<>|]+)(?:\\|(?<label>[^<>]*))?>",
].join("|"), "gu");
const TAGS = { bold: "strong", italic: "em", strike: "s" };

const unescape = (words) => words.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
export const withEmoji = (words) => words.replace(/:([a-z0-9_+-]+):/g, (whole, name) => EMOJI[name] ?? whole);
const plain = (words) => withEmoji(unescape(words));

/** A text object (plain_text or mrkdwn) as a span. */
export function text(object, names) {
  if (!object) return h("span");
  if (object.type !== "mrkdwn") return h("span", { class: "words" }, withEmoji(object.text));
  return h("span", { class: "words" }, ...mrkdwn(object.text, names));
}

/** mrkdwn as nodes. */
export function mrkdwn(words, names) {
  return words.split(/\n?```\n?/).flatMap((part, index) =>
    index % 2 ? [h("pre", {}, unescape(part))] : quoted(part, names));
}

function quoted(words, names) {
  const nodes = [];
  let plainLines = [];
  const flush = () => {
    if (plainLines.length) nodes.push(...inline(plainLines.join("\n"), names));
    plainLines = [];
  };
  for (const line of words.split("\n")) {
    const quote = /^(?:&gt;|>) ?(.*)$/.exec(line);
    if (!quote) { plainLines.push(line); continue; }
    flush();
    nodes.push(h("blockquote", {}, ...inline(quote[1], names)));
  }
  flush();
  return nodes;
}

function inline(words, names) {
  const nodes = [];
  let end = 0;
  for (const match of words.matchAll(INLINE)) {
    nodes.push(plain(words.slice(end, match.index)));
    nodes.push(styled(match, names));
    end = match.index + match[0].length;
  }
  nodes.push(plain(words.slice(end)));
  return nodes;
}

function styled({ groups, 0: whole }, names) {
  if (groups.code !== undefined) return h("code", {}, unescape(groups.code));
  for (const [name, tag] of Object.entries(TAGS)) {
    if (groups[name] !== undefined) return h(tag, {}, ...inline(groups[name], names));
  }
  return groups.target === undefined ? whole : entity(groups, names);
}

function entity({ sign, target, label }, names) {
  if (sign === "@") return h("span", { class: "mention" }, `@${names.people[target] ?? target}`);
  if (sign === "#") return h("span", { class: "mention" }, `#${names.places[target] ?? label ?? target}`);
  if (sign === "!") {
    return target.startsWith("date^") ? moment(target, label, names.zone) : h("span", { class: "mention" }, `@${label ?? target}`);
  }
  return link(unescape(target), plain(label || target.replace(/^mailto:/, "")));
}

/** A link, if it is one that is safe to follow; else its words. */
export function link(address, words) {
  if (!/^(https?:|mailto:)/.test(address)) return words;
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words);
}

function moment(target, fallback, zone) {
  const [, seconds, form] = target.split("^");
  const at = new Date(Number(seconds) * 1000);
  const say = (form, language) => inWords(at, zone, form, language);
  const long = { month: "long", day: "numeric", year: "numeric" };
  const known = {
    date_num: say({}, "en-CA"),
    date: say(long),
    date_short: say({ ...long, month: "short" }),
    date_long: say({ ...long, weekday: "long" }),
    time: say({ hour: "numeric", minute: "2-digit" }),
    time_secs: say({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  };
  const words = form.replace(/\{(\w+?)(?:_pretty)?\}/g, (_, name) => known[name] ?? fallback ?? "");
  return h("time", { datetime: at.toISOString() }, words);
}
