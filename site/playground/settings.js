// What can be set, and within which bounds.

import { METHODS } from "./engine/losses.js";
import { DATA_SETS } from "./engine/points.js";

const names = (table) => Object.fromEntries(Object.entries(table).map(([key, { name }]) => [key, name]));
// 1, 2 and 5 times each power of ten.
const decades = (from, to) => {
  const values = [];
  for (let power = from; power <= to; power++) values.push(...[1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  return values.slice(0, -2);
};

// A field has `choices` (a name for each key), or `values` (the places of its slider; others between the first and the last are
// accepted too). `only`: the methods that it matters for. Rates, widths and the like are shown in the group they stand in.
export const FIELDS = {
  data: { label: "data", choices: names(DATA_SETS), initial: "ring", group: "game" },
  method: { label: "method", choices: names(METHODS), initial: "gp", group: "game" },
  lambda: {
    label: "λ, weight of the penalty",
    values: decades(-2, 2),
    initial: 1,
    group: "game",
    only: (m) => m.penalty,
  },
  clip: {
    label: "c, bound of the critic's weights",
    values: decades(-3, 0),
    initial: 0.01,
    group: "game",
    only: (m) => m.clips,
  },
  criticSteps: { label: "critic updates a step", values: [1, 2, 3, 5, 10, 20], whole: true, initial: 5, group: "game" },
  generatorSteps: {
    label: "generator updates a step",
    values: [0, 1, 2, 5, 10, 20],
    whole: true,
    initial: 1,
    group: "game",
  },
  seed: { label: "seed", min: 0, max: 999999, whole: true, initial: 0, group: "game" },
  optimizer: {
    label: "optimizer",
    choices: { adam: "Adam", rmsprop: "RMSProp", sgd: "SGD" },
    initial: "adam",
    group: "learning",
  },
  beta1: { label: "Adam's β₁", values: [0, 0.5, 0.9], initial: 0.5, group: "learning" },
  beta2: { label: "Adam's β₂", values: [0.9, 0.99, 0.999], initial: 0.9, group: "learning" },
  criticRate: { label: "critic's learning rate", values: decades(-5, 0), initial: 0.002, group: "learning" },
  generatorRate: { label: "generator's learning rate", values: decades(-5, 0), initial: 0.002, group: "learning" },
  batch: { label: "points in a batch", values: [16, 32, 64, 128, 256], whole: true, initial: 64, group: "learning" },
  criticWidth: {
    label: "critic: units of a layer",
    values: [4, 8, 16, 32, 64, 128],
    whole: true,
    initial: 32,
    group: "networks",
  },
  criticLayers: {
    label: "critic: hidden layers",
    values: [0, 1, 2, 3, 4, 6],
    whole: true,
    initial: 2,
    group: "networks",
  },
  generatorWidth: {
    label: "generator: units of a layer",
    values: [4, 8, 16, 32, 64, 128],
    whole: true,
    initial: 32,
    group: "networks",
  },
  generatorLayers: {
    label: "generator: hidden layers",
    values: [0, 1, 2, 3, 4, 6],
    whole: true,
    initial: 2,
    group: "networks",
  },
  latentDim: { label: "latent numbers", values: [1, 2, 4, 8, 16, 32], whole: true, initial: 2, group: "networks" },
  activation: { label: "activation", choices: { relu: "ReLU", tanh: "tanh" }, initial: "relu", group: "networks" },
};
export const DEFAULTS = Object.freeze(
  Object.fromEntries(Object.entries(FIELDS).map(([key, field]) => [key, field.initial])),
);
export const LAYERS = ["surface", "arrows", "mesh", "trail"]; // what the plane can show besides the points
export const SHOWN = ["surface", "arrows", "mesh"];
export const SPEEDS = {
  1: "1 step a second",
  5: "5 steps a second",
  20: "20 steps a second",
  60: "60 steps a second",
  0: "full speed",
};
export const MOST = 3; // trainings side by side

// Words of a link as the page shows them: in quotes and short, so that no link can put a message of its own there.
export const quoted = (text) => `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;

// A value as it stands in a link: a number or a word. Throws with a sentence for the reader.
export function parse(key, text) {
  const { choices, values, min = values?.[0], max = values?.at(-1), whole } = FIELDS[key];
  if (choices) {
    if (Object.hasOwn(choices, text)) return text;
    throw new Error(`${key}: ${quoted(text)} is none of ${Object.keys(choices).join(", ")}`);
  }
  const number = Number(text);
  if (text !== "" && number >= min && number <= max && (!whole || Number.isInteger(number))) return number;
  throw new Error(`${key}: ${quoted(text)} is not a ${whole ? "whole " : ""}number from ${min} to ${max}`);
}

// The start of everything: { trainings: [settings, …], drawn: [[x, y], …], speed, show }.
export const initialState = () => ({ trainings: [{ ...DEFAULTS }], drawn: [], speed: 0, show: [...SHOWN] });
