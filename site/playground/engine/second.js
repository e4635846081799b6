// The second derivative that a penalty on slopes needs: how Σᵢ h(‖∇f(xᵢ)‖) changes with the critic's weights.
//
// With u = h′(‖∇f‖) · ∇f / ‖∇f‖ held fixed, that is ∇_θ Σᵢ uᵢ·∇ₓf(xᵢ), and since derivatives commute, the derivative of ∇_θ Σᵢ f(xᵢ + εuᵢ)
// for ε at 0 (Pearlmutter 1994): every number of the way forward and back gets a tangent, its change with ε.

import { multiply } from "./matrix.js";

// Inside the root of the norm, as in wu.losses: its slope at 0 would be infinite.
const NORM_EPSILON = 1e-12;

// Norms of the critic's gradient at points (count × dimensions): { norms, slopes }. `pass.deltas` and `activations` are kept
// for addSecond.
export function slopes(pass, points) {
  pass.forward(points);
  const gradient = pass.backward(new Float64Array(pass.count).fill(1), null);
  const dimensions = pass.network.sizes[0];
  const norms = new Float64Array(pass.count);
  for (let i = 0; i < pass.count; i++) {
    let square = NORM_EPSILON;
    for (let d = 0; d < dimensions; d++) square += gradient[i * dimensions + d] ** 2;
    norms[i] = Math.sqrt(square);
  }
  return { norms, slopes: gradient };
}

// Adds ∇_θ Σᵢ uᵢ·∇ₓf(xᵢ) to `gradient`, after `slopes` on the same pass. u: (count × dimensions).
export function addSecond(pass, u, gradient) {
  const { layers, activation } = pass.network;
  const last = layers.length - 1;
  const into = pass.network.views(gradient);
  const tangents = (pass.tangents ??= pass.room());
  tangents[0].set(u);
  for (let l = 0; l < last; l++) {
    multiply(tangents[l], pass.count, layers[l].kernel, layers[l].outputs, layers[l].inputs, tangents[l + 1]);
    pass.timesSlope(l + 1, tangents[l + 1]);
  }
  // What moves ∇f besides the tangents: the activation's own curvature. ReLU has none.
  let moved = null;
  for (let l = last; l >= 0; l--) {
    pass.addOuter(into[l], pass.deltas[l + 1], tangents[l], false);
    if (moved) pass.addOuter(into[l], moved, pass.activations[l], true);
    if (l > 0 && activation === "tanh") moved = movedBelow(pass, l, moved, tangents[l]);
  }
}

// The tangent of deltas[l]: (Wᵀ moved)·φ′ + (Wᵀ delta)·φ″·ż. With a = tanh: deltas[l] = (Wᵀ delta)·φ′, φ″ = −2aφ′, and the
// tangent of a is ȧ = φ′ż, so the second term is −2a·deltas[l]·ż = −2a·(deltas[l] / φ′)·ȧ.
function movedBelow(pass, l, moved, tangent) {
  const below = new Float64Array(pass.activations[l].length);
  if (moved) {
    pass.throughKernel(pass.network.layers[l], moved, below);
    pass.timesSlope(l, below);
  }
  const a = pass.activations[l];
  const back = new Float64Array(a.length);
  pass.throughKernel(pass.network.layers[l], pass.deltas[l + 1], back); // Wᵀ delta, without dividing by a φ′ near 0
  for (let i = 0; i < a.length; i++) below[i] -= 2 * a[i] * back[i] * tangent[i];
  return below;
}
