// Runs a generator apart from the page, so that dragging stays smooth however long an image takes.

import { readNetwork } from "./network.js";

let network = null;
let invert = false;

self.onmessage = async ({ data }) => {
  try {
    self.postMessage(data.load ? await load(data) : draw(data));
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error.message ?? error) });
  }
};

async function load({ id, load: url, invert: dark }) {
  const fetched = await Promise.all([fetch(`${url}.json`), fetch(`${url}.bin`)]);
  for (const answer of fetched) if (!answer.ok) throw new Error(`${answer.url} can't be read: ${answer.status}.`);
  network = readNetwork(await fetched[0].json(), await fetched[1].arrayBuffer());
  invert = dark;
  return { id, input: network.input, output: network.output };
}

function draw({ id, latent }) {
  const started = performance.now(), values = network.generate(latent);
  return { id, pixels: asPixels(values, network.output), milliseconds: performance.now() - started };
}

/** Red, green, blue and opacity of each pixel; drawings are shown dark on light. */
function asPixels(values, [height, width, channels]) {
  const pixels = new Uint8ClampedArray(height * width * 4).fill(255);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) {
      const level = (values[i * channels + (channels === 3 ? c : 0)] + 1) * 127.5;
      pixels[i * 4 + c] = invert ? 255 - level : level; // the array rounds, and cuts off what lies beyond
    }
  }
  return new ImageData(pixels, width, height);
}
