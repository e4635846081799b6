// The playground's engine by itself: derivatives against finite differences, and that a seed decides a run.
// `node --test tests/playground`; pytest runs it too (test_engine.py).

import assert from "node:assert/strict";
import test from "node:test";

import { addPenalty, criticLoss, generatorLoss, interpolate, METHODS } from "../../site/playground/engine/losses.js";
import { corrected, Look } from "../../site/playground/engine/look.js";
import { multiply, transpose } from "../../site/playground/engine/matrix.js";
import { Network, Pass } from "../../site/playground/engine/network.js";
import { Optimizer } from "../../site/playground/engine/optimizers.js";
import { DATA_SETS, modesHit, sampler } from "../../site/playground/engine/points.js";
import { Random } from "../../site/playground/engine/random.js";
import { slopes } from "../../site/playground/engine/second.js";
import { Training } from "../../site/playground/engine/training.js";
import { assign, earthMoversDistance } from "../../site/playground/engine/transport.js";
import { DEFAULTS } from "../../site/playground/settings.js";

const normals = (count, seed, scale = 1) => new Random(seed, "looking").normals(new Float64Array(count)).map((x) => scale * x);

function close(found, expected, tolerance, what) {
  const size = Math.max(1e-3, ...Array.from(expected, Math.abs));
  for (let i = 0; i < expected.length; i++) {
    assert.ok(Math.abs(found[i] - expected[i]) <= tolerance * size, `${what} ${i}: ${found[i]}, expected ${expected[i]}`);
  }
}

// Central differences of a scalar function, for each number of `values` (which it changes and puts back).
function differences(values, evaluate, step = 1e-5) {
  return values.map((kept, i) => {
    values[i] = kept + step;
    const above = evaluate();
    values[i] = kept - step;
    const below = evaluate();
    values[i] = kept;
    return (above - below) / (2 * step);
  });
}

// A network of odd sizes, with offsets that are not 0.
function someNetwork(sizes, activation) {
  const network = new Network(sizes, activation, new Random(3, "critic weights"));
  network.layers.forEach(({ bias }, l) => bias.set(normals(bias.length, 50 + l, 0.3)));
  return network;
}

test("products and transposes of all odd sizes are those of three plain loops", () => {
  for (const [n, m, k] of [[1, 1, 1], [2, 4, 3], [3, 5, 2], [4, 9, 7], [5, 3, 1]]) {
    const A = normals(n * k, 1), B = normals(m * k, 2);
    const expected = new Float64Array(n * m);
    for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) for (let p = 0; p < k; p++) expected[i * m + j] += A[i * k + p] * B[j * k + p];
    close(multiply(A, n, B, m, k, new Float64Array(n * m)), expected, 1e-13, `product ${n}×${m}×${k}`);
    const turned = transpose(A, n, k, new Float64Array(n * k));
    for (let i = 0; i < n; i++) for (let p = 0; p < k; p++) assert.equal(turned[p * n + i], A[i * k + p]);
  }
});

for (const activation of ["relu", "tanh"]) {
  test(`gradients for weights and inputs are those of finite differences (${activation})`, () => {
    const network = someNetwork([3, 7, 5, 2], activation);
    const pass = new Pass(network, 5), input = normals(15, 9), weight = normals(10, 8);
    const value = () => pass.forward(input).reduce((sum, y, i) => sum + y * weight[i], 0);
    const gradient = new Float64Array(network.values.length);
    value();
    const forInput = pass.backward(weight, gradient).slice();
    close(gradient, differences(network.values, value), 1e-6, "weight");
    close(forInput, differences(input, value), 1e-6, "input");
  });

  for (const kind of ["two-sided", "one-sided", "r1"]) {
    for (const layers of [0, 1, 3]) {
      test(`the ${kind} penalty's gradient is that of finite differences (${layers} hidden layers, ${activation})`, () => {
        const network = someNetwork([2, ...Array(layers).fill(6), 1], activation);
        for (let i = 0; i < network.values.length; i++) network.values[i] *= 2.5; // slopes on both sides of 1
        const pass = new Pass(network, 9), points = normals(18, 4);
        const penalty = () => addPenalty(pass, points, kind, 0, new Float64Array(network.values.length));
        const gradient = new Float64Array(network.values.length);
        assert.equal(addPenalty(pass, points, kind, 3, gradient), penalty());
        close(gradient, differences(network.values, penalty).map((g) => 3 * g), 1e-5, "weight");
        const { norms } = slopes(pass, points);
        assert.ok(norms.some((s) => s > 1), "no slope above 1: the test would not see a one-sided penalty");
      });
    }
  }
}

