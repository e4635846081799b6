// The plane: the critic as colour and contours, the points of both clouds, where the generated ones are told to go, and what the
// generator does to latent space.

import { MESH_SHAPE, SURFACE } from "../engine/look.js";
import { contour, levels } from "./contours.js";
import { prepare } from "./dom.js";

const MARGIN = { left: 30, right: 8, top: 8, bottom: 24 };
const BARE = { left: 1, right: 1, top: 1, bottom: 1 };
const NARROW = 250; // pixels: below, a plane has no axes
const ARROWS = 48; // as many points get one
const ARROW_LENGTH = 0.14; // of a slope of 1, as a share of the reach
const LONGEST = 3; // slopes above are drawn as this one

// Where a point of the plane is on the canvas, and back.
export function scale(width, height, reach) {
  const { left, right, top, bottom } = width < NARROW ? BARE : MARGIN;
  const side = Math.min(width - left - right, height - top - bottom);
  const unit = side / (2 * reach);
  const [x0, y0] = [left + side / 2, top + side / 2];
  return {
    side,
    unit,
    left,
    top,
    at: (x, y) => [x0 + x * unit, y0 - y * unit], // y points up
    back: (px, py) => [(px - x0) / unit, (y0 - py) / unit],
  };
}

export function drawPlane(canvas, { frame, drawn, reach, show, colours }) {
  const { context, width, height } = prepare(canvas);
  const view = scale(width, height, reach);
  context.font = colours.font;
  context.save();
  context.beginPath();
  context.rect(view.left, view.top, view.side, view.side);
  context.clip();
  if (frame) {
    if (show.includes("surface")) drawSurface(context, view, frame.surface, colours);
    if (show.includes("mesh")) drawMesh(context, view, frame.mesh, colours);
    drawPoints(context, view, frame.real, colours.real, colours.background, false);
    drawPoints(context, view, frame.fake, colours.fake, colours.background, true);
    if (show.includes("trail")) drawTrail(context, view, frame.trail, colours);
    if (show.includes("arrows")) drawArrows(context, view, frame, reach, colours);
  } else if (drawn) drawPoints(context, view, drawn.flat(), colours.real, colours.background, false);
  context.restore();
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.strokeRect(view.left + 0.5, view.top + 0.5, view.side - 1, view.side - 1);
  if (width >= NARROW) drawAxes(context, view, reach, colours);
}

// The picture of a surface and its contours, in units of its cells; made once for each surface.
const made = new WeakMap();
function pictureOf(surface, colour) {
  if (made.get(surface)?.colour === colour) return made.get(surface);
  const [low, high] = range(surface);
  const picture = new OffscreenCanvas(SURFACE, SURFACE);
  const pixels = new ImageData(SURFACE, SURFACE);
  const [r, g, b] = components(colour);
  for (let row = 0; row < SURFACE; row++)
    for (let column = 0; column < SURFACE; column++) {
      const value = surface[(SURFACE - 1 - row) * SURFACE + column]; // the picture's first row is the top
      const strength = high > low ? (value - low) / (high - low) : 0;
      pixels.data.set([r, g, b, 190 * strength], 4 * (row * SURFACE + column));
    }
  picture.getContext("2d").putImageData(pixels, 0, 0);
  const contours = new Path2D();
  for (const level of levels(low, high))
    for (const [x0, y0, x1, y1] of contour(surface, SURFACE, level)) {
      contours.moveTo(x0, y0);
      contours.lineTo(x1, y1);
    }
  made.set(surface, { colour, picture, contours });
  return made.get(surface);
}

function drawSurface(context, view, surface, colours) {
  const { picture, contours } = pictureOf(surface, colours.score);
  // The outer pixels' middles lie on the frame.
  const pixel = view.side / (SURFACE - 1);
  context.drawImage(picture, view.left - pixel / 2, view.top - pixel / 2, view.side + pixel, view.side + pixel);
  context.strokeStyle = colours.muted;
  context.save();
  context.globalAlpha = 0.55;
  context.translate(view.left, view.top + view.side);
  context.scale(pixel, -pixel);
  context.lineWidth = 0.8 / pixel;
  context.stroke(contours);
  context.restore();
}

