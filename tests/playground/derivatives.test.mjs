// First and second derivatives, against finite differences and closed forms.

import assert from "node:assert/strict";
import test from "node:test";

import { addPenalty, criticLoss, generatorLoss, METHODS } from "../../site/playground/engine/losses.js";
import { Network, Pass } from "../../site/playground/engine/network.js";
import { Random } from "../../site/playground/engine/random.js";
import { slopes } from "../../site/playground/engine/second.js";
import { close, differences, normals } from "./close.mjs";

// A network of odd sizes, with offsets that are not 0.
function someNetwork(sizes, activation) {
  const network = new Network(sizes, activation, new Random(3, "critic weights"));
  network.layers.forEach(({ bias }, l) => bias.set(normals(bias.length, 50 + l, 0.3)));
  return network;
}

for (const activation of ["relu", "tanh"]) {
  test(`gradients for weights and inputs are those of finite differences (${activation})`, () => {
    const network = someNetwork([3, 7, 5, 2], activation);
    const pass = new Pass(network, 5),
      input = normals(15, 9),
      weight = normals(10, 8);
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
        const pass = new Pass(network, 9),
          points = normals(18, 4);
        const penalty = () => addPenalty(pass, points, kind, 0, new Float64Array(network.values.length));
        const gradient = new Float64Array(network.values.length);
        assert.equal(addPenalty(pass, points, kind, 3, gradient), penalty());
        const expected = differences(network.values, penalty).map((g) => 3 * g);
        close(gradient, expected, 1e-5, "weight");
        const { norms } = slopes(pass, points);
        assert.ok(norms.some((s) => s > 1)); // or the test would not see a one-sided penalty
      });
    }
  }
}

test("a linear critic's penalty is the closed form: (‖w‖ − 1)², 0 and 4 for norms 1 and 3; R1: ‖w‖²/2", () => {
  for (const [norm, two, one, r1] of [
    [1, 0, 0, 0.5],
    [3, 4, 4, 4.5],
    [0.5, 0.25, 0, 0.125],
  ]) {
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
    assert.ok(generatorLoss(scores, method).gradient.every((g) => g <= 0)); // up the critic's slope
    const extreme = Float64Array.of(1000, -1000, 1000, -1000);
    const losses = [criticLoss(extreme, 2, METHODS[method]).loss, generatorLoss(extreme, method).loss];
    assert.ok(losses.every(Number.isFinite));
  }
});
