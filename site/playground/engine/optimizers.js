// Keras's Adam, RMSProp and SGD, with its defaults: each changes an array of weights by an array of gradients.

const EPSILON = 1e-7;

export class Optimizer {
  // settings: { optimizer: "adam" | "rmsprop" | "sgd", beta1, beta2 }; Adam alone has the betas.
  constructor({ optimizer, beta1, beta2 }, size) {
    Object.assign(this, { kind: optimizer, beta1, beta2, updates: 0 });
    this.mean = new Float64Array(optimizer === "adam" ? size : 0);
    this.square = new Float64Array(optimizer === "sgd" ? 0 : size);
  }

  apply(values, gradient, rate) {
    this.updates += 1;
    if (this.kind === "adam") this.adam(values, gradient, rate);
    else if (this.kind === "rmsprop") this.rmsprop(values, gradient, rate);
    else for (let i = 0; i < values.length; i++) values[i] -= rate * gradient[i];
  }

  // Kingma and Ba 2015, with the corrections drawn into the rate, as at the end of their section 2.
  adam(values, gradient, rate) {
    const { mean, square, beta1, beta2, updates } = this;
    const corrected = (rate * Math.sqrt(1 - beta2 ** updates)) / (1 - beta1 ** updates);
    for (let i = 0; i < values.length; i++) {
      mean[i] += (gradient[i] - mean[i]) * (1 - beta1);
      square[i] += (gradient[i] ** 2 - square[i]) * (1 - beta2);
      values[i] -= (corrected * mean[i]) / (Math.sqrt(square[i]) + EPSILON);
    }
  }

  rmsprop(values, gradient, rate) {
    const { square } = this;
    for (let i = 0; i < values.length; i++) {
      square[i] = 0.9 * square[i] + 0.1 * gradient[i] ** 2;
      values[i] -= (rate * gradient[i]) / Math.sqrt(square[i] + EPSILON);
    }
  }
}
