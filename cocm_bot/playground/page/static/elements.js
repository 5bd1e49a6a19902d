// Interactive elements as nodes. In an input block a change is kept; anywhere else it is told to the bot at once.

import { freshId, h } from "./dom.js";
import { confirmed } from "./confirm.js";
import { combobox } from "./combobox.js";
import { keyOf } from "./focus.js";
import { menuButton } from "./menu.js";
import { text, withEmoji } from "./mrkdwn.js";

const DRAW = {
  button,
  overflow,
  plain_text_input: (place) => typed(place, place.element.multiline ? "textarea" : "input"),
  number_input: (place) => typed(place, "input", { inputmode: "decimal" }),
  email_text_input: (place) => typed(place, "input", { inputmode: "email", autocomplete: "off" }),
  url_text_input: (place) => typed(place, "input", { inputmode: "url" }),
  datepicker: (place) => picked(place, "date"),
  timepicker: (place) => picked(place, "time"),
  datetimepicker: (place) => picked(place, "datetime-local"),
  radio_buttons: (place) => listed(place, "radio"),
  checkboxes: (place) => listed(place, "checkbox"),
  image: () => h("span"),
};
function overflow(place) {
  return menuButton("⋯", "More actions", { class: "button overflow", "data-key": keyOf(place) }, place.element.options.map((option) => ({
    words: text(option.text), more: option.description && text(option.description), chosen: () => press(place, option.value, option.url),
  })));
}

for (const kind of ["static", "external", "users", "conversations", "channels"]) {
  DRAW[`${kind}_select`] = (place) => select(place, kind, false);
  DRAW[`multi_${kind}_select`] = (place) => select(place, kind, true);
}

/** The types of element this page can draw. */
export const KNOWN_ELEMENTS = Object.keys(DRAW);

/** An element where it stands; `field` has the ids that tie it to its label, hint and error. */
export function control(block, element, screen, field = null) {
  const draw = DRAW[element.type];
  if (!draw) return h("span", { class: "unknown" }, `This page cannot draw “${element.type}” yet.`);
  return draw({ block, element, screen, field, held: screen.held[block.block_id]?.[element.action_id] });
}

function tied(place) {
  const { field, element } = place;
  return {
    id: field?.id ?? freshId("control"),
    "data-key": keyOf(place),
    "aria-describedby": field?.described || undefined,
    "aria-invalid": field?.invalid ? "true" : undefined,
    "aria-required": field?.required ? "true" : undefined,
    "aria-label": field ? undefined : element.placeholder?.text ?? element.type.replaceAll("_", " "),
    "data-focus": element.focus_on_load,
  };
}

/** The value changed: kept in an input, told at once elsewhere. */
async function changed(place, value, { done = true } = {}) {
  const { block, element, screen } = place;
  const silent = block.type === "input" && !block.dispatch_action;
  if (silent || !done) {
    screen.entries.set(block.block_id, element.action_id, value);
    return;
  }
  if (element.confirm && !(await confirmed(element.confirm, screen.names))) {
    screen.redraw();
    return;
  }
  await screen.act({ block: block.block_id, action: element.action_id, value });
}

async function press(place, value, link, begun = () => undefined) {
  const { block, element, screen } = place;
  if (element.confirm && !(await confirmed(element.confirm, screen.names))) return;
  begun();
  if (/^https?:/.test(link ?? "")) window.open(link, "_blank", "noopener");
  await screen.act({ block: block.block_id, action: element.action_id, value });
}

function button(place) {
  const { element, screen } = place;
  const node = h("button", {
    type: "button",
    class: `button ${element.style ?? ""}`,
    "data-key": keyOf(place),
    "aria-label": element.accessibility_label,
    onclick: async () => {
      if (node.getAttribute("aria-busy")) return;
      await press(place, element.value ?? null, element.url, () => node.setAttribute("aria-busy", "true"));
      node.removeAttribute("aria-busy");
    },
  }, text(element.text, screen.names));
  return node;
}

function typed(place, tag, extra = {}) {
  const { element, held } = place;
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const dispatches = place.block.dispatch_action;
  const node = h(tag, {
    ...tied(place),
    ...extra,
    class: "typed",
    type: tag === "input" ? "text" : undefined,
    rows: tag === "textarea" ? "4" : undefined,
    placeholder: element.placeholder?.text,
    autocomplete: "off",
    value: place.screen.entries.untold(place.block.block_id, element.action_id) ?? held ?? "",
    oninput: () => changed(place, node.value, { done: dispatches && when.includes("on_character_entered") }),
    onkeydown: (event) => {
      if (event.key !== "Enter" || !dispatches || !when.includes("on_enter_pressed")) return;
      event.preventDefault();
      changed(place, node.value);
    },
  });
  return node;
}

function picked(place, type) {
  const node = h("input", {
    ...tied(place), class: "typed picked", type, value: place.held ?? "", onchange: () => changed(place, node.value || null),
  });
  return node;
}

function listed(place, type) {
  const { element, held, field, screen } = place;
  const chosen = (Array.isArray(held) ? held : [held]).map((option) => option?.value);
  const name = freshId("choice");
  const group = h("div", {
    ...tied(place),
    class: "choices",
    role: type === "radio" ? "radiogroup" : "group",
    "aria-labelledby": field?.label,
    onchange: () => {
      const values = [...group.querySelectorAll("input:checked")].map((box) => box.value);
      changed(place, type === "radio" ? values[0] ?? null : values);
    },
  }, element.options.map((option, index) => h("label", { class: "choice" },
    h("input", {
      type, name, value: option.value, checked: chosen.includes(option.value), "data-key": `${keyOf(place)}/${index}`,
    }),
    h("span", {}, text(option.text, screen.names),
      option.description && h("small", {}, text(option.description, screen.names))))));
  group.removeAttribute("data-key");
  return group;
}

function select(place, kind, several) {
  const { element, held, screen, block } = place;
  const known = { users: screen.names.people, conversations: screen.names.places, channels: screen.names.places }[kind];
  const sign = kind === "users" ? "@" : "#";
  const named = (id) => ({ value: id, words: `${sign}${known[id] ?? id}` });
  const offered = (option, group) => ({
    value: option.value, words: withEmoji(option.text.text), more: option.description?.text, group,
  });
  const options = known
    ? Object.keys(known).filter((id) => known[id]).map(named)
    : [...(element.options ?? []).map((option) => offered(option)),
      ...(element.option_groups ?? []).flatMap((group) => group.options.map((option) => offered(option, group.label.text)))];
  const held_ = (Array.isArray(held) ? held : [held]).filter(Boolean);
  return combobox({
    attributes: tied(place),
    placeholder: element.placeholder?.text ?? "Choose",
    chosen: held_.map((each) => (known ? named(each) : offered(each))),
    several,
    most: element.max_selected_items ?? Infinity,
    clearable: block.type === "input" && Boolean(block.optional),
    options: kind === "external" ? null : options,
    least: element.min_query_length ?? 3,
    search: async (query) => (await screen.suggest(block.block_id, element.action_id, query)).map((option) => offered(option)),
    changed: (values) => changed(place, several ? values : values[0] ?? null),
  });
}
