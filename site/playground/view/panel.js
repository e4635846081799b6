// What the reader sees of one training: the plane, numbers, the loop, charts.

import { METHODS } from "../engine/losses.js";
import { DATA_SETS } from "../engine/points.js";
import { write } from "../numbers.js";
import { Charts, key } from "./charts.js";
import { isWide, make, tell } from "./dom.js";
import { Loop } from "./loop.js";
import { drawPlane, range } from "./plane.js";
import { Readouts } from "./readouts.js";

export const HOW_TO_DRAW =
  "Draw data into the square, with a finger, a pen or the mouse (or by keys: arrows and Enter).";

export class Panel {
  constructor(letter) {
    this.letter = letter;
    this.heading = make("h3", { class: "pg-heading" });
    this.plane = make("canvas", { class: "pg-plane", role: "img" });
    this.note = make("p", { class: "pg-note", role: "alert", hidden: true });
    this.scores = make("span", { class: "pg-scores" });
    this.readouts = new Readouts();
    this.loop = new Loop();
    this.charts = new Charts();
    const legend = make("ul", { class: "pg-legend" }, key("real", "data"), key("fake", "generated"), this.scores);
    const picture = make("div", { class: "pg-picture" }, this.plane, this.note, legend);
    const front = make("div", { class: "pg-front" }, this.heading, picture, this.readouts.element);
    this.rest = make(
      "details",
      { class: "pg-rest", open: isWide() },
      make("summary", { text: `${letter}: numbers and charts` }),
      this.loop.element,
      this.readouts.more,
      this.charts.element,
    );
    this.element = make("section", { class: "pg-panel", "data-training": letter }, front, this.rest);
  }

  // trainer: what to show. state: the app's. colours: see theme.js. several: whether it stands beside others. playing: then charts
  // are drawn every second time.
  update(trainer, { state, colours, several, playing }) {
    const { settings, frame } = trainer;
    const method = METHODS[settings.method];
    // Pictures first: they ask how large they are, which costs a layout once something has been written.
    const { reach, name } = DATA_SETS[settings.data];
    drawPlane(this.plane, { frame, drawn: state.drawn, reach, show: state.show, colours });
    this.pen?.mark(colours);
    this.turn = !playing || !this.turn;
    if (frame && this.turn && this.charts.element.clientWidth) this.charts.update(trainer, method, colours);
    this.plane.setAttribute("aria-label", `The plane: ${name}; ${summary(trainer)}`);
    tell(this.heading, `${several ? `${this.letter}: ` : ""}${method.name}${factor(method, settings)}`);
    const drawn = settings.data === "drawn";
    this.note.hidden = !trainer.error && !(drawn && !state.drawn.length);
    tell(this.note, trainer.error ?? HOW_TO_DRAW);
    this.element.classList.toggle("pg-drawing", drawn);
    this.rest.hidden = this.readouts.element.hidden = !trainer.ready;
    if (!frame) return;
    this.readouts.update(trainer, method);
    this.loop.update(trainer, method);
    const [low, high] = range(frame.surface);
    const what = method.wasserstein ? "critic's score" : "discriminator's logit";
    tell(this.scores, `${what}: faint ${write(low)}, strong ${write(high)}`);
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
  return `step ${row.step}, exact distance ${write(trainer.measured()?.exact)}${modes}, gradient ${write(row.push)}.`;
}
