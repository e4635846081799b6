// The buttons that run the trainings, and what is shown.

import { PRESETS } from "../presets.js";
import { LAYERS, MOST, SPEEDS } from "../settings.js";
import { isWide, make } from "./dom.js";

const LAYER_NAMES = {
  surface: "critic's surface",
  arrows: "gradient arrows",
  mesh: "latent grid",
  trail: "path of the middle",
};

export class Toolbar {
  // act: { play, critic, generator, reset, seed, speed, count, layer, copy, preset }: what each control calls.
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
    const presets = {
      "": "choose …",
      ...Object.fromEntries(Object.entries(PRESETS).map(([name, { title }]) => [name, title])),
    };
    const [speed, speedLabel] = select("Speed", SPEEDS, act.speed, "speed");
    const [count, countLabel] = select("Compare", counts, act.count, "count");
    const [preset, presetLabel] = select("Experiment", presets, act.preset, "preset");
    Object.assign(this, { speed, count, preset });
    this.layers = Object.fromEntries(
      LAYERS.map((layer) => [
        layer,
        make("input", { type: "checkbox", onchange: (event) => act.layer(layer, event.target.checked) }),
      ]),
    );
    this.status = make("p", { class: "pg-status", role: "status" });
    this.element = make(
      "div",
      { class: "pg-toolbar" },
      make(
        "div",
        { class: "pg-buttons", role: "group", "aria-label": "Training" },
        this.play,
        button("critic", "1 critic update", "c", "One update of each critic"),
        button("generator", "1 generator update", "g", "One update of each generator"),
        button("reset", "Reset", "r", "Begin again with the same seed: the same run"),
        button("seed", "New seed", "n", "Begin again with another seed"),
        button("copy", "Copy link", null, "A link that holds all settings"),
        presetLabel,
      ),
      make(
        "details",
        { class: "pg-more", open: isWide() },
        make("summary", { text: "Speed, comparison, what is shown" }),
        make("div", { class: "pg-buttons" }, speedLabel, countLabel),
        make(
          "div",
          { class: "pg-buttons", role: "group", "aria-label": "Show" },
          make("span", { text: "Show" }),
          ...LAYERS.map((layer) => make("label", { class: "pg-choice" }, this.layers[layer], ` ${LAYER_NAMES[layer]}`)),
        ),
      ),
      this.status,
    );
  }

  update({ playing, state, preset, ready }) {
    this.play.textContent = playing ? "Pause" : "Play";
    this.play.setAttribute("aria-pressed", playing);
    for (const button of this.element.querySelectorAll("[data-act=play], [data-act=critic], [data-act=generator]"))
      button.disabled = !ready;
    this.speed.value = state.speed;
    this.count.value = state.trainings.length;
    this.preset.value = preset ?? "";
    for (const [layer, box] of Object.entries(this.layers)) box.checked = state.show.includes(layer);
  }

  say(text, goal = null) {
    if (this.status.textContent !== text) this.status.textContent = text;
    if (goal) this.status.dataset.goal = goal;
    else delete this.status.dataset.goal;
  }
}
