// node generate.mjs FOLDER: for every name.json there, what the generator makes of the latent vectors in name.latent; both
// that and the name.output it writes are float32 numbers.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { readNetwork } from "../network.js";

const folder = process.argv[2];
const arrayBuffer = (name) => new Uint8Array(readFileSync(`${folder}/${name}`)).buffer;

for (const file of readdirSync(folder).filter((file) => file.endsWith(".json"))) {
  const name = file.slice(0, -".json".length);
  const network = readNetwork(JSON.parse(readFileSync(`${folder}/${file}`)), arrayBuffer(`${name}.bin`));
  const latent = new Float32Array(arrayBuffer(`${name}.latent`)), length = network.input[0];
  const outputs = [];
  for (let i = 0; i < latent.length; i += length) outputs.push(...network.generate(latent.subarray(i, i + length)));
  writeFileSync(`${folder}/${name}.output`, new Uint8Array(new Float32Array(outputs).buffer));
}
