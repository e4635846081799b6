// What a training looks like from outside, between two updates. Nothing here changes it: all random numbers are of other streams.

import { METHODS, criticLoss, interpolate, sigmoid } from "./losses.js";
import { Pass } from "./network.js";
import { DATA_SETS, modesHit, sampler } from "./points.js";
import { Random } from "./random.js";
import { slopes } from "./second.js";

export const CLOUD = 256; // points of each cloud that is measured
export const SURFACE = 41; // the critic's values are taken at so many places a side
const MESH = 13; // lines of the latent grid in each direction
const MESH_POINTS = 37; // points of each line
const MESH_REACH = 2; // standard deviations of the latent numbers

// W from what a critic with penalty reads, where transport is proportional to the density of the penalty's points: then its best slope
// is 1 + W/2λ and it reads W(1 + W/2λ). Null where no W reads so low.
export function corrected(estimate, lambda) {
  const square = 1 + (2 * estimate) / lambda;
  return square < 0 ? null : lambda * (Math.sqrt(square) - 1);
}

export class Look {
  constructor(training, drawn = null) {
    const { data, seed, latentDim } = training.settings;
    const random = new Random(seed, "looking");
    const draw = sampler(data, drawn, random);
    this.training = training;
    this.real = draw(CLOUD);
    this.otherReal = draw(CLOUD); // as far from `real` as perfect generated points would be
    this.latent = training.latent(CLOUD, random);
    this.epsilon = Float64Array.from({ length: CLOUD }, () => random.uniform());
    this.making = new Pass(training.generator, CLOUD);
    this.judging = new Pass(training.critic, CLOUD);
    this.both = new Pass(training.critic, 2 * CLOUD);
    this.meshed = new Pass(training.generator, 2 * MESH * MESH_POINTS);
    this.seen = new Pass(training.critic, SURFACE * SURFACE);
    this.places = surfacePlaces(DATA_SETS[data].reach);
    this.mesh = meshLatents(latentDim, DATA_SETS[data].latentScale);
  }

  // The numbers and pictures of this moment. Arrays are copies, that may be handed to another thread. Without `whole` no surface,
  // which costs as much as all the rest.
  take(whole = true) {
    const fake = this.making.forward(this.latent).slice();
    const arrows = this.pushes(fake);
    return {
      counts: { ...this.training.counts },
      losses: { ...this.training.losses },
      measures: {
        ...this.estimates(fake),
        ...this.slopePercentiles(fake),
        ...this.weights(),
        push: arrows.mean,
        modes: modesHit(this.training.settings.data, fake),
      },
      real: this.real,
      otherReal: this.otherReal,
      fake,
      arrows: arrows.ways,
      surface: whole ? Float32Array.from(this.seen.forward(this.places)) : null,
      mesh: Float32Array.from(this.meshed.forward(this.mesh)),
      trail: this.training.trail.slice(),
    };
  }

  // What the critic says of the two clouds: a distance (Wasserstein), or how far apart in JS (discriminators).
  estimates(fake) {
    const { settings, method } = this.training;
    const points = new Float64Array(4 * CLOUD);
    points.set(this.real);
    points.set(fake, fake.length);
    const scores = this.both.forward(points);
    const { loss } = criticLoss(scores, CLOUD, method);
    const mean = (some) => some.reduce((sum, score) => sum + score, 0) / CLOUD;
    const means = { scoreReal: mean(scores.subarray(0, CLOUD)), scoreFake: mean(scores.subarray(CLOUD)) };
    if (!method.wasserstein) return { ...means, estimate: null, corrected: null, js: Math.log(2) - loss / 2 };
    const fromEstimate = method.penalty ? corrected(-loss, settings.lambda) : null;
    return { ...means, estimate: -loss, corrected: fromEstimate, js: null };
  }

  // Which way, and how strongly, each generated point is told to go: minus the gradient of its own share of the generator's loss.
  // It is the critic's slope times a factor that is never negative.
  pushes(fake) {
    const { method } = this.training.settings;
    const { norms, slopes: ways } = slopes(this.judging, fake);
    const scores = this.judging.activations.at(-1);
    const result = new Float32Array(fake.length);
    let mean = 0;
    for (let i = 0; i < CLOUD; i++) {
      const factor = METHODS[method].wasserstein ? 1 : sigmoid(method === "saturating" ? scores[i] : -scores[i]);
      result[2 * i] = factor * ways[2 * i];
      result[2 * i + 1] = factor * ways[2 * i + 1];
      mean += (factor * norms[i]) / CLOUD;
    }
    return { ways: result, mean };
  }

  // Percentiles of the critic's slope between real and generated points.
  slopePercentiles(fake) {
    const between = interpolate(this.real, fake, this.epsilon, new Float64Array(fake.length));
    const sorted = slopes(this.judging, between).norms.slice().sort();
    const at = (share) => sorted[Math.round(share * (CLOUD - 1))];
    return { slopeLow: at(0.05), slope: at(0.5), slopeHigh: at(0.95) };
  }

  // A histogram of the critic's weights, and which share lies within 1 % of ±c.
  weights() {
    const { values } = this.training.critic;
    const { clip } = this.training.settings;
    const clips = this.training.method.clips;
    const reach = clips ? clip : values.reduce((most, w) => Math.max(most, Math.abs(w)), 1e-9);
    const histogram = new Array(21).fill(0);
    let atBound = 0;
    for (const w of values) {
      histogram[Math.min(20, Math.floor(((w / reach + 1) / 2) * 21))] += 1 / values.length;
      if (Math.abs(w) > 0.99 * clip) atBound += 1 / values.length;
    }
    return { histogram, weightReach: reach, atBound: clips ? atBound : null };
  }
}

// The places where the surface is taken, row after row from the bottom (y = −reach) up.
function surfacePlaces(reach) {
  const places = new Float64Array(2 * SURFACE * SURFACE);
  for (let row = 0; row < SURFACE; row++)
    for (let column = 0; column < SURFACE; column++) {
      const at = 2 * (row * SURFACE + column);
      places[at] = reach * ((2 * column) / (SURFACE - 1) - 1);
      places[at + 1] = reach * ((2 * row) / (SURFACE - 1) - 1);
    }
  return places;
}

// A square grid in the first two latent numbers, the others 0: all lines along the first, then all along the second.
function meshLatents(latentDim, scale = 1) {
  const latents = new Float64Array(2 * MESH * MESH_POINTS * latentDim);
  const at = (i, count) => MESH_REACH * ((2 * i) / (count - 1) - 1);
  for (let way = 0; way < 2; way++)
    for (let line = 0; line < MESH; line++)
      for (let point = 0; point < MESH_POINTS; point++) {
        const row = ((way * MESH + line) * MESH_POINTS + point) * latentDim;
        latents[row + way] = at(point, MESH_POINTS);
        if (latentDim > 1) latents[row + 1 - way] = at(line, MESH);
        else latents[row] = at(point, MESH_POINTS);
      }
  return latents.map((z) => scale * z);
}

export const MESH_SHAPE = { lines: 2 * MESH, points: MESH_POINTS };
