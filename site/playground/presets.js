// Five experiments of the labs, each with a question, and with a goal: what its text says will be seen. The goals are
// code, and tests run them over several seeds (tests/playground/presets.mjs).
//
// `lab`: where it is told. `steps`: about how many it takes. `trainings`: what differs from the defaults, for each. `speed` and
// `show`: where the defaults would not do. `goal`: from the rows that each training has left so far (oldest first), whether it is
// reached; `seen`: what was found, in a sentence, from the last rows.

import { write } from "./numbers.js";
import { DEFAULTS, initialState } from "./settings.js";

const wide = { criticWidth: 64, generatorWidth: 64 };
const far = { ...wide, data: "far", criticSteps: 1, generatorSteps: 0 };
const game = { ...wide, data: "ring", latentDim: 16, beta2: 0.999 };
const place = {
  data: "place",
  criticLayers: 0,
  generatorLayers: 0,
  criticSteps: 1,
  optimizer: "sgd",
  criticRate: 0.1,
  generatorRate: 0.1,
  latentDim: 2,
};
const last = (rows) => rows.at(-1);
// Rows whose exact distance is known: it comes a moment later than the rest.
const measured = (rows) => rows.filter(({ exact }) => exact !== null);
const ofExact = (rows) => (measured(rows).length ? last(measured(rows)).estimate / last(measured(rows)).exact : NaN);
// The largest and least exact distance of the last `steps` steps.
export function swing(rows, steps) {
  const recent = measured(rows)
    .filter(({ step }) => step > last(rows).step - steps)
    .map(({ exact }) => exact);
  return { most: Math.max(...recent), least: Math.min(...recent), count: recent.length };
}

