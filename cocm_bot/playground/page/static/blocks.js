// Blocks as nodes.

import { freshId, h } from "./dom.js";
import { dataTable } from "./datatable.js";
import { control } from "./elements.js";
import { text, withEmoji } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const BRIEF = 14;

const DRAW = {
  header: (block, screen) => h("h3", { class: "block-header" }, text(block.text, screen.names)),
  divider: () => h("hr"),
  section,
  context: (block, screen) => h("div", { class: "block-context" }, block.elements.map((each) =>
    each.type === "image" ? picture(each, "small") : text(each, screen.names))),
  actions: (block, screen) => h("div", { class: "block-actions" },
    block.elements.map((element) => control(block, element, screen))),
  input,
  image: (block, screen) => h("figure", {}, block.title && h("figcaption", {}, text(block.title, screen.names)), picture(block)),
  rich_text: (block, screen) => richText(block, screen.names),
  markdown: (block) => h("div", { class: "words" }, withEmoji(block.text)),
  table,
  data_visualization: chart,
  data_table: (block, screen) => dataTable(block, screen.names),
  alert: (block, screen) => h("div", { class: `alert ${block.level ?? "default"}`, role: "note" }, text(block.text, screen.names)),
};

/** The types of block this page can draw. */
export const KNOWN_BLOCKS = Object.keys(DRAW);

/** All blocks of a screen. */
export function blocks(list, screen) {
  return list.map((block) => {
    const draw = DRAW[block.type];
    const node = draw ? draw(block, screen) : h("p", { class: "unknown" }, `This page cannot draw “${block.type}” yet.`);
    node.classList.add("block");
    return node;
  });
}

function section(block, screen) {
  const words = block.text && h("div", { class: "block-text" }, text(block.text, screen.names));
  const fields = block.fields && h("div", { class: "fields" },
    block.fields.map((each) => h("div", {}, text(each, screen.names))));
  const beside = block.accessory && h("div", { class: "accessory" },
    block.accessory.type === "image" ? picture(block.accessory, "beside") : control(block, block.accessory, screen));
  return h("div", { class: "block-section" }, h("div", { class: "block-body" }, words, fields), beside);
}

function input(block, screen) {
  const id = freshId("field");
  const error = screen.errors[block.block_id];
  const described = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ");
  const field = { id, described, invalid: Boolean(error), required: !block.optional, label: `${id}-label` };
  const grouped = ["radio_buttons", "checkboxes"].includes(block.element.type);
  const label = [text(block.label, screen.names), block.optional && h("span", { class: "optional" }, " (optional)")];
  return h("div", { class: error ? "block-input wrong" : "block-input" },
    grouped ? h("span", { class: "label", id: field.label }, label) : h("label", { class: "label", id: field.label, for: id }, label),
    control(block, block.element, screen, field),
    error && h("p", { class: "error", id: `${id}-error` }, error),
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, text(block.hint, screen.names)));
}

function picture(image, kind = "whole") {
  const source = image.image_url ?? `files/${image.slack_file?.id}`;
  const node = h("img", { class: `picture ${kind}`, src: source, alt: image.alt_text });
  // the page loads nothing from elsewhere: such a picture shows its words
  node.addEventListener("error", () => node.replaceWith(h("span", { class: "no-picture" }, image.alt_text)));
  return node;
}

function table(block, screen) {
  const side = (column) => `cell-${block.column_settings?.[column]?.align ?? "left"}`;
  // what is short stays on one line, so that "18 → 12 (−6)" is read at a glance
  const brief = (each) => (each.type === "raw_text" && each.text.length <= BRIEF ? " brief" : "");
  const cell = (tag) => (each, column) => h(tag, { class: side(column) + brief(each), scope: tag === "th" && "col" },
    each.type === "rich_text" ? richText(each, screen.names) : withEmoji(each.text));
  const [head, ...rows] = block.rows;
  return h("div", { class: "table", tabindex: "0", role: "region", "aria-label": "Table" }, h("table", {},
    h("thead", {}, h("tr", {}, head.map(cell("th")))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map(cell("td")))))));
}

// A chart as the table of its values, each with a bar: what Slack draws of it is Slack's.
function chart(block) {
  const { series, axis_config: axis } = block.chart;
  const most = Math.max(1, ...series.flatMap((each) => each.data.map((point) => point.value)));
  const bar = (each, row) => {
    const { value } = each.data[row];
    return h("td", {}, h("meter", { min: "0", max: String(most), value: String(value), "aria-hidden": "true" }), ` ${value}`);
  };
  return h("figure", { class: "chart" }, h("figcaption", {}, block.title), h("div", { class: "table", tabindex: "0", role: "region", "aria-label": block.title },
    h("table", {},
      h("thead", {}, h("tr", {}, h("th", {}), series.map((each) => h("th", { scope: "col" }, each.name)))),
      h("tbody", {}, axis.categories.map((label, row) =>
        h("tr", {}, h("th", { scope: "row" }, label), series.map((each) => bar(each, row))))))));
}
