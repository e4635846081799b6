// A generator's forward pass. Its two files, and what each kind of layer computes: export.py.

import { phases, prepare } from "./correlate.js";

const FORMAT = 1;

/**
 * @param {object} description the content of name.json
 * @param {ArrayBuffer} weights the content of name.bin
 * @returns {{input: number[], output: number[], generate: (latent: Float32Array) => Float32Array}} `generate` makes one
 *   image of numbers from −1 to 1, channels last; the next call writes over it
 */
export function readNetwork(description, weights) {
  if (description.format !== FORMAT) {
    throw new Error(`${description.name}.json has format ${description.format}, this page reads ${FORMAT}: build both anew.`);
  }
  const read = (place) => readArray(weights, place);
  const steps = [];
  let shape = description.input, repeated = null; // an enlargement that waits for the convolution after it
  for (const [index, layer] of description.layers.entries()) {
    if (waitsForConvolution(layer, description.layers[index + 1])) {
      repeated = layer.size;
    } else {
      const make = KINDS[layer.kind];
      if (!make) throw new Error(`${description.name}.json has a layer of an unknown kind, "${layer.kind}".`);
      steps.push(make(layer, asMap(shape), read, repeated ?? [1, 1]));
      repeated = null;
      shape = layer.shape;
    }
  }
  const length = description.input[0];
  return {
    input: description.input,
    output: description.output,
    generate(latent) {
      if (latent.length !== length) throw new Error(`The latent vector has ${latent.length} numbers, not ${length}.`);
      return steps.reduce((x, step) => step(x), Float32Array.from(latent));
    },
  };
}

// A convolution of an enlarged picture meets the same pixel with several kernel rows. Added up beforehand, the kernel
// is smaller and the work less: for 5×5 on doubled pixels 9 products instead of 25.
function waitsForConvolution(layer, next) {
  return layer.kind === "upsampling" && next?.kind === "convolution" && next.strides.every((stride) => stride === 1);
}

const KINDS = {
  dense(layer, input, read) {
    const [, filters] = layer.kernel.shape, kernel = read(layer.kernel);
    const axes = [phases("convolution", 1, 1, 0), phases("convolution", 1, 1, 0)];
    const [factor, shift] = factorAndShift(layer, read, filters);
    return prepare(input, asMap(layer.shape), axes, (i, j, c, o) => kernel[c * filters + o] * factor[o], shift);
  },

  convolution(layer, input, read, repeated) {
    const [rows, columns, channels, filters] = layer.kernel.shape, kernel = read(layer.kernel);
    const axes = [rows, columns].map((n, axis) =>
      phases("convolution", n, layer.strides[axis], layer.before[axis], repeated[axis]));
    const [factor, shift] = factorAndShift(layer, read, filters);
    const weight = (i, j, c, o) => kernel[((i * columns + j) * channels + c) * filters + o] * factor[o];
    return prepare(input, layer.shape, axes, weight, shift);
  },

  transposed_convolution(layer, input, read) {
    const [rows, columns, filters, channels] = layer.kernel.shape, kernel = read(layer.kernel);
    const axes = [rows, columns].map((n, axis) =>
      phases("transposed_convolution", n, layer.strides[axis], layer.before[axis]));
    const [factor, shift] = factorAndShift(layer, read, filters);
    const weight = (i, j, c, o) => kernel[((i * columns + j) * filters + o) * channels + c] * factor[o];
    return prepare(input, layer.shape, axes, weight, shift);
  },

  scale(layer, [, , channels], read) {
    const [factor, shift] = factorAndShift(layer, read, channels);
    return (x) => x.map((value, i) => value * factor[i % channels] + shift[i % channels]);
  },

  activation(layer) {
    const { slope } = layer;
    const functions = {
      rectifier: (value) => (value < 0 ? slope * value : value),
      tanh: Math.tanh,
      sigmoid: (value) => 1 / (1 + Math.exp(-value)),
    };
    const apply = functions[layer.function];
    if (!apply) throw new Error(`"${layer.function}" is an unknown activation.`);
    return (x) => {
      for (let i = 0; i < x.length; i++) x[i] = apply(x[i]);
      return x;
    };
  },

  upsampling(layer, [, width, channels]) {
    const [rows, columns] = layer.size;
    return pick(layer.shape, channels, (y, x) => Math.floor(y / rows) * width + Math.floor(x / columns));
  },

  cropping(layer, [, width, channels]) {
    const [above, left] = layer.before;
    return pick(layer.shape, channels, (y, x) => (y + above) * width + x + left);
  },

  reshape: () => (x) => x,
};

/** A layer whose every output pixel is a copy of the input pixel that `source` names. */
function pick([height, width], channels, source) {
  const out = new Float32Array(height * width * channels);
  return (input) => {
    for (let y = 0, at = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0, from = source(y, x) * channels; c < channels; c++) out[at++] = input[from + c];
      }
    }
    return out;
  };
}

function factorAndShift(layer, read, channels) {
  return [
    layer.factor ? read(layer.factor) : new Float32Array(channels).fill(1),
    layer.shift ? read(layer.shift) : new Float32Array(channels),
  ];
}

/** Vectors are maps of one pixel. */
function asMap(shape) {
  return shape.length === 3 ? shape : [1, 1, shape.at(-1)];
}

/** An array of the file, as float32. */
function readArray(buffer, { type, offset, shape }) {
  const length = shape.reduce((a, b) => a * b, 1);
  if (type === "float32") return new Float32Array(buffer, offset, length);
  const halves = new Uint16Array(buffer, offset, length), values = new Float32Array(length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < length; i++) {
    // Sign, exponent and fraction moved to their places in float32, whose exponents are 112 higher.
    bits[i] = ((halves[i] & 0x8000) << 16) | ((halves[i] & 0x7fff) << 13);
    values[i] *= 2 ** 112;
  }
  return values;
}
