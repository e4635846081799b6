// Which of several trainings the settings belong to.

import { METHODS } from "../engine/losses.js";
import { make } from "./dom.js";

export class Tabs {
  constructor(letters, choose) {
    this.boxes = letters.map((letter, i) => {
      const text = make("span");
      const input = make("input", { type: "radio", name: "pg-chosen", value: letter, onchange: () => choose(i) });
      return { letter, text, input, label: make("label", {}, input, text) };
    });
    this.element = make(
      "fieldset",
      { class: "pg-tabs" },
      make("legend", { text: "Settings of" }),
      ...this.boxes.map(({ label }) => label),
    );
  }

  update(count, chosen, trainings) {
    this.element.hidden = count < 2;
    this.boxes.forEach(({ letter, text, input, label }, i) => {
      label.hidden = i >= count;
      if (i >= count) return;
      input.checked = i === chosen;
      text.textContent = ` ${letter}: ${METHODS[trainings[i].method].name}`;
    });
  }
}
