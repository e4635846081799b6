// Answers one question of test_agreement.py: JSON in on stdin, JSON out on stdout.

import { readFileSync } from "node:fs";
import { Training } from "../../site/playground/engine/training.js";
import { earthMoversDistance } from "../../site/playground/engine/transport.js";
import { Optimizer } from "../../site/playground/engine/optimizers.js";
import { DEFAULTS } from "../../site/playground/settings.js";

const flat = (rows) => Float64Array.from(rows.flat());

const ANSWERS = {
  // Losses and gradients of both networks, for the weights and points given.
  training({ settings, criticWeights, generatorWeights, real, latent, epsilon }) {
    const training = new Training({ ...DEFAULTS, ...settings });
    training.critic.values.set(criticWeights);
    training.generator.values.set(generatorWeights);
    const fake = training.made.forward(flat(latent)).slice();
    const criticGradient = new Float64Array(criticWeights.length);
    const generatorGradient = new Float64Array(generatorWeights.length);
    const losses = training.criticGradient(flat(real), fake, Float64Array.from(epsilon), criticGradient);
    const generator = training.generatorGradient(flat(latent), generatorGradient);
    return {
      ...losses,
      generator,
      fake: Array.from(fake),
      criticGradient: Array.from(criticGradient),
      generatorGradient: Array.from(generatorGradient),
    };
  },
  distances: ({ pairs }) => pairs.map(([a, b]) => earthMoversDistance(flat(a), flat(b))),
  optimizer({ settings, values, gradients, rate }) {
    const optimizer = new Optimizer(settings, values.length);
    const moved = Float64Array.from(values);
    for (const gradient of gradients) optimizer.apply(moved, gradient, rate);
    return Array.from(moved);
  },
};

const { ask, ...question } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(ANSWERS[ask](question)));
