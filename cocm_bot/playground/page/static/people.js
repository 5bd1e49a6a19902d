// Who one is, and where one looks.

import { avatar, byId, h } from "./dom.js";
import { focusedIn, refocus } from "./focus.js";

const SIGNS = { channel: "#", private: "🔒", shared: "⇄", organization: "⇆" };
const HINTS = { shared: "Shared with another company", organization: "Shared inside the organization" };

let drawn = "";

/** Draw the people, and the places of the one who is looking, if any of it changed. */
export function showSide(seen, current, { be, go }) {
  const state = JSON.stringify([seen.me, current, seen.people, seen.places]);
  if (state === drawn) return;
  drawn = state;
  const mine = (person) => person.id === seen.me;
  const entry = (person) => h("button", {
    type: "button", class: "person", "aria-current": mine(person) ? "true" : undefined, "data-key": `person/${person.id}`,
    // said where a narrow page shows the initials alone
    "aria-label": [person.name, person.title, mine(person) ? "you" : person.unread ? `${person.unread} unread` : ""].filter(Boolean).join(", "), onclick: () => be(person.id),
  },
  avatar(person.id, person.name),
  h("span", { class: "who" }, h("span", { class: "name" }, person.name), h("small", {}, person.title)),
  mine(person) ? h("span", { class: "you" }, "you") : badge(person.unread));
  const team = seen.people.filter((person) => person.team);
  const others = seen.people.filter((person) => !person.team);
  keepFocus(byId("people"), [
    h("h2", { id: "people-title" }, "You are"),
    h("div", { class: "entries" }, team.map(entry)),
    h("h3", {}, "Not in the registry"),
    h("div", { class: "entries" }, others.map(entry)),
  ]);
  const place = (id, sign, name, unread, hint) => h("button", {
    type: "button", class: unread ? "place unread" : "place", "aria-current": current === id ? "page" : undefined, title: hint,
    "data-key": `place/${id}`, "aria-label": unread ? `${name}, ${unread} unread` : name, onclick: () => go(id),
  }, h("span", { class: "sign", "aria-hidden": "true" }, sign), h("span", { class: "name" }, name), badge(unread));
  const direct = seen.places.find((each) => each.kind === "direct");
  const channels = seen.places.filter((each) => each.kind !== "direct");
  keepFocus(byId("places"), [
    h("h2", { id: "places-title" }, "CoCM Registry", h("span", { class: "app" }, "app")),
    direct
      ? h("div", { class: "entries" }, place("home", "⌂", "Home", 0), place(direct.id, "✉", "Messages", direct.unread))
      : h("p", { class: "none" }, "Not installed where this person works."),
    h("h3", {}, "Channels"),
    h("div", { class: "entries" }, channels.map((each) =>
      place(each.id, SIGNS[each.kind], each.name, each.unread, HINTS[each.kind]))),
  ]);
}

const badge = (count) => (count ? h("span", { class: "badge", "aria-label": `${count} unread` }, String(count)) : null);

function keepFocus(parent, nodes) {
  const key = focusedIn(parent);
  parent.replaceChildren(...nodes);
  refocus(parent, key);
}
