// What a newcomer may try first, as the person they are.

import { h } from "./dom.js";

const KEPT = "cocm-playground-welcomed";
const panels = new Map();

const COCM = "In Collaborative Care (CoCM) a clinic treats depression and anxiety where people see their own doctor: a care manager keeps in touch, "
  + "a psychiatrist advises on those who do not improve, and questionnaires show who gets better. This bot is the team’s registry.";
const MADE_UP = "The clinic and everybody in it are made up. The bot is the real one, with its patients in a database on this machine; all is forgotten when you stop it.";

const TODAY = ["See who needs you today", "Each patient comes with the reason; one press opens the card.", "/cocm today"];
const HOME = ["Open the App Home", "Your day with names, and buttons to start from.", "home"];
const CLOCK = ["Move the clock", "Go to tomorrow morning: your digest comes, and more falls due.", "clock"];
const CARE_MANAGER = [TODAY, ["Log a contact in one line", "Put a patient’s handle in place of K7Q4, and press Enter.", "/cocm log K7Q4 phone 20m phq9 12"], CLOCK];
const STEPS = {
  U0MAYA: CARE_MANAGER,
  U0RUTH: CARE_MANAGER,
  U0IRIS: [["Review the caseload", "New patients and those who do not improve, one at a time.", "/cocm review"], TODAY, CLOCK],
  U0SAMUEL: [TODAY, ["Answer a recommendation", "They wait on your Home; one press answers.", "home"], CLOCK],
  U0HENRY: [TODAY, ["Answer a recommendation", "They wait on your Home; one press answers.", "home"], CLOCK],
  U0LENA: [["See the program’s figures", "Who improves, how soon people are reached.", "/cocm figures"], ["See the team", "Roles, and who is away.", "/cocm team"], CLOCK],
  U0OMAR: [["Bill the month", "Minutes, codes, and what each claim still lacks.", "/cocm billing"], HOME, CLOCK],
};
const OUTSIDE = [["Ask for the list", "You are not in the registry: see what the bot answers.", "/cocm today"], HOME, ["Be the care manager", "Maya Okafor sees her patients.", "U0MAYA"]];

/** The welcome panel for who one is, or nothing once it was put away. */
export function welcome({ me, name, title }, { type, home, be, clock }, redraw) {
  if (localStorage.getItem(KEPT)) return [];
  // one panel a person: drawn again it would lose the focus
  if (!panels.has(me)) panels.set(me, panel({ me, name, title }, { type, home, be, clock }, redraw));
  return [panels.get(me)];
}

function panel({ me, name, title }, { type, home, be, clock }, redraw) {
  const acts = { home: ["Open Home", home], clock: ["Open the clock", clock], U0MAYA: ["Be Maya", () => be("U0MAYA")] };
  const step = ([heading, words, what]) => {
    const [label, act] = acts[what] ?? [`Type ${what}`, () => type(what)];
    return h("li", {}, h("strong", {}, heading), h("p", {}, words), h("button", { type: "button", class: "button", onclick: act}, label));
  };
  return h("section", { class: "welcome", "aria-labelledby": "welcome-title" },
    h("h2", { id: "welcome-title" }, "A care team’s registry, inside a chat"),
    h("p", {}, COCM),
    h("p", {}, h("strong", {}, `You are ${name}, ${title.toLowerCase()}.`), ` ${MADE_UP} Three things to try:`),
    h("ol", {}, (STEPS[me] ?? OUTSIDE).map(step)),
    h("button", { type: "button", class: "plain", onclick: () => { localStorage.setItem(KEPT, "yes"); redraw(); } }, "Put this away"));
}
