// The page: one picture of the workspace at a time, drawn whole; the parts leave alone what did not change.

import { announce, byId, h, say } from "./dom.js";
import { showClock } from "./clock.js";
import { propose, showComposer } from "./composer.js";
import { focusedIn, refocus } from "./focus.js";
import { showHome } from "./home.js";
import { refresh, toggleActivity } from "./inspector.js";
import { showMessages, showNewest } from "./messages.js";
import { showModal } from "./modal.js";
import { showSide } from "./people.js";
import { showRefusals } from "./refusals.js";
import { tried } from "./screen.js";
import { send, watch } from "./stream.js";
import { welcome } from "./welcome.js";

const FIRST = "U0MAYA";
const SHARED = "People of another company read along here: the bot stays silent.";
const ORGANIZATION = "People of other workspaces of the organization read along here.";
const ABSENT = "The bot is not in this channel; its commands still work, and only you see the answers.";

const TRY = {
  type: (line) => propose(line),
  home: () => go("home"),
  be: (person) => be(person),
  clock: () => byId("clock-button").click(),
};

let seen = null;
let me = FIRST;
let lost = false;
const places = new Map();

function place() {
  const wanted = places.get(me);
  if (wanted === "home" || seen.places.some((each) => each.id === wanted)) return wanted;
  return (seen.places.find((each) => each.kind === "direct") ?? seen.places[0])?.id;
}

function draw() {
  if (!seen || seen.me !== me) return;
  const current = place();
  const here = seen.places.find((each) => each.id === current);
  say(document.querySelector(".brand"), seen.workspace);
  showClock(seen);
  showSide(seen, current, { be, go });
  showHead(current, here);
  byId("log").hidden = current === "home";
  byId("home").hidden = current !== "home";
  showComposer(seen, here);
  if (here) {
    showMessages(seen, current, here.kind === "direct" ? welcome(myself(), TRY, draw) : []);
    if (here.unread && document.visibilityState === "visible") send("read", { person: me, place: current });
  } else {
    showHome(seen, draw);
  }
  showModal(seen);
  showRefusals(seen);
  document.body.dataset.revision = seen.revision;
}

function myself() {
  const { id, name, title } = seen.people.find((person) => person.id === me);
  return { me: id, name, title };
}

function showHead(current, here) {
  const direct = seen.places.find((each) => each.kind === "direct");
  const app = current === "home" || here?.kind === "direct";
  const tab = (id, words) => h("button", { type: "button", class: "tab", "aria-current": current === id ? "page" : undefined, "data-key": `tab/${id}`, onclick: () => go(id) }, words);
  const note = { shared: SHARED, organization: ORGANIZATION }[here?.kind] ?? (here && !here.bot ? ABSENT : "");
  const state = JSON.stringify([current, me, lost, note]);
  if (byId("head").dataset.state === state) return;
  byId("head").dataset.state = state;
  const key = focusedIn(byId("head"));
  byId("head").replaceChildren(
    h("h2", {}, app ? "CoCM Registry" : here ? `${here.kind === "private" ? "" : "#"}${here.name}` : "Nothing here"),
    app && h("div", { class: "tabs" }, tab("home", "Home"), tab(direct.id, "Messages")),
    note && h("p", { class: "note" }, note),
    lost && h("p", { class: "trouble" }, "The connection to the playground is lost. Is it still running?"));
  for (const node of [...byId("head").childNodes]) if (node.nodeType === Node.TEXT_NODE) node.remove();
  refocus(byId("head"), key);
}

function be(person) {
  me = person;
  localStorage.setItem("cocm-playground-me", person);
  watch(me, show, (broken) => { if (lost !== broken) { lost = broken; draw(); } });
}

function go(id) {
  places.set(me, id);
  if (id === "home") tried(send("home", { person: me }));
  draw();
  if (id !== "home") showNewest();
}

function show(picture) {
  const switched = seen?.me !== picture.me;
  // a workspace that was restarted no longer has a Home open
  const forgotten = Boolean(seen?.home) && !picture.home;
  if (!picture.people.some((person) => person.id === picture.me)) {
    be(FIRST);
    return;
  }
  seen = picture;
  lost = false;
  if (switched) announce(`You are ${picture.names.people[picture.me]}.`);
  if (place() === "home" && (switched || forgotten)) tried(send("home", { person: me }));
  draw();
  refresh();
}

let toasted = 0;
function toast(words) {
  byId("toast").textContent = words;
  clearTimeout(toasted);
  toasted = setTimeout(() => { byId("toast").textContent = ""; }, 8000);
}

function theme(choice) {
  document.documentElement.dataset.theme = choice;
  localStorage.setItem("cocm-playground-theme", choice);
  byId("theme").textContent = choice === "dark" ? "Light" : "Dark";
}

theme(localStorage.getItem("cocm-playground-theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
byId("theme").addEventListener("click", () => theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
byId("activity").addEventListener("click", toggleActivity);
document.addEventListener("redraw", draw);
document.addEventListener("problem", ({ detail }) => toast(detail));
document.addEventListener("visibilitychange", draw);
be(localStorage.getItem("cocm-playground-me") ?? FIRST);
