// Runs presets over seeds, in Node, and prints when each reaches its goal: node presets.mjs SEEDS [PRESET …]

import { Look } from "../../site/playground/engine/look.js";
import { earthMoversDistance } from "../../site/playground/engine/transport.js";
import { Training } from "../../site/playground/engine/training.js";
import { PRESETS } from "../../site/playground/presets.js";
import { DEFAULTS } from "../../site/playground/settings.js";

const EVERY = 20; // steps between two looks
const MOST = 2000;

// { step, seconds, seen }: when the goal was reached, or step null where it was not; the seconds are of the processor, of training.
export function play(name, seed, most = MOST) {
  const { trainings, goal, seen } = PRESETS[name];
  const games = trainings.map((settings) => new Training({ ...DEFAULTS, ...settings, seed }));
  const looks = games.map((game) => new Look(game));
  const rows = games.map(() => []);
  let used = 0;
  for (let step = 0; step <= most; step += EVERY) {
    looks.forEach((look, i) => {
      const { measures, fake, real } = look.take();
      rows[i].push({ ...measures, step, exact: earthMoversDistance(real, fake) });
    });
    if (goal(rows)) return { step, seconds: used / 1e6, seen: seen(rows) };
    const before = process.cpuUsage().user;
    for (let k = 0; k < EVERY; k++) for (const game of games) game.step();
    used += process.cpuUsage().user - before;
  }
  return { step: null, seconds: used / 1e6, seen: seen(rows) };
}

if (process.argv[1] === import.meta.filename) {
  const [seeds = "5", ...names] = process.argv.slice(2);
  for (const name of names.length ? names : Object.keys(PRESETS))
    for (let seed = 0; seed < Number(seeds); seed++) {
      const { step, seconds, seen } = play(name, seed);
      console.log(
        `${name.padEnd(12)} seed ${seed}: ${step === null ? "NOT REACHED" : `step ${step}`}, ${seconds.toFixed(1)} s of processor. ${seen.slice(0, 190)}`,
      );
    }
}