test("a linear critic's penalty is the closed form: (‖w‖ − 1)², 0 and 4 for norms 1 and 3; R1: ‖w‖²/2", () => {
  for (const [norm, two, one, r1] of [[1, 0, 0, 0.5], [3, 4, 4, 4.5], [0.5, 0.25, 0, 0.125]]) {
    const critic = someNetwork([2, 1], "relu");
    critic.layers[0].kernel.set([0.6 * norm, -0.8 * norm]);
    const of = (kind) => addPenalty(new Pass(critic, 4), normals(8, 5), kind, 1, new Float64Array(3));
    close([of("two-sided"), of("one-sided"), of("r1")], [two, one, r1], 1e-9, `norm ${norm}`);
  }
});

test("a critic of zeros has a finite penalty and gradient", () => {
  const critic = someNetwork([2, 4, 1], "relu");
  critic.values.fill(0);
  const gradient = new Float64Array(critic.values.length);
  assert.ok(Math.abs(addPenalty(new Pass(critic, 3), normals(6, 5), "two-sided", 10, gradient) - 1) < 1e-5);
  assert.ok(gradient.every(Number.isFinite));
});

test("losses and their gradients for the scores, also of scores of ±1,000", () => {
  for (const method of Object.keys(METHODS)) {
    const scores = normals(8, 6, 3);
    const critic = () => criticLoss(scores, 4, METHODS[method]).loss;
    const generator = () => generatorLoss(scores, method).loss;
    close(criticLoss(scores, 4, METHODS[method]).gradient, differences(scores, critic), 1e-7, method);
    close(generatorLoss(scores, method).gradient, differences(scores, generator), 1e-7, method);
    assert.ok(generatorLoss(scores, method).gradient.every((g) => g <= 0), "each method moves up the critic's slope");
    const extreme = Float64Array.of(1000, -1000, 1000, -1000);
    assert.ok([criticLoss(extreme, 2, METHODS[method]).loss, generatorLoss(extreme, method).loss].every(Number.isFinite));
  }
});

test("one small generator update raises what its critic thinks of the points", () => {
  for (const method of Object.keys(METHODS)) {
    const training = new Training({ ...DEFAULTS, method, optimizer: "sgd", generatorRate: 1e-4 });
    for (let i = 0; i < 5; i++) training.updateCritic();
    const latent = training.latent(DEFAULTS.batch, new Random(1, "looking"));
    const score = () => training.judged.forward(training.made.forward(latent)).reduce((a, b) => a + b) / DEFAULTS.batch;
    const before = score(), gradient = new Float64Array(training.generator.values.length);
    training.generatorGradient(latent, gradient);
    training.optimizers.generator.apply(training.generator.values, gradient, 1e-3);
    assert.ok(score() > before, method);
  }
});

test("the arrows point up the critic's slope, and are minus the gradient of the generator's loss", () => {
  for (const method of Object.keys(METHODS)) {
    const training = new Training({ ...DEFAULTS, method, activation: "tanh" });
    for (let i = 0; i < 3; i++) training.step();
    const look = new Look(training), { fake, arrows } = look.take();
    const pass = new Pass(training.critic, 8), points = fake.slice(0, 16);
    const loss = () => generatorLoss(pass.forward(points), method).loss * 8;
    close(arrows.slice(0, 16), differences(points, loss).map((g) => -g), 1e-4, method);
    slopes(pass, points).slopes.forEach((s, i) => assert.ok(s * arrows[i] >= 0, "an arrow points down the slope"));
  }
});

test("the optimizers take Keras's first two steps", () => {
  const after = (optimizer) => {
    const values = Float64Array.of(1), adam = new Optimizer({ optimizer, beta1: 0.5, beta2: 0.9 }, 1);
    adam.apply(values, [2], 0.1);
    adam.apply(values, [-1], 0.1);
    return values[0];
  };
  close([after("sgd")], [1 - 0.2 + 0.1], 1e-12, "sgd");
  close([after("rmsprop")], [1 - 0.2 / Math.sqrt(0.4) + 0.1 / Math.sqrt(0.46)], 1e-6, "rmsprop");
  // m = 1, then 0; v = .4, then .46: the second step has no length.
  close([after("adam")], [1 - 0.1], 1e-6, "adam");
});

