// What the reader sees of one training: the plane, numbers, three charts.

import { METHODS } from "../engine/losses.js";
import { DATA_SETS } from "../engine/points.js";
import { write, writeShort } from "../numbers.js";
import { drawBars, drawChart } from "./chart.js";
import { make } from "./dom.js";
import { drawPlane, range } from "./plane.js";

// Numbers beside the pictures: what they are called, and how to tell them. Null: this training has no such number.
const READOUTS = {
  step: ["step", ({ frame }) => String(frame.counts.steps)],
  updates: ["updates", ({ frame }) => `${frame.counts.critic} + ${frame.counts.generator}`, "of the critic + of the generator"],
  rate: ["steps a second", ({ rate }) => (rate === null ? "–" : writeShort(rate))],
  exact: ["exact distance W", ({ known }) => write(known?.exact)],
  floor: ["W of data to data", ({ floor }) => write(floor), "between two batches of 256 data points: no generator can be expected below"],
  estimate: ["critic's estimate", ({ row, method }) => (method.wasserstein ? write(row.estimate) : null)],
  corrected: ["corrected for λ", ({ row, method }) => (method.wasserstein && method.penalty ? write(row.corrected) : null)],
  js: ["JS, at most 0.693", ({ row, method }) => (method.wasserstein ? null : write(row.js)), "as the discriminator reads it: log 2 − loss / 2, at most log 2"],
  modes: ["modes hit", ({ row, settings }) => (row.modes === null ? null : `${row.modes} of ${DATA_SETS[settings.data].centres.length}`)],
  push: ["push", ({ row }) => write(row.push), "mean length of the gradient that generated points follow"],
  slope: ["critic's slope", ({ row }) => write(row.slope), "median, between real and generated points"],
  atBound: ["weights at ±c", ({ row }) => (row.atBound === null ? null : `${Math.round(100 * row.atBound)} %`), "share within 1 % of c"],
};

const stroke = (name, text) => make("li", { class: `pg-key pg-key-${name}`, text });

export class Panel {
  constructor(letter) {
    this.letter = letter;
    this.plane = make("canvas", { class: "pg-plane", role: "img" });
    this.charts = ["distance", "slope", "weights"].map((name) => make("canvas", { class: "pg-chart", role: "img", "data-chart": name }));
    this.heading = make("h3", { class: "pg-heading" });
    this.note = make("p", { class: "pg-note", role: "alert", hidden: true });
    this.outputs = Object.fromEntries(Object.entries(READOUTS).map(([key, [label, , title]]) => {
      const value = make("dd", { "data-measure": key, text: "–" });
      return [key, { value, item: make("div", { title: title ?? null }, make("dt", { text: label }), value) }];
    }));
    this.scores = make("span", { class: "pg-scores" });
    const [distance, slope, weights] = this.charts;
    const chart = (title, canvas, ...keys) => make("figure", {}, make("figcaption", {}, make("span", { text: title }), make("ul", {}, ...keys)), canvas);
    this.distanceKeys = { exact: stroke("exact", "exact"), estimate: stroke("estimate", "estimate"), corrected: stroke("corrected", "corrected"), js: stroke("estimate", "JS (nats)"), floor: stroke("floor", "data to data") };
    this.element = make("section", { class: "pg-panel", "data-training": letter },
      this.heading,
      make("div", { class: "pg-view" },
        make("div", { class: "pg-picture" }, this.plane,
          make("ul", { class: "pg-legend" }, stroke("real", "data"), stroke("fake", "generated"), this.scores), this.note),
        make("dl", { class: "pg-readouts" }, ...Object.values(this.outputs).map(({ item }) => item)),
        make("div", { class: "pg-charts" },
          chart("Distance", distance, ...Object.values(this.distanceKeys)),
          chart("Slopes", slope, stroke("band", "critic's slope, 5 to 95 %"), stroke("estimate", "median"), stroke("push", "push"), stroke("floor", "1")),
          chart("Critic's weights", weights))));
  }

