// One training: two networks, their optimizers, and the two updates that alternate.

import { addPenalty, criticLoss, generatorLoss, interpolate, METHODS } from "./losses.js";
import { Network, Pass } from "./network.js";
import { Optimizer } from "./optimizers.js";
import { DATA_SETS, sampler } from "./points.js";
import { Random } from "./random.js";

const hidden = (layers, width) => Array(layers).fill(width);
// How many of the generator's last batches the path of their centre remembers.
const TRAIL = 300;

export class Training {
  // settings: as settings.js describes them. drawn: the reader's points, where data is "drawn".
  constructor(settings, drawn = null) {
    const { seed, batch, latentDim, criticLayers, criticWidth, generatorLayers, generatorWidth, activation } = settings;
    this.settings = settings;
    this.method = METHODS[settings.method];
    this.random = Object.fromEntries(["latent", "interpolation"].map((name) => [name, new Random(seed, name)]));
    this.drawReal = sampler(settings.data, drawn, new Random(seed, "data"));
    const generatorSizes = [latentDim, ...hidden(generatorLayers, generatorWidth), 2];
    this.generator = new Network(generatorSizes, activation, new Random(seed, "generator weights"));
    this.critic = new Network(
      [2, ...hidden(criticLayers, criticWidth), 1],
      activation,
      new Random(seed, "critic weights"),
    );
    const networks = [
      ["critic", this.critic],
      ["generator", this.generator],
    ];
    this.optimizers = Object.fromEntries(
      networks.map(([name, { values }]) => [name, new Optimizer(settings, values.length)]),
    );
    this.gradients = Object.fromEntries(networks.map(([name, { values }]) => [name, new Float64Array(values.length)]));
    this.made = new Pass(this.generator, batch);
    this.judged = new Pass(this.critic, batch);
    this.judgedBoth = new Pass(this.critic, 2 * batch);
    this.both = new Float64Array(4 * batch);
    this.between = new Float64Array(2 * batch);
    this.counts = { steps: 0, critic: 0, generator: 0 };
    this.losses = { critic: null, generator: null, penalty: null };
    this.trail = [];
    this.placeGenerator();
    this.clip();
  }

  latent(count, random = this.random.latent) {
    const { latentScale = 1 } = DATA_SETS[this.settings.data];
    const latents = random.normals(new Float64Array(count * this.settings.latentDim));
    return latentScale === 1 ? latents : latents.map((z) => latentScale * z);
  }

  // Where the data set says so, the generator's cloud begins elsewhere: its last layer is scaled and moved.
  placeGenerator() {
    const { start, startSpread } = DATA_SETS[this.settings.data];
    if (!start) return;
    const count = 1000;
    const points = new Pass(this.generator, count).forward(
      this.latent(count, new Random(this.settings.seed, "looking")),
    );
    const mean = [0, 0];
    for (let i = 0; i < 2 * count; i++) mean[i % 2] += points[i] / count;
    let square = 0;
    for (let i = 0; i < 2 * count; i++) square += (points[i] - mean[i % 2]) ** 2 / (2 * count);
    const factor = startSpread / Math.sqrt(square);
    const { kernel, bias } = this.generator.layers.at(-1);
    for (let i = 0; i < kernel.length; i++) kernel[i] *= factor;
    for (let d = 0; d < 2; d++) bias[d] = start[d] - mean[d] * factor;
  }

  // A step, as everywhere in these lessons: the critic's updates, then the generator's.
  step() {
    const { criticSteps, generatorSteps } = this.settings;
    for (let i = 0; i < criticSteps; i++) this.updateCritic();
    for (let i = 0; i < generatorSteps; i++) this.updateGenerator();
    this.counts.steps += 1;
  }

  updateCritic() {
    const { batch } = this.settings;
    const real = this.drawReal(batch);
    const fake = this.made.forward(this.latent(batch));
    const epsilon = Float64Array.from({ length: batch }, () => this.random.interpolation.uniform());
    const gradient = this.gradients.critic.fill(0);
    Object.assign(this.losses, this.criticGradient(real, fake, epsilon, gradient));
    this.optimizers.critic.apply(this.critic.values, gradient, this.settings.criticRate);
    this.clip();
    this.counts.critic += 1;
  }

  // Adds the gradient of the critic's loss, penalty included, to `gradient`; returns the loss without and the penalty without λ.
  criticGradient(real, fake, epsilon, gradient) {
    const { batch, lambda } = this.settings;
    this.both.set(real);
    this.both.set(fake, real.length);
    const { loss, gradient: forScores } = criticLoss(this.judgedBoth.forward(this.both), batch, this.method);
    this.judgedBoth.backward(forScores, gradient, false);
    const { penalty: kind } = this.method;
    if (!kind) return { critic: loss, penalty: null };
    const points = kind === "r1" ? real : interpolate(real, fake, epsilon, this.between);
    return { critic: loss, penalty: addPenalty(this.judged, points, kind, lambda, gradient) };
  }

  updateGenerator() {
    const { batch, generatorRate } = this.settings;
    const gradient = this.gradients.generator.fill(0);
    this.losses.generator = this.generatorGradient(this.latent(batch), gradient);
    this.remember(this.made.activations.at(-1));
    this.optimizers.generator.apply(this.generator.values, gradient, generatorRate);
    this.counts.generator += 1;
  }

  // Adds the gradient of the generator's loss to `gradient`; returns the loss.
  generatorGradient(latent, gradient) {
    const scores = this.judged.forward(this.made.forward(latent));
    const { loss, gradient: forScores } = generatorLoss(scores, this.settings.method);
    this.made.backward(this.judged.backward(forScores, null), gradient, false);
    return loss;
  }

  clip() {
    if (!this.method.clips) return;
    const { clip } = this.settings;
    const { values } = this.critic;
    for (let i = 0; i < values.length; i++) values[i] = Math.min(clip, Math.max(-clip, values[i]));
  }

  remember(points) {
    let x = 0,
      y = 0;
    for (let i = 0; i < points.length; i += 2) {
      x += points[i];
      y += points[i + 1];
    }
    this.trail.push([(2 * x) / points.length, (2 * y) / points.length]);
    if (this.trail.length > TRAIL) this.trail.shift();
  }
}
