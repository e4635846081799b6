// The numbers beside the pictures, and what each of them means.

import { DATA_SETS } from "../engine/points.js";
import { write, writeShort } from "../numbers.js";
import { make, tell } from "./dom.js";

// For each: what it is called, how to tell it (null: this training has no such number), and what it means. The first five are
// always seen (four of them: a training has an estimate or a JS), the others on demand.
const READOUTS = {
  step: ["step", ({ frame }) => String(frame.counts.steps), "A step is the critic's updates, then the generator's."],
  exact: [
    "exact distance",
    ({ known }) => write(known?.exact),
    "The Wasserstein distance between the 256 data points and the 256 generated points that you see. Lower is better.",
  ],
  estimate: [
    "critic's estimate",
    ({ row }) => (row.js === null ? write(row.estimate) : null),
    "Mean score of the data minus mean score of the generated points. With a good critic it is close to the exact distance.",
  ],
  js: [
    "JS (≤ 0.693)",
    ({ row }) => (row.js === null ? null : write(row.js)),
    "The Jensen-Shannon divergence as the discriminator sees it: log 2 − loss / 2, at most log 2 = 0.693. It is near 0 when data and generated points cannot be told apart.",
  ],
  modes: [
    "modes hit",
    ({ row, settings }) => (row.modes === null ? null : `${row.modes} of ${DATA_SETS[settings.data].centres.length}`),
    "Groups of data that have enough generated points: of eight groups each needs 2 % of all points.",
  ],
  updates: [
    "updates",
    ({ frame }) => `${frame.counts.critic} + ${frame.counts.generator}`,
    "Updates of the critic + updates of the generator.",
  ],
  rate: [
    "steps a second",
    ({ rate }) => (rate === null ? "–" : writeShort(rate)),
    "How fast your computer trains at present.",
  ],
  floor: [
    "data to data",
    ({ floor }) => write(floor),
    "The exact distance between two batches of 256 data points. A generator that samples like the data comes to about this.",
  ],
  corrected: [
    "corrected for λ",
    ({ row, method }) => (method.wasserstein && method.penalty ? write(row.corrected) : null),
    "The estimate without what a critic of a finite λ adds to it: λ(√(1 + 2·estimate/λ) − 1). Sometimes only a guess.",
  ],
  slope: [
    "critic's slope",
    ({ row }) => write(row.slope),
    "The critic's gradient norm between real and generated points, the median. A penalty wants 1.",
  ],
  penalty: [
    "penalty",
    ({ frame, method }) => (method.penalty ? write(frame.losses.penalty) : null),
    "The penalty of the last batch, before it is multiplied by its weight.",
  ],
  atBound: [
    "weights at ±c",
    ({ row }) => (row.atBound === null ? null : percent(row.atBound)),
    "The share of the critic's weights within 1 % of their bounds.",
  ],
};
const ALWAYS = 5;

export const percent = (share) => `${Math.round(100 * share)} %`;

// A number under its name. What it means is told where it is pointed at, touched or focused.
export function number(key, label, title) {
  const value = make("strong", { "data-measure": key, text: "–" });
  const about = { class: `pg-number pg-is-${key}`, tabindex: 0, role: "group", "aria-label": label, title };
  return { value, item: make("div", about, make("span", { text: label }), value) };
}

// Numbers of a table like the one above.
export class Numbers {
  constructor(table) {
    this.table = table;
    this.outputs = Object.fromEntries(
      Object.entries(table).map(([key, [label, , title]]) => [key, number(key, label, title)]),
    );
    this.items = Object.values(this.outputs).map(({ item }) => item);
  }

  update(trainer, method) {
    const known = { ...trainer, row: trainer.rows.at(-1), method, known: trainer.measured() };
    for (const [key, { value, item }] of Object.entries(this.outputs)) {
      const text = this.table[key][1](known);
      item.hidden = text === null;
      tell(value, text ?? "");
    }
  }
}

export class Readouts extends Numbers {
  constructor() {
    super(READOUTS);
    this.element = make("div", { class: "pg-readouts" }, ...this.items.slice(0, ALWAYS));
    const others = make("div", { class: "pg-readouts" }, ...this.items.slice(ALWAYS));
    this.more = make("details", { class: "pg-numbers" }, make("summary", { text: "More numbers" }), others);
  }
}
