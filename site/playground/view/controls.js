// The settings of one training, as sliders and lists.

import { METHODS } from "../engine/losses.js";
import { writeShort } from "../numbers.js";
import { FIELDS } from "../settings.js";
import { make } from "./dom.js";

const GROUPS = { game: "Game", learning: "Learning", networks: "Networks" };
let made = 0; // identifiers of the fields, which labels need

// The places of a slider are the field's values, so that it steps evenly over powers of ten.
const nearest = (values, value) =>
  values.reduce((best, v, i) => (Math.abs(v - value) < Math.abs(values[best] - value) ? i : best), 0);

export class Controls {
  // change(key, value): called when the reader sets something.
  constructor(change) {
    this.change = change;
    this.fields = {};
    const groups = Object.entries(GROUPS).map(([group, title]) => {
      const fields = Object.entries(FIELDS)
        .filter(([, field]) => field.group === group)
        .map(([key, field]) => this.field(key, field));
      return make(
        "details",
        { open: group === "game" },
        make("summary", { text: title }),
        make("div", { class: "pg-fields" }, ...fields),
      );
    });
    this.element = make("div", { class: "pg-controls" }, ...groups);
  }

  field(key, { label, choices, values }) {
    const id = `pg-field-${key}-${(made += 1)}`;
    const output = make("output", { for: id });
    let input;
    if (choices)
      input = make(
        "select",
        { id, name: key },
        ...Object.entries(choices).map(([value, text]) => make("option", { value, text })),
      );
    else if (values) input = make("input", { id, name: key, type: "range", min: 0, max: values.length - 1, step: 1 });
    else input = make("input", { id, name: key, type: "number", min: FIELDS[key].min, max: FIELDS[key].max, step: 1 });
    const read = () => (choices ? input.value : values ? values[Number(input.value)] : Number(input.value));
    if (values) input.addEventListener("input", () => this.say(key, read()));
    input.addEventListener("change", () => {
      if (values || choices || input.reportValidity()) this.change(key, read());
    });
    const element = make(
      "div",
      { class: "pg-field" },
      make("label", { for: id }, label, values ? " " : null, values ? output : null),
      input,
    );
    this.fields[key] = { element, input, output };
    return element;
  }

  say(key, value) {
    const { input, output } = this.fields[key];
    output.textContent = writeShort(value);
    input.setAttribute("aria-valuetext", writeShort(value));
  }

  // Shows the values of a training's settings, and only what matters for its method.
  show(settings) {
    for (const [key, field] of Object.entries(FIELDS)) {
      const { element, input } = this.fields[key];
      const adam = settings.optimizer === "adam" || !key.startsWith("beta");
      element.hidden = (field.only && !field.only(METHODS[settings.method])) || !adam;
      if (!field.values) input.value = settings[key];
      else {
        input.value = nearest(field.values, settings[key]);
        this.say(key, settings[key]);
      }
    }
  }
}
