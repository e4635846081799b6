// Runs presets over seeds, in Node, and prints when each reaches its goal: node presets.mjs SEEDS [PRESET …]

import { Look } from "../../site/playground/engine/look.js";
import { earthMoversDistance } from "../../site/playground/engine/transport.js";
import { Training } from "../../site/playground/engine/training.js";
import { PRESETS } from "../../site/playground/presets.js";
import { DEFAULTS } from "../../site/playground/settings.js";

const EVERY = 20; // steps between two looks
const MOST = 2000;

// When the goal is reached, and what has been seen by then.
function play({ trainings, goal, seen }, seed) {
  const games = trainings.map((settings) => new Training({ ...DEFAULTS, ...settings, seed }));
  const looks = games.map((game) => new Look(game));
  const rows = games.map(() => []);
  for (let step = 0; step <= MOST; step += EVERY) {
    looks.forEach((look, i) => {
      const { measures, fake, real } = look.take();
      rows[i].push({ ...measures, step, exact: earthMoversDistance(real, fake) });
    });
    if (goal(rows)) return `step ${step}. ${seen(rows)}`;
    for (let k = 0; k < EVERY; k++) for (const game of games) game.step();
  }
  return `NOT REACHED. ${seen(rows)}`;
}

const [seeds, ...names] = process.argv.slice(2);
for (const name of names.length ? names : Object.keys(PRESETS))
  for (let seed = 0; seed < Number(seeds); seed++) console.log(`${name} seed ${seed}: ${play(PRESETS[name], seed)}`);
