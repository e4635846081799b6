// Drawing data into the plane: with a finger, a pen, the mouse, or the arrow keys and Enter.

import { DATA_SETS } from "../engine/points.js";
import { scale } from "./plane.js";

const APART = 0.07; // points of a stroke are at least so far apart
const { reach } = DATA_SETS.drawn;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Pen {
  // active(): whether drawing is on. put(points, finished): adds points to the drawing; finished: a stroke has ended.
  constructor(canvas, active, put) {
    Object.assign(this, { canvas, active, put, last: null, cursor: null });
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => this.up());
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => {
      this.cursor = null;
    });
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = scale(this.canvas.clientWidth, this.canvas.clientHeight, reach).back(
      event.clientX - box.left,
      event.clientY - box.top,
    );
    return [x, y].every((value) => Math.abs(value) < reach) ? [x, y] : null;
  }

  down(event) {
    const place = this.active() && this.place(event);
    if (!place) return;
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.last = place;
    this.put([place], false);
  }

  move(event) {
    if (!this.last) return;
    const fresh = [];
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      const place = this.place(part);
      if (!place || Math.hypot(place[0] - this.last[0], place[1] - this.last[1]) < APART) continue;
      fresh.push(place);
      this.last = place;
    }
    if (fresh.length) this.put(fresh, false);
  }

  up() {
    if (this.last) this.put([], true);
    this.last = null;
  }

  key(event) {
    if (!this.active()) return;
    if (KEYS[event.key]) {
      const step = event.shiftKey ? 0.5 : 0.1;
      this.cursor = (this.cursor ?? [0, 0]).map((value, d) =>
        Math.max(-2.9, Math.min(2.9, value + step * KEYS[event.key][d])),
      );
      this.put([], false);
    } else if (event.key === "Enter") this.put([(this.cursor ??= [0, 0]).slice()], true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // Shows where Enter would put a point.
  mark(colours) {
    if (!this.cursor || !this.active()) return;
    const [x, y] = scale(this.canvas.clientWidth, this.canvas.clientHeight, reach).at(...this.cursor);
    const context = this.canvas.getContext("2d");
    context.strokeStyle = colours.text;
    context.lineWidth = 1.5;
    context.beginPath();
    for (const [dx, dy] of [
      [8, 0],
      [0, 8],
    ]) {
      context.moveTo(x - dx, y - dy);
      context.lineTo(x + dx, y + dy);
    }
    context.stroke();
  }
}
