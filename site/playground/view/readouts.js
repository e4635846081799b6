// The numbers beside the pictures.

import { DATA_SETS } from "../engine/points.js";
import { write, writeShort } from "../numbers.js";
import { make } from "./dom.js";

// For each: what it is called, how to tell it (null: this training has no such number), and more for whoever asks.
const READOUTS = {
  step: ["step", ({ frame }) => String(frame.counts.steps)],
  updates: [
    "updates",
    ({ frame }) => `${frame.counts.critic} + ${frame.counts.generator}`,
    "of the critic + of the generator",
  ],
  rate: ["steps a second", ({ rate }) => (rate === null ? "–" : writeShort(rate))],
  exact: ["exact distance W", ({ known }) => write(known?.exact)],
  floor: [
    "W of data to data",
    ({ floor }) => write(floor),
    "between two batches of 256 data points: no generator can be expected below",
  ],
  estimate: ["critic's estimate", ({ row }) => (row.js === null ? write(row.estimate) : null)],
  corrected: [
    "corrected for λ",
    ({ row, method }) => (method.wasserstein && method.penalty ? write(row.corrected) : null),
  ],
  js: [
    "JS, at most 0.693",
    ({ row }) => (row.js === null ? null : write(row.js)),
    "as the discriminator reads it: log 2 − loss / 2, at most log 2",
  ],
  modes: [
    "modes hit",
    ({ row, settings }) => (row.modes === null ? null : `${row.modes} of ${DATA_SETS[settings.data].centres.length}`),
  ],
  push: ["push", ({ row }) => write(row.push), "mean length of the gradient that generated points follow"],
  slope: ["critic's slope", ({ row }) => write(row.slope), "median, between real and generated points"],
  atBound: [
    "weights at ±c",
    ({ row }) => (row.atBound === null ? null : percent(row.atBound)),
    "share within 1 % of c",
  ],
};

export const percent = (share) => `${Math.round(100 * share)} %`;

export class Readouts {
  constructor() {
    this.outputs = Object.fromEntries(
      Object.entries(READOUTS).map(([key, [label, , title = null]]) => {
        const value = make("dd", { "data-measure": key, text: "–" });
        return [key, { value, item: make("div", { title }, make("dt", { text: label }), value) }];
      }),
    );
    const items = Object.values(this.outputs).map(({ item }) => item);
    this.element = make("dl", { class: "pg-readouts" }, ...items);
  }

  update(trainer, method) {
    const known = { ...trainer, row: trainer.rows.at(-1), method, known: trainer.measured() };
    for (const [key, { value, item }] of Object.entries(this.outputs)) {
      const text = READOUTS[key][1](known);
      item.hidden = text === null;
      if (value.textContent !== text) value.textContent = text ?? "";
    }
  }
}
