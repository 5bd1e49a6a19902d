// The question asked before a press counts.

import { h } from "./dom.js";
import { text } from "./mrkdwn.js";

/** Ask; true when the person means it. */
export function confirmed(question, names) {
  return new Promise((resolve) => {
    const answer = (value) => () => { dialog.close(); resolve(value); };
    const dialog = h("dialog", { class: "confirm", "aria-labelledby": "confirm-title", onclose: () => { dialog.remove(); resolve(false); } },
      h("h2", { id: "confirm-title" }, question.title.text),
      h("p", {}, text(question.text, names)),
      h("div", { class: "buttons" },
        h("button", { type: "button", class: "button", onclick: answer(false) }, question.deny.text),
        h("button", { type: "button", class: `button ${question.style ?? "primary"}`, onclick: answer(true), autofocus: true }, question.confirm.text)));
    document.body.append(dialog);
    dialog.showModal();
  });
}
