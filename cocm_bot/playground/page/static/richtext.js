// rich_text blocks as nodes.

import { h } from "./dom.js";
import { link, withEmoji } from "./mrkdwn.js";

const STYLES = { bold: "strong", italic: "em", strike: "s", code: "code" };

/** A rich_text block, or any part of one. */
export function richText(part, names) {
  const inside = () => (part.elements ?? []).map((each) => richText(each, names));
  switch (part.type) {
    case "rich_text": return h("div", { class: "rich" }, inside());
    case "rich_text_section": return h("span", { class: "words" }, inside());
    case "rich_text_list":
      return h(part.style === "ordered" ? "ol" : "ul", {}, inside().map((item) => h("li", {}, item)));
    case "rich_text_quote": return h("blockquote", {}, inside());
    case "rich_text_preformatted": return h("pre", {}, inside());
    default: return styled(part, leaf(part, names));
  }
}

function leaf(part, names) {
  switch (part.type) {
    case "text": return part.text;
    case "link": return link(part.url, part.text ?? part.url);
    case "emoji": return withEmoji(`:${part.name}:`);
    case "user": return h("span", { class: "mention" }, `@${names.people[part.user_id] ?? part.user_id}`);
    case "channel": return h("span", { class: "mention" }, `#${names.places[part.channel_id] ?? part.channel_id}`);
    case "broadcast": return h("span", { class: "mention" }, `@${part.range}`);
    case "date": return part.fallback ?? new Date(part.timestamp * 1000).toDateString();
    case "color": return part.value;
    default: return h("span", { class: "unknown" }, `This page cannot draw “${part.type}” yet.`);
  }
}

function styled(part, node) {
  return Object.entries(STYLES).reduce((inner, [name, tag]) => (part.style?.[name] ? h(tag, {}, inner) : inner), node);
}