function drawMesh(context, view, mesh, colours) {
  context.strokeStyle = colours.fake;
  context.globalAlpha = 0.5;
  context.lineWidth = 0.8;
  context.beginPath();
  for (let line = 0; line < MESH_SHAPE.lines; line++)
    for (let k = 0; k < MESH_SHAPE.points; k++) {
      const row = 2 * (line * MESH_SHAPE.points + k);
      const place = view.at(mesh[row], mesh[row + 1]);
      if (k) context.lineTo(...place);
      else context.moveTo(...place);
    }
  context.stroke();
  context.globalAlpha = 1;
}

// Real points are round, generated ones square: they can be told apart without their colour.
function drawPoints(context, view, points, colour, edge, square) {
  const size = Math.max(1.4, Math.min(3, view.side / 150));
  context.lineWidth = 1.4;
  context.strokeStyle = edge;
  context.fillStyle = colour;
  context.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = view.at(points[i], points[i + 1]);
    context.moveTo(x + size + 1, y);
    if (square) context.rect(x - size, y - size, 2 * size, 2 * size);
    else context.arc(x, y, size + 1, 0, 2 * Math.PI);
  }
  context.stroke(); // all edges below all points: one picture of many is quick
  context.fill();
}

function drawArrows(context, view, { fake, arrows }, reach, colours) {
  for (const [colour, thickness] of [
    [colours.background, 3.4],
    [colours.text, 1.5],
  ]) {
    // a pale edge keeps them readable
    context.strokeStyle = colour;
    context.lineWidth = thickness;
    context.beginPath();
    for (let i = 0; i < 2 * ARROWS; i += 2) {
      const slope = Math.hypot(arrows[i], arrows[i + 1]);
      const factor = ARROW_LENGTH * reach * Math.min(1, LONGEST / slope) || 0;
      const [x0, y0] = view.at(fake[i], fake[i + 1]);
      const [x1, y1] = view.at(fake[i] + factor * arrows[i], fake[i + 1] + factor * arrows[i + 1]);
      arrow(context, x0, y0, x1, y1);
    }
    const [x, y, length] = [view.left + 12, view.top + 16, ARROW_LENGTH * reach * view.unit]; // the scale
    arrow(context, x, y, x + length, y);
    context.stroke();
  }
  const [x, y] = [view.left + 18 + ARROW_LENGTH * reach * view.unit, view.top + 20];
  context.lineWidth = 3;
  context.strokeStyle = colours.background;
  context.strokeText("slope 1", x, y);
  context.fillStyle = colours.text;
  context.fillText("slope 1", x, y);
}

function arrow(context, x0, y0, x1, y1) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 1) return;
  const head = Math.min(5, length / 2) / length;
  const [dx, dy] = [(x1 - x0) * head, (y1 - y0) * head];
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.moveTo(x1 - dx - 0.6 * dy, y1 - dy + 0.6 * dx);
  context.lineTo(x1, y1);
  context.lineTo(x1 - dx + 0.6 * dy, y1 - dy - 0.6 * dx);
}

// Where the middle of the generator's last batches was.
function drawTrail(context, view, trail, colours) {
  context.strokeStyle = colours.text;
  context.globalAlpha = 0.6;
  context.lineWidth = 1.2;
  context.beginPath();
  for (const [x, y] of trail) context.lineTo(...view.at(x, y));
  context.stroke();
  context.globalAlpha = 1;
}

function drawAxes(context, view, reach, colours) {
  context.fillStyle = colours.muted;
  for (let tick = -Math.floor(reach); tick <= reach; tick++) {
    const label = String(tick).replace("-", "−");
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillText(tick ? label : "0", view.at(tick, 0)[0], view.top + view.side + 6);
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(label, view.left - 6, view.at(0, tick)[1]);
  }
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
}

export function range(values) {
  let low = Infinity,
    high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

// "#009E73" as three numbers.
const components = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
