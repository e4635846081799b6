// What the page is made of, besides the engine: links, numbers, contours, experiments.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { write, writeShort } from "../../site/playground/numbers.js";
import { experimentOf, PRESETS, stateOf } from "../../site/playground/presets.js";
import { fromHash, settle, toHash } from "../../site/playground/link.js";
import { DEFAULTS, FIELDS, initialState, LAYERS, parse } from "../../site/playground/settings.js";
import { contour, levels } from "../../site/playground/view/contours.js";

test("a link holds the whole state and gives it back, that of every experiment, too", () => {
  assert.equal(toHash(initialState()), "trainings=1");
  assert.deepEqual(fromHash(""), { state: initialState(), complaints: [] });
  const points = Array.from({ length: 500 }, (_, i) => [3 * Math.cos(i), 2.9 * Math.sin(i)]);
  const drawn = settle(points);
  assert.equal(drawn.length, 200);
  for (const [x, y] of drawn) assert.ok(points.some(([a, b]) => Math.hypot(a - x, b - y) < 0.005));
  const own = [{ data: "drawn" }, { data: "drawn", method: "clip", clip: 0.03 }];
  const states = [
    { trainings: own, drawn, speed: 5, show: ["arrows"] },
    { trainings: own, drawn, speed: 5, show: [] },
  ];
  states.push(...Object.keys(PRESETS).map((name) => stateOf(name, 3)));
  for (const some of states) {
    const trainings = some.trainings.map((settings) => ({ ...DEFAULTS, ...settings, seed: 7 }));
    const state = { ...initialState(), ...some, trainings };
    assert.deepEqual(fromHash(`#${toHash(state)}`), { state, complaints: [] });
  }
});

test("an experiment is known by its trainings, and a lab's link is one", () => {
  for (const name of Object.keys(PRESETS)) assert.equal(experimentOf(stateOf(name, 5)), name);
  assert.equal(experimentOf({ trainings: [{ ...stateOf("collapse", 0).trainings[0], lambda: 5 }] }), null);
  const lab = readFileSync(new URL("../../notebooks/labs/distances.ipynb", import.meta.url), "utf-8");
  const { state, complaints } = fromHash(lab.match(/playground\/page\.md#([^)]+)/)[1]);
  assert.deepEqual([experimentOf(state), complaints], ["vanishing", []]);
});

test("what a link cannot ask for is said with its name, and the default stands", () => {
  const refused = "lambda=abc lambda=1e9 lambda= batch=16.5 method=magic trainings=4 colour=red points=xyz data=drawn";
  for (const hash of `${refused} speed=99 seed=-1 constructor=1`.split(" ")) {
    const { state, complaints } = fromHash(hash);
    assert.equal(complaints.length, 1, hash);
    assert.ok(complaints[0].includes(hash.split("=")[0]), complaints[0]);
    assert.deepEqual(state, initialState(), hash);
  }
});

test("of a link's own words the page shows a few, short and in quotes", () => {
  const { complaints } = fromHash(`method=${"m".repeat(500)}&${"k".repeat(500)}&a=1&b=2&c=3`);
  assert.equal(complaints.length, 3);
  assert.match(complaints[0], /^method: "m{40}…"/);
  assert.match(complaints[1], /^"k{40}…"/);
});

test("every default is allowed, and every place of a slider", () => {
  for (const [key, { values = [] }] of Object.entries(FIELDS)) {
    for (const value of [DEFAULTS[key], ...values]) assert.equal(parse(key, String(value)), value);
    assert.ok(values.every((value, i) => i === 0 || values[i - 1] < value));
  }
});

test("numbers are written to be read", () => {
  const written = ["0", "–", "–", "−1.23", "0.0010", "1.0·10⁻³", "1.2·10⁵", "−3.1·10⁻⁷", "12.3"];
  assert.deepEqual([0, null, NaN, -1.234, 0.001, 9.96e-4, 123456, -3.14e-7, 12.34].map(write), written);
  assert.deepEqual([0.001, 1e-5, 100, 0.5, 2e-4].map(writeShort), ["0.001", "1·10⁻⁵", "100", "0.5", "2·10⁻⁴"]);
});

test("contours of a slope are straight, where they belong, and the right way up", () => {
  const side = 5,
    plane = Float32Array.from({ length: 25 }, (_, i) => Math.floor(i / side) + 0.25 * (i % side)); // y + x/4
  const pieces = contour(plane, side, 1.5);
  assert.equal(pieces.length > 3, true);
  for (const [x0, y0, x1, y1] of pieces)
    for (const height of [y0 + x0 / 4, y1 + x1 / 4]) assert.ok(Math.abs(height - 1.5) < 1e-6);
  assert.deepEqual(contour(plane, side, 99), []);
});

test("levels are round, within bounds, and none for a flat surface", () => {
  const rounded = levels(0, 1, 5).map((level) => Number(level.toFixed(6)));
  assert.deepEqual(rounded, [0, 0.2, 0.4, 0.6, 0.8]);
  assert.deepEqual(levels(2, 2), []);
});

test("every experiment has a right answer among its answers", () => {
  for (const { answers, right } of Object.values(PRESETS)) assert.ok(answers.length === 3 && answers[right]);
});
