// The explorer: which generator, which plane, where the marker stands; the address holds all of it.

import { showFacts } from "./facts.js";
import { Generator } from "./generator.js";
import { relativeLength } from "./latent.js";
import { Mixing } from "./mixing.js";
import { Pad } from "./pad.js";
import { Walk } from "./walk.js";

const part = (name) => document.querySelector(`[data-part="${name}"]`);
const weightsFolder = new URL("./weights/", import.meta.url);
const generator = new Generator(), pad = new Pad(part("pad"), generator, moved), walk = new Walk(part("walk"), pad);
const mixing = new Mixing(part, generator, () => pad.latent);
let cards = [], card = null, seed = 1, ready = false, later = null, drawn = 0;

generator.failed = (error) => {
  part("message").textContent = `The generator can't answer: ${error.message}`;
  part("message").hidden = false;
};

enable(false);
begin().catch(generator.failed);

async function begin() {
  const answer = await fetch(new URL("generators.json", weightsFolder));
  if (!answer.ok) throw new Error(`${answer.url} can't be read: ${answer.status}.`);
  cards = await answer.json();
  part("generators").append(...cards.map(choice));
  part("another").addEventListener("click", () => {
    seed += 1;
    showPlane();
    pad.move(1, 0, true);
  });
  part("centre").addEventListener("click", () => pad.move(0, 0, true));
  window.addEventListener("hashchange", () => {
    if (location.hash.slice(1) !== address()) fromAddress();
  });
  await fromAddress();
}

/** One of the list from which a generator is chosen. */
function choice({ name, label, lesson }) {
  const made = document.createElement("label"), button = document.createElement("input");
  Object.assign(button, { type: "radio", name: "generator", value: name });
  button.addEventListener("change", () => choose(name, 1, 1, 0));
  const small = document.createElement("small");
  small.textContent = `lesson ${lesson.slice(0, 2)}`;
  made.append(button, label, small);
  return made;
}

async function choose(name, newSeed, x, y) {
  walk.stop();
  enable(false);
  card = cards.find((one) => one.name === name) ?? cards.find((one) => one.first) ?? cards[0];
  seed = newSeed;
  part("generators").querySelector(`input[value="${card.name}"]`).checked = true;
  showFacts(part("facts"), card);
  const wanted = card, { output } = await generator.load(new URL(card.name, weightsFolder).href, card.invert);
  if (wanted !== card) return; // the reader has chosen another meanwhile
  enable(true);
  [drawn, part("message").hidden] = [0, true];
  [part("picture").height, part("picture").width] = output;
  part("picture").setAttribute("aria-label", `${card.label}: what the generator draws at the marker`);
  showPlane();
  pad.move(x, y);
  mixing.start(pad.plane.at(1, 0), pad.plane.at(0, 1), output);
}

/** Nothing can be asked of a generator that isn't there yet. */
function enable(on) {
  ready = on;
  for (const control of document.querySelectorAll("#explorer button, .ex-mixing button, .ex-mixing input")) {
    control.disabled = !on;
  }
}

function showPlane() {
  pad.show(seed, card.shape, card.latentDim);
}

function moved(byReader) {
  if (byReader) walk.stop();
  if (!ready) return;
  const latent = pad.latent;
  generator.ask("picture", latent, 0, (pixels) => {
    part("picture").getContext("2d").putImageData(pixels, 0, 0);
    if (drawn === 0) performance.mark(`explorer: first of ${card.name}`);
    part("picture").dataset.drawn = drawn += 1; // for who measures
    showSpeed();
  });
  const signed = (value) => value.toFixed(2).replace("-", "−");
  part("where").textContent = `across ${signed(pad.x)}, up ${signed(pad.y)}, length ${relativeLength(latent).toFixed(2)} (1 = the white ring)`;
  clearTimeout(later);
  later = setTimeout(() => { // neither the history nor a screen reader wants every step of a drag
    part("spoken").textContent = `${card.label}, plane ${seed}, ${part("where").textContent}`;
    history.replaceState(null, "", `#${address()}`);
    showSpeed();
  }, 400);
}

function showSpeed() {
  const { milliseconds } = generator;
  part("speed").textContent = `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms an image here`;
}

function address() {
  const { x, y } = pad;
  return new URLSearchParams({ generator: card?.name ?? "", plane: seed, x: x.toFixed(2), y: y.toFixed(2) }).toString();
}

function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const numeric = (name, otherwise) => (Number.isFinite(parseFloat(given.get(name))) ? parseFloat(given.get(name)) : otherwise);
  return choose(given.get("generator"), Math.max(1, Math.round(numeric("plane", 1))), numeric("x", 1), numeric("y", 0));
}
