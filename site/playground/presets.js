// Five experiments of the labs, each with a question, and with a goal: what its text says will be seen. The goals are
// code, and tests run them over several seeds (tests/playground/presets.mjs).
//
// `lab`: where it is told. `trainings`: what differs from the defaults, for each. `speed` and `show`: where the
// defaults would not do. `goal`: from the rows that each training has left so far (oldest first), whether it is reached;
// `seen`: what was found, in a sentence, from the last rows.

import { write } from "./numbers.js";

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
  vanishing: {
    title: "A judge too sure",
    lab: "distances",
    setting:
      "Data right, generated points left, 4 apart. The generator waits; three judges learn: a discriminator whose generator would descend log(1 − D), a clipped critic (c = 0.01), and a critic with penalty (λ = 10).",
    question:
      "What becomes of the push, the gradient that a generated point is told to follow, as the judges get better?",
    answers: [
      "All three grow stronger",
      "The discriminator's fades away, the penalised critic's stays near 1",
      "All three fade away",
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
      `Push at a generated point: discriminator ${write(last(a).push)}, clipped critic ${write(last(b).push)}, penalised critic ${write(last(c).push)}. A discriminator that is right is sure, and where it is sure its loss is flat. The penalised critic says about 1 (1.2, for λ is finite: W / 2λ more).`,
  },
  collapse: {
    title: "Collapse",
    lab: "collapse",
    setting:
      "Eight Gaussians on a ring. A GAN (−log D) whose generator moves ten times for each update of the discriminator.",
    question: "How many of the eight will the generator cover?",
    answers: ["All eight, only sooner", "About four", "One or two at a time"],
    right: 2,
    show: ["surface", "arrows", "mesh", "trail"],
    trainings: [{ ...game, method: "nonsaturating", criticSteps: 1, generatorSteps: 10 }],
    goal: ([a]) => last(a).step >= 300 && last(a).modes > 0 && a.every(({ step, modes }) => step < 100 || modes <= 2),
    seen: ([a]) =>
      `${last(a).modes} of 8 modes, and never more than ${Math.max(...a.filter(({ step }) => step >= 100).map(({ modes }) => modes))} since step 100; exact distance ${write(last(measured(a)).exact)}. Against a judge that stands still the best place is a single one: all points go there. When the judge has moved, so do they. Let it run on, and watch the path of their middle.`,
  },
  cure: {
    title: "The cure",
    lab: "collapse",
    setting:
      "The same ring and networks, twice, now with five updates of the critic and one of the generator a step. The loss and the penalty differ: Wasserstein with gradient penalty (λ = 1) in A, −log D without a penalty in B.",
    question: "How many of the eight will each cover after some hundred steps?",
    answers: [
      "Both all eight: the number of updates was to blame",
      "WGAN-GP all eight, the GAN four at most",
      "The GAN all eight, WGAN-GP four at most",
    ],
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
      `WGAN-GP: ${last(a).modes} of 8 modes, exact distance ${write(last(measured(a)).exact)}, estimate ${write(last(measured(a)).estimate)}, corrected ${write(last(measured(a)).corrected)}. GAN: ${last(b).modes} of 8, exact distance ${write(last(measured(b)).exact)}. Same data, same networks, as many updates: the loss and the penalty differ, and this pair cannot tell which of the two matters. The lab has a GAN with a penalty, too.`,
  },
  clipping: {
    title: "Clipping's flat critic",
    lab: "clipping",
    setting:
      "The Swiss roll; three critics of three layers watch an untrained generator that waits: weights clipped to ±0.01, to ±0.1, and not at all but with penalty (λ = 10).",
    question: "Where do clipped weights end up, and how far from 1 is the slope then?",
    answers: [
      "Spread over −c to c; slope near 1",
      "Most at −c and c; slope far below or above 1",
      "Most at 0; slope 0",
    ],
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
      `Within 1 % of ±c: ${Math.round(100 * last(a).atBound)} % and ${Math.round(100 * last(b).atBound)} % of the weights. Median slopes: ${write(last(a).slope)} at c = 0.01, ${write(last(b).slope)} at c = 0.1, ${write(last(c).slope)} with penalty. Estimate ÷ exact distance: ${write(ofExact(a))}, ${write(ofExact(b))}, ${write(ofExact(c))}. A bound on weights is no bound of 1 on slopes: layer by layer it makes them vanish or grow.`,
  },
  oscillation: {
    title: "Round and round",
    lab: "collapse",
    setting:
      "The smallest game: all data in one place, a generator that can only move its little cloud, a critic that is a plane. Plain gradient steps. A GAN, a WGAN-GP (λ = 0.3), and a GAN with R1 (γ = 1).",
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
      `Largest exact distance in the last 400 steps: ${["GAN", "WGAN-GP", "GAN with R1"].map((name, i) => `${name} ${write(swing(all[i], 400).most)}`).join(", ")}. A slope that must be 1 even at the data keeps pushing; R1 asks for 0 there.`,
  },
};
