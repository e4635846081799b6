// The marker's walk around the middle, until the reader stops it or takes the marker.

const TURN = 30; // seconds
const STEPS = 30; // a turn, where the reader's system asks for less motion

export class Walk {
  constructor(button, pad) {
    [this.button, this.pad, this.timer] = [button, pad, null];
    this.calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    button.addEventListener("click", () => (this.walking ? this.stop() : this.start()));
  }

  get walking() {
    return this.button.getAttribute("aria-pressed") === "true";
  }

  start() {
    this.#show(true);
    const { x, y } = this.pad;
    this.radius = Math.hypot(x, y) > 0.1 ? Math.hypot(x, y) : 1; // in the middle there is nothing to go around
    this.angle = Math.atan2(y, x);
    this.before = performance.now();
    this.timer = this.calm.matches
      ? setInterval(() => this.#go((2 * Math.PI) / STEPS), (1000 * TURN) / STEPS)
      : requestAnimationFrame((now) => this.#frame(now));
  }

  stop() {
    if (!this.walking) return;
    this.#show(false);
    clearInterval(this.timer);
    cancelAnimationFrame(this.timer);
  }

  #frame(now) {
    this.timer = requestAnimationFrame((next) => this.#frame(next));
    this.#go((2 * Math.PI * Math.max(0, now - this.before)) / (1000 * TURN));
    this.before = now;
  }

  #go(angle) {
    this.angle += angle;
    this.pad.move(this.radius * Math.cos(this.angle), this.radius * Math.sin(this.angle));
  }

  #show(walking) {
    this.button.setAttribute("aria-pressed", String(walking));
    this.button.textContent = walking ? "Stop" : "Walk";
  }
}
