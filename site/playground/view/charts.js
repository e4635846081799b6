// The three charts of a training: distances, slopes, the critic's weights.

import { write } from "../numbers.js";
import { drawBars, drawChart } from "./chart.js";
import { make } from "./dom.js";
import { percent } from "./readouts.js";

// A key's look is the style sheet's: pg-key-exact and so on.
export const key = (name, text) => make("li", { class: `pg-key pg-key-${name}`, text });

export class Charts {
  constructor() {
    this.keys = {
      exact: key("exact", "exact"),
      estimate: key("estimate", "estimate"),
      corrected: key("corrected", "corrected"),
      js: key("estimate", "JS (nats)"),
      floor: key("floor", "data to data"),
    };
    const slopeKeys = [
      key("band", "critic's slope, 5 to 95 %"),
      key("estimate", "median"),
      key("push", "gradient at generated points"),
      key("floor", "1"),
    ];
    this.distance = this.figure("distance", "Distance", Object.values(this.keys));
    this.slope = this.figure("slope", "Slopes", slopeKeys);
    this.weights = this.figure("weights", "Critic's weights", []);
    const figures = [this.distance, this.slope, this.weights].map((canvas) => canvas.parentElement);
    this.element = make("div", { class: "pg-charts" }, ...figures);
  }

  // The canvas of a figure with a title and keys.
  figure(name, title, keys) {
    const canvas = make("canvas", { class: "pg-chart", role: "img", "data-chart": name });
    make("figure", {}, make("figcaption", {}, make("span", { text: title }), make("ul", {}, ...keys)), canvas);
    return canvas;
  }

  // trainer: with at least one row. colours: see theme.js.
  update(trainer, method, colours) {
    const { rows, floor } = trainer;
    const row = rows.at(-1);
    const axes = { xMost: Math.max(20, row.step * 1.02), xLabel: "step", colours };
    this.drawDistance(rows, floor, method, axes);
    this.drawSlope(rows, axes);
    const height = "height: share of the weights";
    const xLabel = method.clips ? `from −c to c; ${height}` : height;
    drawBars(this.weights, { shares: row.histogram, reach: row.weightReach, colour: colours.score, colours, xLabel });
    const atBound = row.atBound === null ? "" : `; ${percent(row.atBound)} at the bound`;
    const label = `Histogram of the critic's weights, largest ${write(row.weightReach)}${atBound}.`;
    this.weights.setAttribute("aria-label", label);
  }

  drawDistance(rows, floor, method, axes) {
    const { colours } = axes;
    this.keys.estimate.hidden = !method.wasserstein;
    this.keys.corrected.hidden = !method.wasserstein || !method.penalty;
    this.keys.js.hidden = method.wasserstein;
    const exact = series(rows, "exact").filter(([, y]) => y !== null);
    const most = highest([exact], floor ?? 0.1);
    const estimates = ["estimate", "corrected", "js"].map((name) => series(rows, name));
    const [estimate, corrected, js] = estimates;
    drawChart(this.distance, {
      ...axes,
      range: [0, 1.08 * Math.max(most, Math.min(highest(estimates, 0), 2.5 * most))], // an estimate far too high may leave
      marks: floor === null ? [] : [{ y: floor, colour: colours.muted }],
      lines: [
        { points: estimate, colour: colours.score, width: 1.5 },
        { points: corrected, colour: colours.score, dash: "dashed" },
        { points: js, colour: colours.score, width: 1.5 },
        { points: exact, colour: colours.text, width: 2.4 },
      ],
    });
    const last = rows.at(-1);
    const known = `exact ${write(exact.at(-1)?.[1])}, estimate ${write(last.estimate)}, corrected ${write(last.corrected)}`;
    this.distance.setAttribute(
      "aria-label",
      `Distance over steps, at step ${last.step}: ${known}, JS ${write(last.js)}.`,
    );
  }

  drawSlope(rows, axes) {
    const { colours } = axes;
    const [low, median, high, push] = ["slopeLow", "slope", "slopeHigh", "push"].map((name) => series(rows, name));
    const positive = [low, high, push].flatMap((points) => points.map(([, y]) => y).filter((y) => y > 0));
    const least = positive.reduce((a, b) => Math.min(a, b), 0.1);
    const most = positive.reduce((a, b) => Math.max(a, b), 10);
    drawChart(this.slope, {
      ...axes,
      log: true,
      range: [10 ** Math.floor(Math.log10(Math.max(1e-12, least))), 10 ** Math.ceil(Math.log10(most))],
      marks: [{ y: 1, colour: colours.muted }],
      band: { low, high, colour: colours.score },
      lines: [
        { points: median, colour: colours.score, width: 1.5 },
        { points: push, colour: colours.fake, dash: "dashed" },
      ],
    });
    const { slope, slopeLow, slopeHigh, push: pushed } = rows.at(-1);
    const told = `median ${write(slope)}, from ${write(slopeLow)} to ${write(slopeHigh)}; gradient at generated points ${write(pushed)}`;
    this.slope.setAttribute("aria-label", `Slopes over steps, on a logarithmic axis: ${told}.`);
  }
}

const series = (rows, name) => rows.map((row) => [row.step, row[name]]);
const highest = (lines, atLeast) => lines.flat().reduce((most, [, y]) => Math.max(most, y ?? 0), atLeast);