export const PRESETS = {
  cure: {
    title: "The cure",
    lab: "collapse",
    steps: 380,
    setting:
      "Eight Gaussians on a ring, the same networks twice, five critic updates a step. A: a WGAN with gradient penalty (λ = 1). B: a GAN (−log D) without one.",
    question: "How many of the eight will each cover?",
    answers: ["Both all eight", "A all eight, B four at most", "B all eight, A four at most"],
    right: 1,
    trainings: [
      { ...game, method: "gp" },
      { ...game, method: "nonsaturating" },
    ],
    goal: ([a, b]) =>
      last(a).step >= 300 &&
      measured(a).length > 3 &&
      measured(a)
        .slice(-3)
        .every(({ modes, exact }) => modes === 8 && exact < 0.7) &&
      b.slice(-3).every(({ modes }) => modes <= 4),
    seen: ([a, b]) =>
      `WGAN-GP: ${last(a).modes} of 8 modes, exact distance ${write(last(measured(a)).exact)}. GAN: ${last(b).modes} of 8, exact distance ${write(last(measured(b)).exact)}. Two things differ, the loss and the penalty, and this pair cannot tell which of them matters. In the lab a GAN with a penalty (R1) covers all eight, too.`,
  },
  collapse: {
    title: "Collapse",
    lab: "collapse",
    steps: 300,
    setting:
      "Eight Gaussians on a ring, and a GAN (−log D) with ten generator updates for each update of the discriminator.",
    question: "How many of the eight will the generator cover?",
    answers: ["All eight, only sooner", "About four", "One or two at a time"],
    right: 2,
    show: ["surface", "arrows", "mesh", "trail"],
    trainings: [{ ...game, method: "nonsaturating", criticSteps: 1, generatorSteps: 10 }],
    goal: ([a]) => last(a).step >= 300 && last(a).modes > 0 && a.every(({ step, modes }) => step < 100 || modes <= 2),
    seen: ([a]) =>
      `${last(a).modes} of 8 modes, and never more than ${Math.max(...a.filter(({ step }) => step >= 100).map(({ modes }) => modes))} since step 100; exact distance ${write(last(measured(a)).exact)}. While the discriminator stands still, all points climb to where it is highest. Then it learns that this place is generated, and they move on together. Let it run, and watch the path of their mean.`,
  },
  vanishing: {
    title: "A discriminator too sure",
    lab: "distances",
    steps: 160,
    setting:
      "Data and generated points are 4 apart. The generator waits. Three networks learn: a discriminator whose generator would minimise log(1 − D), a clipped critic (c = 0.01), and a critic with a gradient penalty (λ = 10).",
    question: "What happens to the gradient at the generated points (the arrows) while the three get better?",
    answers: [
      "It grows in all three",
      "The discriminator's vanishes, the penalised critic's stays near 1",
      "It vanishes in all three",
    ],
    right: 1,
    trainings: [
      { ...far, method: "saturating" },
      { ...far, method: "clip", clip: 0.01 },
      { ...far, method: "gp", lambda: 10 },
    ],
    goal: ([a, b, c]) =>
      last(a).push < 1e-4 &&
      last(b).push < 0.01 &&
      Math.abs(last(c).slope - 1.2) < 0.05 &&
      Math.abs(last(c).push - 1.2) < 0.1,
    seen: ([a, b, c]) =>
      `Gradient norm at a generated point: discriminator ${write(last(a).push)}, clipped critic ${write(last(b).push)}, penalised critic ${write(last(c).push)}. Where a discriminator is sure, the loss log(1 − D) is flat. The penalised critic's norm is above 1 because λ is finite: the best one has 1 + W/2λ = 1.2.`,
  },
  clipping: {
    title: "Clipped weights",
    lab: "clipping",
    steps: 280,
    setting:
      "The Swiss roll and an untrained generator that waits. Three critics of three layers learn: with weights clipped to ±0.01, to ±0.1, and with a gradient penalty (λ = 10) instead.",
    question: "Where do clipped weights end up, and what is the critic's slope then?",
    answers: ["Spread from −c to c, slope near 1", "Most at −c and c, slope far from 1", "Most at 0, slope 0"],
    right: 1,
    trainings: ["clip", "clip", "gp"].map((method, i) => ({
      ...wide,
      data: "roll",
      criticRate: 0.001,
      method,
      clip: [0.01, 0.1, 0.01][i],
      lambda: 10,
      criticLayers: 3,
      criticSteps: 1,
      generatorSteps: 0,
    })),
    goal: ([a, b, c]) =>
      last(a).atBound > 0.65 &&
      last(a).slope < 0.01 &&
      last(b).atBound > 0.65 &&
      last(b).slope > 2 &&
      Math.abs(last(c).slope - 1) < 0.25 &&
      Math.abs(ofExact(c) - 1) < 0.2,
    seen: ([a, b, c]) =>
      `Within 1 % of ±c: ${Math.round(100 * last(a).atBound)} % and ${Math.round(100 * last(b).atBound)} % of the weights. Median slopes: ${write(last(a).slope)} at c = 0.01, ${write(last(b).slope)} at c = 0.1, ${write(last(c).slope)} with penalty. Estimate ÷ exact distance: ${write(ofExact(a))}, ${write(ofExact(b))}, ${write(ofExact(c))}. A bound on the weights does not make the slope 1: each layer makes it smaller, or larger.`,
  },
  oscillation: {
    title: "Round and round",
    lab: "collapse",
    steps: 600,
    setting:
      "The smallest game: all data in one place, a generator that can only move its small cloud, a linear critic, and plain gradient descent. A GAN, a WGAN-GP (λ = 0.3), and a GAN with R1 (γ = 1).",
    question: "Which of the three come to rest at the data?",
    answers: ["All three", "WGAN-GP and R1", "Only the GAN with R1"],
    right: 2,
    speed: 60,
    show: ["surface", "arrows", "trail"],
    trainings: [
      { ...place, method: "nonsaturating" },
      { ...place, method: "gp", lambda: 0.3 },
      { ...place, method: "r1", lambda: 1 },
    ],
    goal: (all) =>
      all.every((rows) => last(rows).step >= 600 && swing(rows, 400).count > 3) &&
      swing(all[0], 400).most > 0.3 &&
      swing(all[1], 400).most > 0.3 &&
      swing(all[2], 400).most < 0.1,
    seen: (all) =>
      `Largest exact distance in the last 400 steps: ${["GAN", "WGAN-GP", "GAN with R1"].map((name, i) => `${name} ${write(swing(all[i], 400).most)}`).join(", ")}. WGAN-GP's penalty wants slope 1 even when the generator has arrived, so the points are moved on. R1 wants slope 0 at the data.`,
  },
};

// The state of the page that an experiment begins with.
export function stateOf(name, seed) {
  const { trainings, speed, show } = { ...initialState(), ...PRESETS[name] };
  return { ...initialState(), speed, show, trainings: trainings.map((own) => ({ ...DEFAULTS, ...own, seed })) };
}

// The experiment that these trainings are, or null.
export function experimentOf({ trainings }) {
  const same = (name) => JSON.stringify(stateOf(name, trainings[0].seed).trainings) === JSON.stringify(trainings);
  return Object.keys(PRESETS).find(same) ?? null;
}
