// Trains in a thread of its own, so that the page stays quick. One worker a training.
//
// In: { do: "reset", settings, drawn }, "play" with { speed } (steps a second, 0 for as many as can be), "limit" with { steps } (not
// further than that, for the time being), "pause", "until" with { at } (plays on to that step), "critic", "generator", "look"
// with { whole } (the surface, too).
// Out: { frame } for each look, { stopped } after a pause, or { error }; each with the number of the reset it belongs to.

import { Look } from "./engine/look.js";
import { Training } from "./engine/training.js";

const SLICE = 20; // milliseconds of training between two looks at the messages

let training,
  look,
  resets = 0;
let playing = false,
  speed = 0,
  since = 0,
  stepsThen = 0,
  limit = Infinity,
  stopAt = Infinity;

// Comes back after the messages that wait by then; a timer would wait 4 ms at least.
const soon = new MessageChannel();
soon.port1.onmessage = run;

function run() {
  if (!playing) return;
  const until = performance.now() + SLICE;
  const inTime = () => !speed || training.counts.steps < stepsThen + ((performance.now() - since) * speed) / 1000;
  const due = () => inTime() && training.counts.steps < Math.min(limit, stopAt);
  while (due() && performance.now() < until) training.step();
  if (training.counts.steps >= stopAt) {
    playing = false;
    postMessage({ resets, stopped: true });
  } else if (due()) soon.port2.postMessage(null);
  else setTimeout(run, 5);
}

const ACTIONS = {
  reset({ settings, drawn }) {
    playing = false;
    limit = Infinity;
    resets += 1;
    training = new Training(settings, drawn);
    look = new Look(training, drawn);
  },
  play(message) {
    speed = message.speed;
    since = performance.now();
    stepsThen = training.counts.steps;
    stopAt = Infinity;
    if (!playing) soon.port2.postMessage(null);
    playing = true;
  },
  limit(message) {
    limit = message.steps;
  },
  pause() {
    playing = false;
    postMessage({ resets, stopped: true });
  },
  until({ at }) {
    stopAt = at;
    playing = true;
    soon.port2.postMessage(null);
  },
  critic() {
    training.updateCritic();
  },
  generator() {
    training.updateGenerator();
  },
  look({ whole }) {
    const began = performance.now();
    const frame = look.take(whole);
    frame.took = performance.now() - began;
    const { scoreReal, scoreFake } = frame.measures;
    if ([...frame.fake, scoreReal, scoreFake].every(Number.isFinite)) postMessage({ frame, resets });
    else {
      playing = false;
      postMessage({
        resets,
        error: `The training has run away at step ${frame.counts.steps}: numbers are no longer finite. Lower a learning rate, and reset.`,
      });
    }
  },
};

onmessage = ({ data }) => {
  try {
    ACTIONS[data.do](data);
  } catch (error) {
    playing = false;
    postMessage({ resets, error: error.message });
  }
};
