// A small line chart: axes with labels, lines in several strokes, a band, level lines.

import { powerOfTen, write, writeShort } from "../numbers.js";
import { levels } from "./contours.js";
import { prepare } from "./dom.js";

const MARGIN = { left: 46, right: 10, top: 8, bottom: 36 };
const DASHES = { solid: [], dashed: [6, 4], dotted: [1.5, 3.5] };

// The drawing context, and the rectangle between the axes.
function plotOn(canvas) {
  const { context, width, height } = prepare(canvas);
  const { left, right, top, bottom } = MARGIN;
  return { context, plot: { left, top, width: width - left - right, height: height - top - bottom } };
}

// lines: [{ points: [[x, y], …], colour, dash, width }], y null where there is none. band: { low, high, colour } of such points. marks:
// [{ y, colour }], level lines. range: [least, largest] y. log: y on a logarithmic axis.
export function drawChart(canvas, { lines, band = null, marks = [], range, xMost, xLabel, log = false, colours }) {
  const { context, plot } = plotOn(canvas);
  const [low, high] = log ? range.map(Math.log10) : range;
  const toX = (x) => plot.left + (x / xMost) * plot.width;
  const toY = (y) => plot.top + plot.height * (1 - ((log ? Math.log10(Math.max(y, 1e-30)) : y) - low) / (high - low));
  context.font = colours.font;
  drawGrid(context, plot, { toX, toY, xMost, low, high, log, xLabel, colours });
  context.save();
  context.beginPath();
  context.rect(plot.left, plot.top, plot.width, plot.height);
  context.clip();
  for (const { y, colour } of marks)
    stroke(
      context,
      [
        [0, y],
        [xMost, y],
      ],
      toX,
      toY,
      { colour, dash: "dotted", width: 1.6 },
    );
  if (band) drawBand(context, band, toX, toY);
  for (const line of lines) stroke(context, line.points, toX, toY, line);
  context.restore();
}

function stroke(context, points, toX, toY, { colour, dash = "solid", width = 1.8 }) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(DASHES[dash]);
  context.beginPath();
  for (const [x, y] of points) if (y !== null && y !== undefined) context.lineTo(toX(x), toY(y));
  context.stroke();
  context.setLineDash([]);
}

function drawBand(context, { low, high, colour }, toX, toY) {
  context.fillStyle = colour;
  context.globalAlpha = 0.25;
  context.beginPath();
  for (const [x, y] of high) context.lineTo(toX(x), toY(y));
  for (const [x, y] of low.toReversed()) context.lineTo(toX(x), toY(y));
  context.fill();
  context.globalAlpha = 1;
}

function drawGrid(context, plot, { toX, toY, xMost, low, high, log, xLabel, colours }) {
  context.strokeStyle = colours.line;
  context.fillStyle = colours.muted;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const tick of yTicks(low, high, log)) {
    const y = Math.round(toY(tick)) + 0.5;
    context.beginPath();
    context.moveTo(plot.left, y);
    context.lineTo(plot.left + plot.width, y);
    context.stroke();
    context.fillText(log ? power(tick) : writeShort(tick), plot.left - 6, y);
  }
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const tick of [0, ...levels(0, xMost * 0.97, 4).filter((t) => t > 0)]) {
    context.fillText(String(Number(tick.toPrecision(6))), toX(tick), plot.top + plot.height + 5);
  }
  context.fillText(xLabel, plot.left + plot.width / 2, plot.top + plot.height + 20);
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
}

function yTicks(low, high, log) {
  if (!log) return levels(low - 1e-9, high * 1.0001, 4);
  const step = Math.ceil((high - low) / 5);
  const ticks = [];
  for (let p = Math.ceil(low / step) * step; p <= high; p += step) ticks.push(10 ** p);
  return ticks;
}

function power(value) {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(exponent) <= 2) return String(Number(value.toPrecision(2)));
  return powerOfTen(exponent);
}

// Bars over −reach to reach.
export function drawBars(canvas, { shares, reach, colour, colours, xLabel }) {
  const { context, plot } = plotOn(canvas);
  const most = Math.max(0.1, ...shares);
  context.font = colours.font;
  const toY = (y) => plot.top + plot.height * (1 - y / most);
  drawGrid(context, plot, { toX: () => -100, toY, xMost: 1, low: 0, high: most, log: false, xLabel, colours });
  context.fillStyle = colour;
  const bar = plot.width / shares.length;
  shares.forEach((share, k) =>
    context.fillRect(plot.left + k * bar + 0.5, toY(share), bar - 1, plot.top + plot.height - toY(share)),
  );
  context.fillStyle = colours.muted;
  context.textBaseline = "top";
  for (const [place, align] of [
    [-1, "left"],
    [0, "center"],
    [1, "right"],
  ]) {
    context.textAlign = align;
    context.fillText(
      place ? write(place * reach) : "0",
      plot.left + ((place + 1) / 2) * plot.width,
      plot.top + plot.height + 5,
    );
  }
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
}
