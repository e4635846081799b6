// What the reader sees of one training: the plane, numbers, charts.

import { METHODS } from "../engine/losses.js";
import { DATA_SETS } from "../engine/points.js";
import { write } from "../numbers.js";
import { Charts, key } from "./charts.js";
import { make } from "./dom.js";
import { drawPlane, range } from "./plane.js";
import { Readouts } from "./readouts.js";

const HOW_TO_DRAW = "Draw data into the square, with a finger, a pen or the mouse (or by keys: arrows and Enter).";

export class Panel {
  constructor(letter) {
    this.letter = letter;
    this.heading = make("h3", { class: "pg-heading" });
    this.plane = make("canvas", { class: "pg-plane", role: "img" });
    this.note = make("p", { class: "pg-note", role: "alert", hidden: true });
    this.scores = make("span", { class: "pg-scores" });
    this.readouts = new Readouts();
    this.charts = new Charts();
    const legend = make("ul", { class: "pg-legend" }, key("real", "data"), key("fake", "generated"), this.scores);
    const picture = make("div", { class: "pg-picture" }, this.plane, legend, this.note);
    const view = make("div", { class: "pg-view" }, picture, this.readouts.element, this.charts.element);
    this.element = make("section", { class: "pg-panel", "data-training": letter }, this.heading, view);
  }

  // trainer: what to show. state: the app's. colours: see theme.js. several: whether it stands beside others.
  update(trainer, { state, colours, several }) {
    const { settings, frame } = trainer;
    const method = METHODS[settings.method];
    this.heading.textContent = `${several ? `${this.letter}: ` : ""}${method.name}${factor(method, settings)}`;
    this.note.hidden = trainer.ready && !trainer.error;
    this.note.textContent = trainer.error ?? HOW_TO_DRAW;
    this.element.classList.toggle("pg-drawing", settings.data === "drawn");
    if (!this.plane.clientWidth) return; // hidden: one at a time on small screens
    const { reach, name } = DATA_SETS[settings.data];
    drawPlane(this.plane, { frame, drawn: state.drawn, reach, show: state.show, colours });
    this.pen?.mark(colours);
    this.plane.setAttribute("aria-label", `The plane: ${name}; ${summary(trainer)}`);
    if (!frame) return;
    this.readouts.update(trainer, method);
    this.charts.update(trainer, method, colours);
    const [low, high] = range(frame.surface);
    const what = method.wasserstein ? "critic's score" : "discriminator's logit";
    this.scores.textContent = `${what}: faint ${write(low)}, strong ${write(high)}`;
  }
}

// What bounds the critic, for the heading.
function factor(method, { clip, lambda }) {
  if (method.clips) return `, c = ${clip}`;
  if (!method.penalty) return "";
  return method.penalty === "r1" ? `, γ = ${lambda}` : `, λ = ${lambda}`;
}

// The picture in words.
function summary(trainer) {
  const row = trainer.rows.at(-1);
  if (!row) return "nothing is trained yet.";
  const modes = row.modes === null ? "" : `, ${row.modes} modes hit`;
  return `step ${row.step}, exact distance ${write(trainer.measured()?.exact)}${modes}, push ${write(row.push)}.`;
}
