// The playground: up to three trainings, their settings, and what is shown of them.

import { Actions } from "./actions.js";
import { PRESETS } from "./presets.js";
import { fromHash, toHash } from "./link.js";
import { MOST } from "./settings.js";
import { Distances, Trainer } from "./trainer.js";
import { Controls } from "./view/controls.js";
import { isWide, make } from "./view/dom.js";
import { Experiments } from "./view/experiments.js";
import { Panel } from "./view/panel.js";
import { Pen } from "./view/pen.js";
import { Tabs } from "./view/tabs.js";
import { colours, onThemeChange, reducedMotion } from "./view/theme.js";
import { Toolbar } from "./view/toolbar.js";

const LETTERS = ["A", "B", "C"].slice(0, MOST);
const KEYS = { p: "play", c: "critic", g: "generator", r: "reset", n: "seed" };

export class App extends Actions {
  // place: where the playground goes; experiments: where the guided experiments go.
  constructor(place, experiments) {
    super();
    Object.assign(this, { place, playing: false, chosen: 0, preset: null, began: null });
    const { state, complaints } = fromHash(location.hash);
    this.state = state;
    const acts = ["play", "critic", "generator", "reset", "seed", "speed", "count", "layer", "copy"];
    this.toolbar = new Toolbar({
      ...Object.fromEntries(acts.map((name) => [name, (...given) => this[name](...given)])),
      preset: (name) => name && this.load(name, true),
    });
    this.controls = new Controls((key, value) => this.set(key, value));
    this.experiments = new Experiments((name) => this.load(name, true));
    this.tabs = new Tabs(LETTERS, (i) => this.choose(i));
    this.distances = new Distances();
    this.players = LETTERS.map((letter) => {
      const panel = new Panel(letter);
      panel.pen = new Pen(
        panel.plane,
        () => this.drawing(),
        (points, finished) => this.draw(points, finished),
      );
      return { letter, panel, trainer: null };
    });
    this.clearing = make("button", { type: "button", text: "Clear the drawing", onclick: () => this.erase() });
    this.settingsBox = make(
      "details",
      { class: "pg-settings", open: isWide() },
      make("summary", { text: "Settings" }),
      this.controls.element,
      this.clearing,
    );
    place.replaceChildren(
      this.toolbar.element,
      this.tabs.element,
      make(
        "div",
        { class: "pg-stage" },
        this.settingsBox,
        make("div", { class: "pg-panels" }, ...this.players.map(({ panel }) => panel.element)),
      ),
    );
    experiments.replaceChildren(this.experiments.element);
    this.listen();
    this.begin();
    this.toolbar.say("Press Play, or choose an experiment.");
    this.complain(complaints);
  }

  complain(complaints) {
    if (complaints.length)
      this.toolbar.say(`The link is not all right. ${complaints.join("; ")}. The default is used there.`);
  }

  listen() {
    onThemeChange(() => this.refresh());
    new ResizeObserver(() => {
      if (isWide()) for (const folded of this.place.querySelectorAll(".pg-settings, .pg-more")) folded.open = true;
      this.refresh();
    }).observe(this.place);
    addEventListener("hashchange", () => {
      if (location.hash.slice(1) === toHash(this.state)) return;
      const { state, complaints } = fromHash(location.hash);
      Object.assign(this, { state, preset: null });
      this.begin();
      this.complain(complaints);
    });
    // Keys act only while the playground has the focus, and never while something is typed or chosen.
    this.place.addEventListener("keydown", (event) => {
      const action = KEYS[event.key.toLowerCase()];
      if (
        !action ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.target.closest("select, input:not([type=range], [type=checkbox])")
      )
        return;
      event.preventDefault();
      if (this.ready() || action === "reset" || action === "seed") this[action]();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && this.playing) this.play();
    }); // nobody looks
    this.pace();
    reducedMotion.addEventListener("change", () => this.pace());
  }

  // New pictures come eight times a second, or once where the reader wants less motion.
  pace() {
    clearInterval(this.timer);
    this.interval = reducedMotion.matches ? 1000 : 120; // milliseconds
    this.timer = setInterval(() => this.tick(), this.interval);
  }

  active() {
    return this.players.slice(0, this.state.trainings.length);
  }
  drawing() {
    return this.state.trainings[0].data === "drawn";
  }
  ready() {
    return this.active().every(({ trainer }) => trainer?.ready);
  }

  // Starts all trainings anew, from the state.
  begin() {
    const on = this.playing;
    this.chosen = Math.min(this.chosen, this.state.trainings.length - 1);
    this.players.forEach((player, i) => {
      const settings = this.state.trainings[i];
      player.panel.element.hidden = !settings;
      if (!settings) return;
      player.trainer ??= new Trainer(this.distances, () => this.changed(player));
      player.trainer.reset(settings, this.state.drawn);
    });
    this.began = performance.now();
    this.reached = false;
    this.limit = 0;
    this.playing = false;
    if (on && this.ready()) this.play();
    this.remember();
    this.refresh();
  }

  remember() {
    history.replaceState(null, "", `#${toHash(this.state)}`);
  }

  tick() {
    if (this.playing) for (const { trainer } of this.active()) trainer.look();
  }

  // A training has something new.
  changed({ panel, trainer }) {
    if (trainer.error && this.playing) this.play();
    this.show(panel, trainer);
    this.toolbar.update(this.view());
    if (this.playing) this.keepTogether();
    this.judge();
  }

  // Whether what the experiment promises has come about.
  judge() {
    const rows = this.active().map(({ trainer }) => trainer?.rows ?? []);
    if (!this.preset || this.reached || !rows.every((some) => some.length && some.at(-1).step > 0)) return;
    const { goal, seen, title } = PRESETS[this.preset];
    if (!goal(rows)) return;
    this.reached = true;
    if (this.playing) this.play();
    const seconds = Math.round((performance.now() - this.began) / 100) / 10;
    this.toolbar.say(`${title}: seen after ${rows[0].at(-1).step} steps, ${seconds} seconds. ${seen(rows)}`, "reached");
    this.toolbar.status.dataset.seconds = seconds;
    this.experiments.tell(this.preset, seen(rows));
  }

  view() {
    return { playing: this.playing, state: this.state, preset: this.preset, ready: this.ready() };
  }

  show(panel, trainer) {
    panel.update(trainer, {
      state: this.state,
      colours: colours(this.place),
      several: this.state.trainings.length > 1,
    });
  }

  refresh() {
    const several = this.state.trainings.length;
    this.place.dataset.trainings = several;
    this.toolbar.update(this.view());
    this.tabs.update(several, this.chosen, this.state.trainings);
    this.controls.show(this.state.trainings[this.chosen]);
    this.clearing.hidden = !this.drawing();
    this.active().forEach(({ panel, trainer }, i) => {
      panel.element.classList.toggle("pg-chosen", i === this.chosen);
      panel.plane.tabIndex = this.drawing() ? 0 : -1;
      if (trainer) this.show(panel, trainer);
    });
  }
}