  // trainer: what to show. state: the app's. colours: see theme.js. several: whether it stands beside others.
  update(trainer, { state, colours, several }) {
    const { settings, frame } = trainer;
    const method = METHODS[settings.method];
    const factor = method.clips ? `, c = ${settings.clip}` : method.penalty ? `, ${method.penalty === "r1" ? "γ" : "λ"} = ${settings.lambda}` : "";
    this.heading.textContent = `${several ? `${this.letter}: ` : ""}${method.name}${factor}`;
    this.note.hidden = trainer.ready && !trainer.error;
    this.note.textContent = trainer.error ?? "Draw data into the square, with a finger, a pen or the mouse (or by keys: arrows and Enter).";
    this.element.classList.toggle("pg-drawing", settings.data === "drawn");
    if (!this.plane.clientWidth) return; // hidden: one at a time on small screens
    drawPlane(this.plane, { frame, drawn: state.drawn, reach: DATA_SETS[settings.data].reach, show: state.show, colours });
    if (this.pen) this.pen.mark(colours);
    if (!frame) return;
    const row = trainer.rows.at(-1);
    for (const [key, { value, item }] of Object.entries(this.outputs)) {
      const text = READOUTS[key][1]({ ...trainer, row, method, known: trainer.measured() });
      item.hidden = text === null;
      if (value.textContent !== text) value.textContent = text ?? "";
    }
    const [low, high] = range(frame.surface);
    this.scores.textContent = `${method.wasserstein ? "critic's score" : "discriminator's logit"}: faint ${write(low)}, strong ${write(high)}`;
    this.plane.setAttribute("aria-label", `The plane: ${DATA_SETS[settings.data].name}; ${this.summary(trainer, row)}`);
    this.drawCharts(trainer, { row, method, settings, colours });
  }

  summary(trainer, row) {
    return `step ${row.step}, exact distance ${write(trainer.measured()?.exact)}${row.modes === null ? "" : `, ${row.modes} modes hit`}, push ${write(row.push)}.`;
  }

  drawCharts(trainer, { row, method, settings, colours }) {
    const { rows, floor } = trainer;
    const of = (key) => rows.map((r) => [r.step, r[key]]);
    const [distance, slope, weights] = this.charts;
    const xMost = Math.max(20, row.step * 1.02);
    const axes = { xMost, xLabel: "step", colours };
    const exact = of("exact").filter(([, y]) => y !== null);
    const most = exact.reduce((top, [, y]) => Math.max(top, y), floor ?? 0.1);
    const readings = [...of("estimate"), ...of("corrected"), ...of("js")].reduce((top, [, y]) => Math.max(top, y ?? 0), 0);
    for (const [key, { hidden }] of [["estimate", { hidden: !method.wasserstein }], ["corrected", { hidden: !method.wasserstein || !method.penalty }], ["js", { hidden: method.wasserstein }]]) this.distanceKeys[key].hidden = hidden;
    drawChart(distance, {
      ...axes, range: [0, 1.08 * Math.max(most, Math.min(readings, 2.5 * most))], marks: floor === null ? [] : [{ y: floor, colour: colours.muted }],
      lines: [
        { points: of("estimate"), colour: colours.score, width: 1.5 },
        { points: of("corrected"), colour: colours.score, dash: "dashed" },
        { points: of("js"), colour: colours.score, width: 1.5 },
        { points: exact, colour: colours.text, width: 2.4 },
      ],
    });
    const slopes = ["slopeLow", "slopeHigh", "push"].flatMap((key) => rows.map((r) => r[key])).filter((y) => y > 0);
    const span = [Math.max(1e-12, Math.min(0.1, ...slopes)), Math.max(10, ...slopes)];
    drawChart(slope, {
      ...axes, log: true, range: [10 ** Math.floor(Math.log10(span[0])), 10 ** Math.ceil(Math.log10(span[1]))], marks: [{ y: 1, colour: colours.muted }],
      band: { low: of("slopeLow"), high: of("slopeHigh"), colour: colours.score },
      lines: [{ points: of("slope"), colour: colours.score, width: 1.5 }, { points: of("push"), colour: colours.fake, dash: "dashed" }],
    });
    drawBars(weights, { shares: row.histogram, reach: row.weightReach, colour: colours.score, colours, xLabel: method.clips ? "from −c to c; height: share of the weights" : "height: share of the weights" });
    distance.setAttribute("aria-label", `Distance over steps: ${this.summary(trainer, row)} Estimate ${write(row.estimate)}, corrected ${write(row.corrected)}.`);
    slope.setAttribute("aria-label", `Slopes over steps, on a logarithmic axis: median ${write(row.slope)}, from ${write(row.slopeLow)} to ${write(row.slopeHigh)}; push ${write(row.push)}.`);
    weights.setAttribute("aria-label", `Histogram of the critic's weights, largest ${write(row.weightReach)}${row.atBound === null ? "" : `; ${Math.round(100 * row.atBound)} % at the bound`}.`);
  }
}
