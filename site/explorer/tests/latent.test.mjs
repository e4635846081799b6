// Latent vectors are what the page says of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mix, normals, Plane, relativeLength } from "../latent.js";

const near = (found, expected, tolerance = 1e-5) =>
  assert.ok(Math.abs(found - expected) < tolerance, `${found} is not ${expected}`);
const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

test("a seed's numbers are standard normal, and always the same", () => {
  const values = normals(3, 100_000), mean = values.reduce((a, b) => a + b) / values.length;
  const moment = (power) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
  near(mean, 0, 0.015); // about five standard errors each
  near(moment(2), 1, 0.025);
  near(moment(3), 0, 0.05);
  near(moment(4), 3, 0.2);
  near(dot(values.slice(1), values) / values.length, 0, 0.016); // a number says nothing about the next
  assert.deepEqual(normals(3, 5), normals(3, 5));
  assert.deepEqual(normals(3, 5), values.slice(0, 5));
  assert.notDeepEqual(normals(4, 5), normals(3, 5));
  near(dot(normals(4, 100_000), values) / 100_000, 0, 0.016); // neither does a seed about the next
});

test("a plane has two directions of a typical length at right angles", () => {
  const plane = new Plane(7, 100);
  near(relativeLength(plane.at(1, 0)), 1);
  near(relativeLength(plane.at(0, 1)), 1);
  near(relativeLength(plane.at(0.6, 0.8)), 1);
  near(relativeLength(plane.at(0, 0)), 0);
  near(dot(plane.at(1, 0), plane.at(0, 1)) / 100, 0);
  assert.notDeepEqual(new Plane(8, 100).at(1, 0), plane.at(1, 0));
});

test("on the arc the length stays, straight it falls to cos 45° in the middle", () => {
  const plane = new Plane(1, 64), [a, b] = [plane.at(1, 0), plane.at(0, 1)];
  for (const round of [true, false]) {
    mix(a, b, 0, round).forEach((value, i) => near(value, a[i]));
    mix(a, b, 1, round).forEach((value, i) => near(value, b[i]));
  }
  mix(a, b, 0.5, false).forEach((value, i) => near(value, (a[i] + b[i]) / 2));
  near(relativeLength(mix(a, b, 0.5, false)), Math.SQRT1_2);
  for (const t of [0.1, 0.5, 0.8]) near(relativeLength(mix(a, b, t, true)), 1);
  const third = mix(a, b, 1 / 3, true), angle = Math.acos(dot(third, a) / 64);
  near(angle, Math.PI / 6); // equal shares are equal angles
});

test("what has no arc between is mixed straight", () => {
  const a = normals(1, 10), zero = new Float32Array(10), opposite = a.map((value) => -value);
  mix(a, a, 0.3, true).forEach((value, i) => near(value, a[i]));
  mix(a, zero, 0.5, true).forEach((value, i) => assert.ok(Number.isFinite(value) && Math.abs(value) <= Math.abs(a[i])));
  mix(a, opposite, 0.5, true).forEach((value) => near(value, 0));
});
