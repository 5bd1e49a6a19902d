// A data table: sorting, filtering and paging are the page's, as they are Slack's.

import { announce, h } from "./dom.js";
import { withEmoji } from "./mrkdwn.js";
import { richText } from "./richtext.js";

const USUAL_PAGE = 5;
const BRIEF = 14;
const words = (cell) => cell.text ?? "";
const isNumber = (cell) => cell.type === "raw_number";

/** The table with its filter, its heads to sort by, and its pages. */
export function dataTable(block, names) {
  const [head, ...rows] = block.rows;
  const size = block.page_size ?? USUAL_PAGE;
  const rowHead = block.row_header_column_index ?? 0;
  const seen = { filter: "", by: null, down: false, page: 0 };
  const body = h("tbody");
  const heads = head.map((cell, column) => h("th", { scope: "col" },
    h("button", { type: "button", class: "sort", onclick: () => sortBy(column) }, words(cell), h("span", { "aria-hidden": "true" }))));
  const count = h("span", { class: "count" });
  const back = step("‹", "Rows before", -1);
  const on = step("›", "Rows after", 1);
  const filter = h("input", { class: "typed", type: "search", placeholder: "Filter", "aria-label": `Filter ${block.caption}`,
    oninput: () => { seen.filter = filter.value.toLowerCase(); seen.page = 0; show(); } });
  const node = h("div", { class: "data-table" },
    h("div", { class: "data-table-bar" }, filter, back, on, count),
    h("div", { class: "table", tabindex: "0", role: "region", "aria-label": block.caption },
      h("table", {}, h("caption", {}, block.caption), h("thead", {}, h("tr", {}, heads)), body)));
  show();
  return node;

  function step(mark, label, way) {
    return h("button", { type: "button", class: "button", "aria-label": label, onclick: () => { seen.page += way; show(); } }, mark);
  }

  function sortBy(column) {
    seen.down = seen.by === column && !seen.down;
    seen.by = column;
    seen.page = 0;
    show();
    announce(`Sorted by ${words(head[column])}, ${seen.down ? "descending" : "ascending"}`);
  }

  function show() {
    let found = rows.filter((row) => row.some((cell) => words(cell).toLowerCase().includes(seen.filter)));
    if (seen.by !== null) found = [...found].sort((one, other) => compare(one[seen.by], other[seen.by], seen.down));
    const first = seen.page * size;
    const shown = found.slice(first, first + size);
    body.replaceChildren(...shown.map((row) => h("tr", {}, row.map((cell, column) => h(column === rowHead ? "th" : "td", {
      scope: column === rowHead && "row",
      class: (isNumber(cell) ? "cell-right" : "cell-left") + (words(cell).length <= BRIEF ? " brief" : ""),
    }, cell.type === "rich_text" ? richText(cell, names) : withEmoji(cell.text))))));
    heads.forEach((cell, column) => {
      const sorted = seen.by === column;
      if (sorted) cell.setAttribute("aria-sort", seen.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
      cell.querySelector("span").textContent = sorted ? (seen.down ? " ↓" : " ↑") : "";
    });
    count.textContent = shown.length ? `${first + 1}–${first + shown.length} of ${found.length}` : "No rows";
    back.disabled = seen.page === 0;
    on.disabled = first + size >= found.length;
    back.hidden = on.hidden = found.length <= size;
  }
}

/** Numbers by their value, all else by its words; what has no number comes last either way. */
function compare(one, other, down) {
  if (isNumber(one) !== isNumber(other) && (isNumber(one) || isNumber(other))) return isNumber(one) ? -1 : 1;
  const order = isNumber(one) ? one.value - other.value : words(one).localeCompare(words(other));
  return down ? -order : order;
}
