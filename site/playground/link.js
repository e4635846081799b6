// How all that is set goes into a link, and comes back.

import { DATA_SETS } from "./engine/points.js";
import { DEFAULTS, FIELDS, initialState, LAYERS, MOST, parse, quoted, SHOWN, SPEEDS } from "./settings.js";

const MOST_DRAWN = 200;
const MOST_COMPLAINTS = 3;

// A link's part after "#". A value that all trainings share stands once, else one for each, separated by "~".
export function toHash({ trainings, drawn, speed, show }) {
  const parts = [`trainings=${trainings.length}`];
  for (const key of Object.keys(FIELDS)) {
    const all = trainings.map((settings) => settings[key]);
    const same = all.every((value) => value === all[0]);
    if (!same || all[0] !== DEFAULTS[key]) parts.push(`${key}=${same ? all[0] : all.join("~")}`);
  }
  if (drawn.length && trainings.some(({ data }) => data === "drawn")) parts.push(`points=${packPoints(drawn)}`);
  if (speed) parts.push(`speed=${speed}`);
  if (show.join() !== SHOWN.join()) parts.push(`show=${show.join("~") || "none"}`);
  return parts.join("&");
}

// The state that a link asks for, and a sentence for each of the first parts of it that cannot be: { state, complaints }.
export function fromHash(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const state = initialState();
  const complaints = [];
  const attempt = (action) => {
    try {
      action();
    } catch (error) {
      complaints.push(error.message);
    }
  };
  const count = Number(given.get("trainings") ?? 1);
  if (Number.isInteger(count) && count >= 1 && count <= MOST)
    state.trainings = Array.from({ length: count }, () => ({ ...DEFAULTS }));
  else complaints.push(`trainings: ${quoted(given.get("trainings"))} is not a number from 1 to ${MOST}`);
  for (const [key, text] of given) {
    if (key === "trainings") continue;
    else if (Object.hasOwn(FIELDS, key)) {
      const texts = text.split("~");
      state.trainings.forEach((settings, i) =>
        attempt(() => {
          settings[key] = parse(key, texts[Math.min(i, texts.length - 1)]);
        }),
      );
    } else if (key === "points")
      attempt(() => {
        state.drawn = unpackPoints(text);
      });
    else if (key === "speed" && Object.hasOwn(SPEEDS, text)) state.speed = Number(text);
    else if (key === "show") state.show = LAYERS.filter((layer) => text.split("~").includes(layer));
    else complaints.push(`${quoted(`${key}=${text}`)} means nothing here`);
  }
  if (!state.drawn.length)
    for (const settings of state.trainings)
      if (settings.data === "drawn") {
        settings.data = DEFAULTS.data;
        complaints.push("data: the link says drawn points and has none");
      }
  return { state, complaints: complaints.slice(0, MOST_COMPLAINTS) };
}

// Drawn points in a link: each number as two digits of base 36, of 1,296 places over the picture.
const PLACES = 36 ** 2;
const { reach } = DATA_SETS.drawn;

export function packPoints(points) {
  const place = (x) => Math.min(PLACES - 1, Math.max(0, Math.round(((x / reach + 1) / 2) * (PLACES - 1))));
  return points
    .slice(0, MOST_DRAWN)
    .flat()
    .map((x) => place(x).toString(36).padStart(2, "0"))
    .join("");
}

export function unpackPoints(text) {
  if (!/^([0-9a-z]{4})+$/.test(text) || text.length > 4 * MOST_DRAWN)
    throw new Error(`points: not 1 to ${MOST_DRAWN} points of four digits each`);
  const value = (at) => reach * ((2 * parseInt(text.slice(at, at + 2), 36)) / (PLACES - 1) - 1);
  return Array.from({ length: text.length / 4 }, (_, i) => [value(4 * i), value(4 * i + 2)]);
}

// Thins drawn points to as many as a link can hold, evenly, and puts them where a link would: a link gives the same run.
export function settle(points) {
  const kept = Math.min(points.length, MOST_DRAWN);
  if (!kept) return [];
  return unpackPoints(
    packPoints(Array.from({ length: kept }, (_, i) => points[Math.floor((i * points.length) / kept)])),
  );
}
