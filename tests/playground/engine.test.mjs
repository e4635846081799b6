// Trainings, optimizers, random numbers, exact distances, data sets: the engine but for its derivatives.

import assert from "node:assert/strict";
import test from "node:test";

import { generatorLoss, METHODS } from "../../site/playground/engine/losses.js";
import { corrected, Look } from "../../site/playground/engine/look.js";
import { Pass } from "../../site/playground/engine/network.js";
import { DATA_SETS, modesHit, sampler } from "../../site/playground/engine/points.js";
import { Random } from "../../site/playground/engine/random.js";
import { slopes } from "../../site/playground/engine/second.js";
import { Training } from "../../site/playground/engine/training.js";
import { assign, earthMoversDistance } from "../../site/playground/engine/transport.js";
import { DEFAULTS } from "../../site/playground/settings.js";
import { close, differences, normals } from "./close.mjs";

test("the arrows point up the critic's slope, and are minus the gradient of the generator's loss", () => {
  for (const method of Object.keys(METHODS)) {
    const training = new Training({ ...DEFAULTS, method, activation: "tanh" });
    for (let i = 0; i < 3; i++) training.step();
    const look = new Look(training),
      { fake, arrows } = look.take();
    const pass = new Pass(training.critic, 8),
      points = fake.slice(0, 16);
    const loss = () => generatorLoss(pass.forward(points), method).loss * 8;
    const expected = differences(points, loss).map((g) => -g);
    close(arrows.slice(0, 16), expected, 1e-4, method);
    slopes(pass, points).slopes.forEach((s, i) => assert.ok(s * arrows[i] >= 0, "an arrow points down the slope"));
  }
});

test("clipping keeps every weight in bounds, from before the first update on", () => {
  const training = new Training({ ...DEFAULTS, method: "clip", clip: 0.02 });
  for (let i = 0; i < 3; i++) {
    assert.ok(training.critic.values.every((w) => Math.abs(w) <= 0.02));
    training.step();
  }
});

test("same seed, same run and data, bit for bit, looked at or not; another seed, another run", () => {
  const run = (seed, looked) => {
    const training = new Training({ ...DEFAULTS, seed }),
      look = new Look(training);
    for (let i = 0; i < 12; i++) {
      training.step();
      if (looked) look.take();
    }
    return Array.from(training.generator.values);
  };
  assert.deepEqual(run(1, true), run(1, false));
  assert.notDeepEqual(run(1, false), run(2, false));
  const [a, b] = ["gp", "nonsaturating"].map((method) => new Training({ ...DEFAULTS, method }));
  assert.deepEqual([a.generator.values, a.critic.values], [b.generator.values, b.critic.values]);
  assert.deepEqual(a.drawReal(9), b.drawReal(9));
});

test("random numbers: uniform in [0, 1), normal with mean 0 and variance 1, streams apart", () => {
  const random = new Random(0, "data"),
    values = random.normals(new Float64Array(20000));
  const mean = values.reduce((a, b) => a + b) / 20000,
    square = values.reduce((a, b) => a + b * b, 0) / 20000;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(square - 1) < 0.05, `${mean} ${square}`);
  const uniform = Array.from({ length: 9999 }, () => random.uniform());
  assert.ok(Math.min(...uniform) >= 0 && Math.max(...uniform) < 1);
  assert.notEqual(new Random(0, "data").uniform(), new Random(0, "latent").uniform());
  assert.throws(() => new Random(0, "nonsense"), /No stream/);
});

test("the best assignment is the best of all, and the distance that of a known shift", () => {
  const cost = normals(36, 11).map(Math.abs);
  const permutations = (items) =>
    items.length < 2
      ? [items]
      : items.flatMap((x, i) => permutations(items.toSpliced(i, 1)).map((rest) => [x, ...rest]));
  const total = (columns) => columns.reduce((sum, j, i) => sum + cost[i * 6 + j], 0);
  const best = Math.min(...permutations([0, 1, 2, 3, 4, 5]).map(total));
  const found = Array.from(assign(cost, 6));
  assert.deepEqual([...found].sort(), [0, 1, 2, 3, 4, 5]);
  close([total(found)], [best], 1e-12, "cost");
  const cloud = normals(200, 12),
    moved = cloud.map((x, i) => x + (i % 2 ? 4 : 3));
  close([earthMoversDistance(cloud, moved), earthMoversDistance(cloud, cloud)], [5, 0], 1e-12, "shift by (3, 4)");
  assert.throws(() => earthMoversDistance(cloud, cloud.slice(2)), /equally many/);
});

test("two batches of data are no lower bound: evenly spread points are nearer, as page.md says", () => {
  const even = Float64Array.from({ length: 512 }, (_, i) => {
    const point = i >> 1;
    const radius = 0.5 * Math.sqrt(-2 * Math.log(1 - (point + 0.5) / 256)); // a Gaussian's quantiles, in golden angles
    const angle = point * Math.PI * (3 - Math.sqrt(5));
    return i % 2 ? radius * Math.sin(angle) : 2 + radius * Math.cos(angle);
  });
  for (let seed = 0; seed < 5; seed++) {
    const draw = sampler("far", null, new Random(seed, "data"));
    const real = draw(256);
    assert.ok(earthMoversDistance(real, even) < earthMoversDistance(real, draw(256)));
  }
});

test("the corrected estimate undoes W(1 + W/2λ)", () => {
  for (const lambda of [0.1, 1, 10])
    for (const w of [0, 0.3, 4]) close([corrected(w * (1 + w / (2 * lambda)), lambda)], [w], 1e-9, `λ ${lambda}`);
  assert.equal(corrected(-1, 0.1), null);
});

test("data sets stay in the picture, and their own points hit all modes", () => {
  const drawn = [Float64Array.of(1, 1), Float64Array.of(-1, 0)];
  for (const [name, { reach, centres }] of Object.entries(DATA_SETS)) {
    const points = sampler(name, drawn, new Random(0, "data"))(1000);
    assert.ok(points.every((x) => Math.abs(x) < reach));
    assert.equal(modesHit(name, points), centres ? centres.length : null);
  }
  assert.throws(() => sampler("drawn", [], new Random(0, "data")), /draw some/);
});
