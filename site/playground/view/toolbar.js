// The buttons that run the trainings, what is shown, and the words below.

import { LAYERS, MOST, SPEEDS } from "../settings.js";
import { isWide, make, tell } from "./dom.js";

const LAYER_NAMES = {
  surface: "critic's surface",
  arrows: "gradient arrows",
  mesh: "latent grid",
  trail: "path of the mean",
};

export class Toolbar {
  // act: { play, critic, generator, reset, seed, speed, count, layer, copy }: what each control calls.
  constructor(act) {
    const button = (name, text, key, title) =>
      make("button", {
        type: "button",
        "data-act": name,
        onclick: act[name],
        title: `${title}${key ? ` (key ${key})` : ""}`,
        "aria-keyshortcuts": key,
        text,
      });
    const select = (label, choices, onchange, name) => {
      const list = make(
        "select",
        { name, onchange: () => onchange(list.value) },
        ...Object.entries(choices).map(([value, text]) => make("option", { value, text })),
      );
      return [list, make("label", { class: "pg-choice" }, `${label} `, list)];
    };
    this.play = button("play", "Play", "p", "Train");
    const counts = Object.fromEntries(
      Array.from({ length: MOST }, (_, i) => [i + 1, i ? `${i + 1} side by side` : "one training"]),
    );
    const [speed, speedLabel] = select("Speed", SPEEDS, act.speed, "speed");
    const [count, countLabel] = select("Compare", counts, act.count, "count");
    Object.assign(this, { speed, count });
    this.layers = Object.fromEntries(
      LAYERS.map((layer) => [
        layer,
        make("input", { type: "checkbox", onchange: (event) => act.layer(layer, event.target.checked) }),
      ]),
    );
    this.shown = make(
      "fieldset",
      { class: "pg-tabs" },
      make("legend", { text: "Show" }),
      ...LAYERS.map((layer) => make("label", {}, this.layers[layer], ` ${LAYER_NAMES[layer]}`)),
    );
    this.status = make("p", { role: "status" });
    this.progress = make("p", { class: "pg-progress" });
    this.element = make(
      "div",
      { class: "pg-toolbar" },
      this.play,
      make(
        "details",
        { class: "pg-more", open: isWide() },
        make("summary", { text: "More" }),
        make(
          "div",
          { class: "pg-buttons", role: "group", "aria-label": "Training" },
          button("critic", "1 critic update", "c", "One update of each critic"),
          button("generator", "1 generator update", "g", "One update of each generator"),
          button("reset", "Reset", "r", "Begin again with the same seed: the same run"),
          button("seed", "New seed", "n", "Begin again with another seed"),
          button("copy", "Copy link", null, "A link that holds all settings"),
          speedLabel,
          countLabel,
        ),
      ),
      make("div", { class: "pg-status" }, this.status, this.progress),
    );
  }

  update({ playing, state, ready, progress }) {
    tell(this.play, playing ? "Pause" : "Play");
    tell(this.progress, progress);
    this.play.setAttribute("aria-pressed", playing);
    for (const button of this.element.querySelectorAll("[data-act=play], [data-act=critic], [data-act=generator]"))
      button.disabled = !ready;
    this.speed.value = state.speed;
    this.count.value = state.trainings.length;
    for (const [layer, box] of Object.entries(this.layers)) box.checked = state.show.includes(layer);
  }

  say(text, goal = null) {
    tell(this.status, text);
    if (goal) this.status.dataset.goal = goal;
    else delete this.status.dataset.goal;
  }
}
