// What the reader can do: each control's action on the app's state. `App` (app.js) shows what comes of it.

import { settle } from "./link.js";
import { stateOf } from "./presets.js";
import { LAYERS } from "./settings.js";

const SHARED = ["data", "seed"]; // trainings side by side see the same data and begin with the same networks
const CONTRASTS = ["gp", "nonsaturating", "clip"]; // three methods that differ most

export class Actions {
  play() {
    this.playing = !this.playing;
    for (const { trainer } of this.active()) {
      if (this.playing) trainer.send("play", { speed: this.state.speed });
      else trainer.send("pause");
    }
    if (this.playing) this.keepTogether();
    this.toolbar.say("");
    this.toolbar.update(this.view());
  }

  // No training runs far ahead of the slowest: what stands side by side is of about the same step.
  keepTogether() {
    if (this.active().length < 2) return;
    const slowest = this.active().reduce((a, b) => (a.trainer.steps <= b.trainer.steps ? a : b)).trainer;
    // Twice what the slowest did between its last two frames: it is not to wait itself.
    const before = slowest.rows.at(-2)?.step ?? slowest.steps;
    this.limit = Math.max(this.limit, slowest.steps + Math.max(1, 2 * (slowest.steps - before)));
    for (const { trainer } of this.active()) trainer.send("limit", { steps: this.limit });
  }

  // After a pause those behind play on to the step of the foremost.
  catchUp() {
    const trainers = this.active().map(({ trainer }) => trainer);
    if (trainers.some(({ looking }) => looking)) return;
    const most = Math.max(...trainers.map(({ steps }) => steps));
    for (const trainer of trainers) if (trainer.steps < most) trainer.send("until", { at: most });
  }

  critic() {
    this.once("critic");
  }
  generator() {
    this.once("generator");
  }

  // One update of each training; it stands still afterwards.
  once(action) {
    if (this.playing) this.play();
    for (const { trainer } of this.active()) {
      trainer.send(action);
      trainer.look(true);
    }
  }

  reset() {
    this.begin();
  }

  seed() {
    const seed = (this.state.trainings[0].seed + 1) % 1000000;
    for (const settings of this.state.trainings) settings.seed = seed;
    this.begin();
  }

  set(key, value) {
    const changed = SHARED.includes(key) ? this.state.trainings : [this.state.trainings[this.chosen]];
    for (const settings of changed) settings[key] = value;
    this.begin();
  }

  speed(value) {
    this.state.speed = Number(value);
    if (this.playing) for (const { trainer } of this.active()) trainer.send("play", { speed: this.state.speed });
    this.remember();
  }

  // One more training begins as a copy of the last, with a method that is not there yet.
  count(value) {
    const { trainings } = this.state;
    for (const { trainer } of this.active().slice(value)) trainer.send("pause");
    while (trainings.length < value) {
      const method = CONTRASTS.find((name) => trainings.every((settings) => settings.method !== name));
      trainings.push({ ...trainings.at(-1), method });
    }
    trainings.length = Number(value);
    this.chosen = trainings.length - 1;
    this.begin();
  }

  choose(index) {
    this.chosen = index;
    this.refresh();
  }

  layer(name, on) {
    this.state.show = LAYERS.filter((layer) => (layer === name ? on : this.state.show.includes(layer)));
    this.remember();
    this.refresh();
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(location.href);
      this.toolbar.say("The link is copied. It holds all settings, and your drawing.");
    } catch {
      this.toolbar.say(
        "The browser does not let the page copy. The link is in the address bar: it holds all settings.",
      );
    }
  }

  // Sets up an experiment, at rest.
  load(name) {
    if (this.playing) this.play();
    for (const { trainer } of this.active()) trainer.send("pause");
    this.state = stateOf(name, this.state.trainings[0].seed);
    this.chosen = 0;
    this.begin();
  }

  // ---- the drawing

  draw(points, finished) {
    this.state.drawn.push(...points);
    if (finished) {
      this.state.drawn = settle(this.state.drawn);
      this.begin();
    } else this.sketch();
  }

  erase() {
    this.state.drawn = [];
    this.begin();
  }

  // The drawing as it grows; what was trained on the one before is forgotten.
  sketch() {
    if (this.playing) this.play();
    for (const player of this.active()) {
      player.trainer.clear();
      this.show(player);
    }
  }
}
