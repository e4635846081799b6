// The plane that the reader drags over: a map of small pictures, a ring, and the marker.

import { Plane } from "./latent.js";

const EDGE = 1.75; // the plane reaches from −EDGE to EDGE, and a tile of the map is 0.5 wide
const TILES = 7;
const STEP = 0.05, LARGE_STEP = 0.25; // of the arrow keys
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Pad {
  /**
   * @param {HTMLElement} element holds a canvas for the map and an element "marker"
   * @param {(byReader: boolean) => void} moved is called whenever the marker has moved
   */
  constructor(element, generator, moved) {
    [this.element, this.generator, this.moved] = [element, generator, moved];
    this.map = element.querySelector("canvas");
    this.marker = element.querySelector("[data-part=marker]");
    [this.x, this.y] = [1, 0];
    element.addEventListener("pointerdown", (event) => {
      element.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) this.#point(event);
    });
    element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Show another plane through the latent space, or that of another generator. */
  show(seed, [height, width], latentDim) {
    this.plane = new Plane(seed, latentDim);
    this.generator.forget("map");
    [this.map.width, this.map.height] = [TILES * width, TILES * height];
    const context = this.map.getContext("2d");
    for (let row = 0; row < TILES; row++) {
      for (let column = 0; column < TILES; column++) {
        const [x, y] = [column, TILES - 1 - row].map((i) => ((2 * i + 1) / TILES - 1) * EDGE);
        // From the middle outwards, so that the ring is there early.
        this.generator.ask(`map ${row} ${column}`, this.plane.at(x, y), 10 + Math.hypot(x, y), (pixels) =>
          context.putImageData(pixels, column * width, row * height));
      }
    }
  }

  get latent() {
    return this.plane.at(this.x, this.y);
  }

  move(x, y, byReader = false) {
    [this.x, this.y] = [x, y].map((value) => Math.round(Math.min(EDGE, Math.max(-EDGE, value)) * 1000) / 1000);
    this.marker.style.left = `${50 + (50 * this.x) / EDGE}%`;
    this.marker.style.top = `${50 - (50 * this.y) / EDGE}%`;
    this.moved(byReader);
  }

  #point(event) {
    const box = this.map.getBoundingClientRect();
    const [x, y] = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    this.move((2 * x - 1) * EDGE, (1 - 2 * y) * EDGE, true);
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const size = event.shiftKey ? LARGE_STEP : STEP, direction = KEYS[event.key];
    if (direction) this.move(this.x + size * direction[0], this.y + size * direction[1], true);
    else if (event.key === "Home") this.move(0, 0, true);
    else if (event.key === "End") this.move(1, 0, true);
    else return;
    event.preventDefault();
    event.stopPropagation(); // to Sphinx the arrows mean the next page and the one before
  }
}