test("clipping keeps every weight in bounds, from before the first update on", () => {
  const training = new Training({ ...DEFAULTS, method: "clip", clip: 0.02 });
  for (let i = 0; i < 3; i++) {
    assert.ok(training.critic.values.every((w) => Math.abs(w) <= 0.02));
    training.step();
  }
});

test("same seed, same run, bit for bit, looked at or not; another seed, another run", () => {
  const run = (seed, looked) => {
    const training = new Training({ ...DEFAULTS, seed }), look = new Look(training);
    for (let i = 0; i < 12; i++) {
      training.step();
      if (looked) look.take();
    }
    return Array.from(training.generator.values);
  };
  assert.deepEqual(run(1, true), run(1, false));
  assert.notDeepEqual(run(1, false), run(2, false));
});

test("two trainings of one seed see the same data and begin with the same networks", () => {
  const [a, b] = ["gp", "nonsaturating"].map((method) => new Training({ ...DEFAULTS, method }));
  assert.deepEqual(a.generator.values, b.generator.values);
  assert.deepEqual(a.critic.values, b.critic.values);
  assert.deepEqual(a.drawReal(9), b.drawReal(9));
});

test("random numbers: uniform in [0, 1), normal with mean 0 and variance 1, streams apart", () => {
  const random = new Random(0, "data"), values = random.normals(new Float64Array(20000));
  const mean = values.reduce((a, b) => a + b) / 20000, square = values.reduce((a, b) => a + b * b, 0) / 20000;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(square - 1) < 0.05, `${mean} ${square}`);
  const uniform = Array.from({ length: 9999 }, () => random.uniform());
  assert.ok(Math.min(...uniform) >= 0 && Math.max(...uniform) < 1);
  assert.notEqual(new Random(0, "data").uniform(), new Random(0, "latent").uniform());
  assert.throws(() => new Random(0, "nonsense"), /No stream/);
});

test("the best assignment is the best of all, and the distance that of a known shift", () => {
  const cost = normals(36, 11).map(Math.abs);
  const permutations = (items) => items.length < 2 ? [items] : items.flatMap((x, i) => permutations(items.toSpliced(i, 1)).map((rest) => [x, ...rest]));
  const total = (columns) => columns.reduce((sum, j, i) => sum + cost[i * 6 + j], 0);
  const best = Math.min(...permutations([0, 1, 2, 3, 4, 5]).map(total));
  const found = Array.from(assign(cost, 6));
  assert.deepEqual([...found].sort(), [0, 1, 2, 3, 4, 5]);
  close([total(found)], [best], 1e-12, "cost");
  const cloud = normals(200, 12), moved = cloud.map((x, i) => x + (i % 2 ? 4 : 3));
  close([earthMoversDistance(cloud, moved), earthMoversDistance(cloud, cloud)], [5, 0], 1e-12, "shift by (3, 4)");
  assert.throws(() => earthMoversDistance(cloud, cloud.slice(2)), /equally many/);
});

test("the corrected reading undoes W(1 + W/2λ)", () => {
  for (const lambda of [0.1, 1, 10]) for (const w of [0, 0.3, 4]) close([corrected(w * (1 + w / (2 * lambda)), lambda)], [w], 1e-9, `λ ${lambda}`);
  assert.equal(corrected(-1, 0.1), null);
});

test("data sets stay in the picture, and their own points hit all modes", () => {
  for (const [name, { reach, centres }] of Object.entries(DATA_SETS)) {
    const points = sampler(name, [[1, 1], [-1, 0]], new Random(0, "data"))(1000);
    assert.ok(points.every((x) => Math.abs(x) < reach), name);
    assert.equal(modesHit(name, points), centres ? centres.length : null);
  }
  assert.throws(() => sampler("drawn", [], new Random(0, "data")), /draw some/);
});

test("interpolation mixes real and generated with one ε a pair", () => {
  close(interpolate([1, 2, 3, 4], [5, 6, 7, 8], [1, 0.25], new Float64Array(4)), [1, 2, 6, 7], 1e-12, "point");
});
