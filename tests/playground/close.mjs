// What the tests in JavaScript share: numbers to begin with, and comparing numbers.

import assert from "node:assert/strict";

import { Random } from "../../site/playground/engine/random.js";

export const normals = (count, seed, scale = 1) =>
  new Random(seed, "looking").normals(new Float64Array(count)).map((x) => scale * x);

export function close(found, expected, tolerance, what) {
  const size = Math.max(1e-3, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    assert.ok(
      Math.abs(found[i] - expected[i]) <= tolerance * size,
      `${what} ${i}: ${found[i]}, expected ${expected[i]}`,
    );
  }
}

// Central differences of a scalar function, for each number of `values` (which it changes and puts back).
export function differences(values, evaluate, step = 1e-5) {
  return values.map((kept, i) => {
    values[i] = kept + step;
    const above = evaluate();
    values[i] = kept - step;
    const below = evaluate();
    values[i] = kept;
    return (above - below) / (2 * step);
  });
}
