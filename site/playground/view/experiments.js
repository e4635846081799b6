// The guided experiments: a row of names, and the question of the one that is set up.

import { PRESETS } from "../presets.js";
import { make } from "./dom.js";

const LABS = new URL("../../../lessons/labs/", import.meta.url).href;

export class Experiments {
  // load(name): called when the reader chooses one.
  constructor(load) {
    const chips = Object.entries(PRESETS).map(([name, { title }]) =>
      make("button", { type: "button", "data-experiment": name, onclick: () => load(name), text: title }),
    );
    const row = make("div", { class: "pg-chips", role: "group", "aria-label": "Experiments" }, ...chips);
    this.chips = chips;
    this.box = make("div", { class: "pg-experiment" });
    this.element = make("div", {}, row, this.box);
  }

  // Asks the question of this experiment, not yet answered; null: of none.
  show(name) {
    for (const chip of this.chips) chip.setAttribute("aria-pressed", chip.dataset.experiment === name);
    for (const label of this.box.querySelectorAll("label")) delete label.dataset.answer;
    if (name === this.name) return;
    this.name = name;
    this.box.replaceChildren();
    if (!name) return;
    const { lab, setting, question, answers } = PRESETS[name];
    this.labels = answers.map((text) => {
      const input = make("input", { type: "radio", name: "pg-guess" });
      return make("label", {}, input, make("span", { text }));
    });
    this.box.append(
      make("p", { text: `${setting} ` }, make("a", { href: `${LABS}${lab}.html`, text: `Lab ${lab}` })),
      make("fieldset", {}, make("legend", { text: question }), ...this.labels),
    );
  }

  // Marks the right answer and a wrong one that was chosen; says whether the reader was right.
  tell() {
    const { answers, right } = PRESETS[this.name];
    const guess = this.labels.findIndex((label) => label.firstChild.checked);
    this.labels[right].dataset.answer = "right";
    if (guess < 0) return `The answer is “${answers[right]}”. `;
    if (guess === right) return "Right. ";
    this.labels[guess].dataset.answer = "wrong";
    return `Not quite: the answer is “${answers[right]}”. `;
  }
}
