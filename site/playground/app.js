// The playground: up to three trainings, their settings, and what is shown of them.

import { Actions } from "./actions.js";
import { DATA_SETS } from "./engine/points.js";
import { fromHash, toHash } from "./link.js";
import { write } from "./numbers.js";
import { experimentOf, PRESETS, stateOf } from "./presets.js";
import { MOST } from "./settings.js";
import { Distances, Trainer } from "./trainer.js";
import { Controls } from "./view/controls.js";
import { isWide, make, tell } from "./view/dom.js";
import { Experiments } from "./view/experiments.js";
import { HOW_TO_DRAW, Panel } from "./view/panel.js";
import { Pen } from "./view/pen.js";
import { Tabs } from "./view/tabs.js";
import { colours, onThemeChange, reducedMotion } from "./view/theme.js";
import { Toolbar } from "./view/toolbar.js";

const FIRST = "cure"; // the experiment that stands there at first
const LETTERS = ["A", "B", "C"].slice(0, MOST);
const KEYS = { p: "play", c: "critic", g: "generator", r: "reset", n: "seed" };

export class App extends Actions {
  // place: where the playground goes. With data-settings, a link's part after "#", it belongs to another page and stays as it is set.
  constructor(place) {
    super();
    Object.assign(this, { place, playing: false, chosen: 0, preset: null, stale: new Set() });
    const acts = ["play", "critic", "generator", "reset", "seed", "speed", "count", "layer", "copy"];
    this.toolbar = new Toolbar(Object.fromEntries(acts.map((name) => [name, (...given) => this[name](...given)])));
    this.controls = new Controls((key, value) => this.set(key, value));
    this.experiments = new Experiments((name) => this.load(name));
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
      this.tabs.element,
      this.controls.element,
      this.toolbar.shown,
      this.clearing,
    );
    place.replaceChildren(
      this.experiments.element,
      this.toolbar.element,
      make(
        "div",
        { class: "pg-stage" },
        this.settingsBox,
        make("div", { class: "pg-panels" }, ...this.players.map(({ panel }) => panel.element)),
      ),
    );
    this.listen();
    this.read();
  }

  // Begins with what the link asks for; without one, with the first experiment.
  read() {
    const link = this.place.dataset.settings ?? (location.hash.includes("=") ? location.hash : "");
    const { state, complaints } = link ? fromHash(link) : { state: stateOf(FIRST, 0), complaints: [] };
    this.state = state;
    this.begin();
    if (complaints.length)
      this.toolbar.say(`The link is not all right. ${complaints.join("; ")}. The default is used there.`);
  }

  listen() {
    onThemeChange(() => {
      this.colours = null;
      this.refresh();
    });
    new ResizeObserver(() => {
      if (isWide())
        for (const folded of this.place.querySelectorAll(".pg-settings, .pg-more, .pg-rest")) folded.open = true;
      this.refresh();
    }).observe(this.place);
    addEventListener("hashchange", () => {
      const { hash } = location; // one without "=" leads to a heading
      if (!this.place.dataset.settings && hash.includes("=") && hash.slice(1) !== toHash(this.state)) this.read();
    });
    // Keys act only while the playground has the focus, and never while something is typed or chosen.
    this.place.addEventListener("keydown", (event) => {
      const action = KEYS[event.key.toLowerCase()];
      if (
        !action ||
        event.ctrlKey ||
        event.metaKey ||
        event.altKey ||
        event.target.closest("select, input:not([type=range], [type=checkbox], [type=radio])")
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

  // New pictures come eight times a second at most, or once where the reader wants less motion.
  pace() {
    clearInterval(this.timer);
    this.timer = setInterval(() => this.tick(), reducedMotion.matches ? 1000 : 120); // milliseconds
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
    this.reached = false;
    this.limit = 0;
    this.playing = false;
    this.preset = experimentOf(this.state);
    this.experiments.show(this.preset);
    this.toolbar.say(!this.ready() ? HOW_TO_DRAW : this.preset ? "Choose an answer, then press Play." : "Press Play.");
    if (on && this.ready()) this.play();
    this.remember();
    this.refresh();
  }

  remember() {
    if (!this.place.dataset.settings) history.replaceState(null, "", `#${toHash(this.state)}`);
  }

  tick() {
    if (this.playing) for (const player of this.active()) if (!this.stale.has(player)) player.trainer.look();
  }

  // A training has something new.
  changed(player) {
    if (player.trainer.error && this.playing) this.play();
    if (this.playing) this.keepTogether();
    else this.catchUp();
    this.judge();
    this.show(player);
  }

  // Whether what the experiment promises has come about.
  judge() {
    const rows = this.active().map(({ trainer }) => trainer?.rows ?? []);
    if (!this.preset || this.reached || !rows.every((some) => some.length && some.at(-1).step > 0)) return;
    const { goal, seen } = PRESETS[this.preset];
    if (!goal(rows)) return;
    this.reached = true;
    if (this.playing) this.play();
    this.toolbar.say(this.experiments.tell() + seen(rows), "reached");
  }

  view() {
    return { playing: this.playing, state: this.state, ready: this.ready(), progress: this.progress() };
  }

  // Where the trainings stand and, of an experiment, how far it is and how long it will take on this machine.
  progress() {
    const players = this.active().filter(({ trainer }) => trainer?.rows.length);
    if (!players.length) return "";
    const step = Math.min(...players.map(({ trainer }) => trainer.steps));
    const rate = Math.min(...players.map(({ trainer }) => trainer.rate ?? 0));
    const most = this.reached || !this.preset ? 0 : PRESETS[this.preset].steps;
    const left =
      this.playing && rate && most > step ? `, ${Math.ceil((most - step) / rate)} s more on this machine` : "";
    const several = players.length > 1;
    const found = players
      .map(({ letter, trainer }) => `${several ? `${letter}: ` : ""}${standing(trainer)}`)
      .join("; ");
    if (!step && !this.playing) return most ? `It takes about ${most} steps.` : "";
    return `Step ${step}${most ? ` of about ${most}${left}` : ""}${several ? "." : ":"} ${found}.`;
  }

  // Draws a training anew, as soon as there is time. One panel at a time, so that no click waits for long; after each the page rests
  // as long as drawing took, layout and paint included.
  show(player) {
    this.stale.add(player);
    if (this.busy) return;
    this.busy = true;
    requestAnimationFrame(() => {
      const began = performance.now();
      const [next] = this.stale;
      this.stale.delete(next);
      this.colours ??= colours(this.place);
      const { state, playing } = this;
      const several = state.trainings.length > 1;
      if (!next.panel.element.hidden)
        next.panel.update(next.trainer, { state, playing, several, colours: this.colours });
      tell(this.toolbar.progress, this.progress());
      const { port1, port2 } = new MessageChannel(); // its message comes after the paint
      port1.onmessage = () => setTimeout(() => this.rested(), performance.now() - began);
      port2.postMessage(null);
    });
  }

  rested() {
    this.busy = false;
    const [next] = this.stale;
    if (next) this.show(next);
  }

  refresh() {
    const several = this.state.trainings.length;
    this.place.dataset.trainings = several;
    this.toolbar.update(this.view());
    this.tabs.update(several, this.chosen, this.state.trainings);
    this.controls.show(this.state.trainings[this.chosen]);
    this.clearing.hidden = !this.drawing();
    for (const player of this.active()) {
      player.panel.plane.tabIndex = this.drawing() ? 0 : -1;
      if (player.trainer) this.show(player);
    }
  }
}

// What matters most of a training, in words.
function standing(trainer) {
  const { modes, push } = trainer.rows.at(-1);
  const { data, generatorSteps } = trainer.settings;
  if (modes !== null) return `${modes} of ${DATA_SETS[data].centres.length} modes`;
  return generatorSteps ? `exact distance ${write(trainer.measured()?.exact)}` : `gradient ${write(push)}`;
}
