// What the page is made of, besides the engine: links, numbers, contours, experiments.

import assert from "node:assert/strict";
import test from "node:test";

import { write, writeShort } from "../../site/playground/numbers.js";
import { PRESETS } from "../../site/playground/presets.js";
import { fromHash, packPoints, settle, toHash, unpackPoints } from "../../site/playground/link.js";
import { DEFAULTS, FIELDS, initialState, LAYERS, parse } from "../../site/playground/settings.js";
import { contour, levels } from "../../site/playground/view/contours.js";

test("a link holds the whole state and gives it back", () => {
  assert.equal(toHash(initialState()), "");
  assert.deepEqual(fromHash(""), { state: initialState(), complaints: [] });
  const state = {
    trainings: [
      { ...DEFAULTS, data: "drawn" },
      { ...DEFAULTS, data: "drawn", method: "clip", clip: 0.03 },
    ],
    drawn: settle([
      [1, 2],
      [-2.5, 0.01],
      [0, 0],
    ]),
    speed: 5,
    show: ["arrows"],
  };
  assert.deepEqual(fromHash(`#${toHash(state)}`), { state, complaints: [] });
  assert.deepEqual(fromHash(`#${toHash({ ...state, show: [] })}`).state.show, []);
});

test("a link keeps every field of every experiment", () => {
  for (const { trainings } of Object.values(PRESETS)) {
    const state = {
      ...initialState(),
      trainings: trainings.map((settings) => ({ ...DEFAULTS, ...settings, seed: 7 })),
      show: [...LAYERS],
    };
    assert.deepEqual(fromHash(toHash(state)), { state, complaints: [] });
  }
});

test("what a link cannot ask for is said, and the default stands", () => {
  for (const [hash, complaint] of [
    ["lambda=abc", /lambda: "abc" is not a number from 0.01 to 100/],
    ["lambda=1e9", /from 0.01 to 100/],
    ["batch=16.5", /whole number/],
    ["method=magic", /none of nonsaturating/],
    ["trainings=4", /1 to 3/],
    ["colour=red", /means nothing here/],
    ["points=xyz", /1 to 200 points/],
    ["data=drawn", /has none/],
    ["speed=99", /means nothing/],
    ["lambda=", /not a number/],
    ["seed=-1", /from 0 to 999999/],
    ["constructor=1", /means nothing/],
  ]) {
    const { state, complaints } = fromHash(hash);
    assert.equal(complaints.length, 1, hash);
    assert.match(complaints[0], complaint);
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
    assert.deepEqual(
      values,
      values.toSorted((a, b) => a - b),
      key,
    );
  }
});

test("drawn points go through a link nearly unchanged, and settled ones exactly", () => {
  const points = Array.from({ length: 500 }, (_, i) => [3 * Math.cos(i), 2.9 * Math.sin(i)]);
  const settled = settle(points);
  assert.equal(settled.length, 200);
  assert.deepEqual(unpackPoints(packPoints(settled)), settled);
  for (const [x, y] of settled) assert.ok(points.some(([a, b]) => Math.hypot(a - x, b - y) < 0.005));
  assert.deepEqual(settle([]), []);
});

test("numbers are written to be read", () => {
  const written = [
    [0, "0"],
    [null, "–"],
    [NaN, "–"],
    [-1.234, "−1.23"],
    [0.001, "0.0010"],
    [9.96e-4, "1.0·10⁻³"],
    [123456, "1.2·10⁵"],
    [-3.14e-7, "−3.1·10⁻⁷"],
    [12.34, "12.3"],
  ];
  for (const [number, text] of written) assert.equal(write(number), text);
  for (const [number, text] of [
    [0.001, "0.001"],
    [1e-5, "1·10⁻⁵"],
    [100, "100"],
    [0.5, "0.5"],
    [2e-4, "2·10⁻⁴"],
    [20, "20"],
  ])
    assert.equal(writeShort(number), text);
});

test("contours of a slope are straight, where they belong, and the right way up", () => {
  const side = 5,
    plane = Float32Array.from({ length: 25 }, (_, i) => Math.floor(i / side) + 0.25 * (i % side)); // y + x/4
  const pieces = contour(plane, side, 1.5);
  assert.equal(pieces.length > 3, true);
  for (const [x0, y0, x1, y1] of pieces)
    for (const [x, y] of [
      [x0, y0],
      [x1, y1],
    ])
      assert.ok(Math.abs(y + x / 4 - 1.5) < 1e-6);
  assert.deepEqual(contour(plane, side, 99), []);
});

test("levels are round, within bounds, and none for a flat surface", () => {
  assert.deepEqual(
    levels(0, 1, 5).map((level) => Number(level.toFixed(6))),
    [0, 0.2, 0.4, 0.6, 0.8],
  );
  assert.deepEqual(levels(2, 2), []);
});

test("every experiment has a right answer among its answers, and settings that exist", () => {
  for (const { answers, right, trainings, goal, seen } of Object.values(PRESETS)) {
    assert.ok(answers.length === 3 && answers[right]);
    for (const settings of trainings)
      for (const [key, value] of Object.entries(settings)) assert.equal(parse(key, String(value)), value);
    assert.equal(typeof goal, "function");
    assert.equal(typeof seen, "function");
  }
});
