// A multilayer perceptron: dense layers, with ReLU or tanh between them and nothing after the last.

import { multiply, transpose } from "./matrix.js";

export class Network {
  // sizes: of the layers, input first, for example [2, 64, 64, 1]. Kernels are drawn as Keras's Dense does
  // (Glorot uniform), offsets are 0. All weights lie in one array, `values`; `layers` are views of it.
  constructor(sizes, activation, random) {
    if (!["relu", "tanh"].includes(activation)) throw new Error(`activation must be relu or tanh, not ${activation}.`);
    this.sizes = sizes;
    this.activation = activation;
    const count = sizes.slice(1).reduce((sum, outputs, l) => sum + outputs * (sizes[l] + 1), 0);
    this.values = new Float64Array(count);
    this.layers = this.views(this.values);
    for (const { inputs, outputs, kernel } of this.layers) {
      const limit = Math.sqrt(6 / (inputs + outputs));
      for (let i = 0; i < kernel.length; i++) kernel[i] = limit * (2 * random.uniform() - 1);
    }
  }

  // Kernels (outputs × inputs) and offsets of each layer as views of a flat array: of weights, or of their gradient.
  views(flat) {
    let at = 0;
    return this.sizes.slice(1).map((outputs, l) => {
      const inputs = this.sizes[l];
      const kernel = flat.subarray(at, at + inputs * outputs);
      const bias = flat.subarray(at + inputs * outputs, (at += (inputs + 1) * outputs));
      return { inputs, outputs, kernel, bias };
    });
  }
}

// One batch's way through a network and back, with all memory it needs; made once, used again.
export class Pass {
  constructor(network, count) {
    const { sizes } = network;
    const room = () => sizes.map((size) => new Float64Array(size * count));
    this.network = network;
    this.count = count;
    this.activations = room(); // of each layer; the first is the input, the last the output
    this.deltas = room(); // the loss's gradient before each layer's activation; the first: for the input
    this.tangents = null; // only a second derivative needs them (second.js)
    this.room = room;
    const largest = Math.max(...sizes);
    this.turned = [new Float64Array(largest * Math.max(largest, count)), new Float64Array(largest * count)];
  }

  // Returns the outputs (count × outputs), which the next call overwrites.
  forward(input) {
    const { layers, activation } = this.network;
    this.activations[0] = input;
    layers.forEach((layer, l) => {
      const z = multiply(
        this.activations[l],
        this.count,
        layer.kernel,
        layer.outputs,
        layer.inputs,
        this.activations[l + 1],
      );
      const squash = l + 1 < layers.length ? activation : null;
      for (let i = 0, o = 0; i < this.count * layer.outputs; i++, o = o + 1 < layer.outputs ? o + 1 : 0) {
        z[i] += layer.bias[o];
        if (squash === "relu") {
          if (z[i] < 0) z[i] = 0;
        } else if (squash) z[i] = Math.tanh(z[i]);
      }
    });
    return this.activations.at(-1);
  }

  // From the loss's gradient for the outputs: adds to `gradient` (flat, as network.values; null: not wanted), and returns
  // the gradient for the inputs, or null where it is not wanted.
  backward(outputGradient, gradient, forInput = true) {
    const { layers } = this.network;
    const into = gradient && this.network.views(gradient);
    this.deltas[layers.length].set(outputGradient);
    for (let l = layers.length - 1; l >= 0; l--) {
      if (into) this.addOuter(into[l], this.deltas[l + 1], this.activations[l], true);
      if (l === 0 && !forInput) return null;
      this.throughKernel(layers[l], this.deltas[l + 1], this.deltas[l]);
      if (l > 0) this.timesSlope(l, this.deltas[l]);
    }
    return this.deltas[0];
  }

  // below (count × inputs) = above (count × outputs) · kernel.
  throughKernel({ kernel, inputs, outputs }, above, below) {
    multiply(above, this.count, transpose(kernel, outputs, inputs, this.turned[0]), inputs, outputs, below);
  }

  // Multiplies by the activation's derivative at layer l; it can be told from the activation itself.
  timesSlope(l, values) {
    const a = this.activations[l];
    const relu = this.network.activation === "relu";
    for (let i = 0; i < a.length; i++) values[i] *= relu ? (a[i] > 0 ? 1 : 0) : 1 - a[i] * a[i];
  }

  // kernel += deltaᵀ · input, bias += delta's sum over the batch.
  addOuter({ kernel, bias, inputs, outputs }, delta, input, withBias) {
    const { count } = this;
    const left = transpose(delta, count, outputs, this.turned[0]);
    const right = transpose(input, count, inputs, this.turned[1]);
    const product = multiply(left, outputs, right, inputs, count, new Float64Array(kernel.length));
    for (let i = 0; i < kernel.length; i++) kernel[i] += product[i];
    if (withBias) for (let i = 0, o = 0; i < delta.length; i++, o = o + 1 < outputs ? o + 1 : 0) bias[o] += delta[i];
  }
}
