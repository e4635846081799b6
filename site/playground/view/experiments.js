// Five guided experiments: predict, run, see.

import { PRESETS } from "../presets.js";
import { make } from "./dom.js";

const LABS = new URL("../../../lessons/labs/", import.meta.url).href;

export class Experiments {
  // run(name): called when the reader wants to see one.
  constructor(run) {
    this.results = {};
    this.guesses = {};
    this.element = make(
      "ol",
      { class: "pg-experiments" },
      ...Object.entries(PRESETS).map(([name, preset]) => this.card(name, preset, run)),
    );
  }

  card(name, { title, lab, setting, question, answers }, run) {
    const result = (this.results[name] = make("p", { class: "pg-result", role: "status" }));
    const guesses = answers.map((text, i) =>
      make(
        "label",
        {},
        make("input", {
          type: "radio",
          name: `guess-${name}`,
          value: i,
          onchange: () => {
            this.guesses[name] = i;
          },
        }),
        ` ${text}`,
      ),
    );
    return make(
      "li",
      { "data-experiment": name },
      make("h3", { text: title }),
      make("p", { text: setting }),
      make("p", {}, make("a", { href: `${LABS}${lab}.html`, text: `Told in the lab “${lab}”.` })),
      make("fieldset", {}, make("legend", { text: `Predict: ${question}` }), ...guesses),
      make("button", { type: "button", onclick: () => run(name), text: "Run it" }),
      result,
    );
  }

  // Tells what came out, beside what was predicted.
  tell(name, seen) {
    const { answers, right } = PRESETS[name];
    const guess = this.guesses[name];
    const verdict =
      guess === undefined
        ? ""
        : guess === right
          ? "As you predicted. "
          : `You predicted: “${answers[guess].toLowerCase()}”. `;
    this.results[name].textContent = verdict + seen;
  }

  forget(name) {
    this.results[name].textContent = "";
  }
}
