// What the two networks minimise: values, and gradients for the scores or the weights. The formulas are those of wu.losses, and
// tests hold both to the same numbers.

import { addSecond, slopes } from "./second.js";

// The methods. `wasserstein`: the loss is a difference of mean scores; else the cross-entropy of logits.
// `penalty`: where and how slopes are punished.
export const METHODS = {
  nonsaturating: { name: "GAN, −log D", wasserstein: false },
  saturating: { name: "GAN, log(1 − D)", wasserstein: false },
  r1: { name: "GAN with R1", wasserstein: false, penalty: "r1" },
  clip: { name: "WGAN, clipping", wasserstein: true, clips: true },
  gp: { name: "WGAN-GP", wasserstein: true, penalty: "two-sided" },
  onesided: { name: "WGAN, one-sided penalty", wasserstein: true, penalty: "one-sided" },
};

// log(1 + eˣ), which neither overflows nor loses small values.
const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : 1 - 1 / (1 + Math.exp(x)));

// The critic's loss without penalty, from scores of `n` real points and then `n` generated ones, and its gradient for them.
export function criticLoss(scores, n, { wasserstein }) {
  const gradient = new Float64Array(2 * n);
  let loss = 0;
  for (let i = 0; i < 2 * n; i++) {
    const sign = i < n ? -1 : 1; // real scores are driven up, generated ones down
    loss += (wasserstein ? sign * scores[i] : softplus(sign * scores[i])) / n;
    gradient[i] = (sign * (wasserstein ? 1 : sigmoid(sign * scores[i]))) / n;
  }
  return { loss, gradient };
}

// The generator's loss, and its gradient for the scores. It is never positive: each method moves up the critic's slope.
export function generatorLoss(scores, method) {
  const n = scores.length;
  const gradient = new Float64Array(n);
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const f = scores[i];
    if (METHODS[method].wasserstein) {
      loss -= f / n;
      gradient[i] = -1 / n;
    } else if (method === "saturating") {
      loss -= softplus(f) / n;
      gradient[i] = -sigmoid(f) / n;
    } // log(1 − D) = −log(1 + eᶠ)
    else {
      loss += softplus(-f) / n;
      gradient[i] = -sigmoid(-f) / n;
    }
  }
  return { loss, gradient };
}

// The penalty's mean over `points`, and `weight` times its gradient added to `gradient`.
// two-sided: (‖∇f‖ − 1)² (Gulrajani et al. 2017, eq. 3); one-sided: max(0, ‖∇f‖ − 1)² (Petzka et al. 2018, eq. 8);
// r1: ‖∇f‖²/2 (Mescheder et al. 2018, eq. 9, with γ as the weight).
export function addPenalty(pass, points, kind, weight, gradient) {
  const { norms, slopes: u } = slopes(pass, points);
  const dimensions = pass.network.sizes[0];
  let penalty = 0;
  for (let i = 0; i < norms.length; i++) {
    const excess = kind === "one-sided" ? Math.max(0, norms[i] - 1) : norms[i] - 1;
    penalty += (kind === "r1" ? norms[i] ** 2 / 2 : excess ** 2) / norms.length;
    const factor = ((kind === "r1" ? 1 : (2 * excess) / norms[i]) * weight) / norms.length;
    for (let d = 0; d < dimensions; d++) u[i * dimensions + d] *= factor;
  }
  addSecond(pass, u, gradient);
  return penalty;
}

// Points on the lines between pairs: ε·real + (1 − ε)·generated, one ε a pair.
export function interpolate(real, fake, epsilon, into) {
  const dimensions = real.length / epsilon.length;
  for (let i = 0; i < real.length; i++) {
    const e = epsilon[Math.floor(i / dimensions)];
    into[i] = e * real[i] + (1 - e) * fake[i];
  }
  return into;
}
