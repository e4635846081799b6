// Two kept latent vectors, and the row of pictures from one to the other.

import { mix, relativeLength } from "./latent.js";

const ROW = 9;

export class Mixing {
  /** @param {(name: string) => HTMLElement} part the page's elements by their data-part */
  constructor(part, generator, current) {
    Object.assign(this, { part, generator });
    for (const side of ["a", "b"]) {
      part(`keep-${side}`).addEventListener("click", () => {
        this[side] = current();
        this.draw();
      });
    }
    part("share").addEventListener("input", () => this.#drawMixed());
    for (const choice of part("path").querySelectorAll("input")) choice.addEventListener("change", () => this.draw());
  }

  /** Begin with two vectors, of a generator that makes images of this size. */
  start(a, b, [height, width]) {
    Object.assign(this, { a, b, height, width });
    for (const name of ["a", "b", "mixed"]) resize(this.part(name), width, height);
    resize(this.part("row"), ROW * width, height);
    this.draw();
  }

  draw() {
    this.#ask("a", this.a, 2);
    this.#ask("b", this.b, 2);
    this.#drawMixed();
    const context = this.part("row").getContext("2d");
    for (let i = 0; i < ROW; i++) {
      this.generator.ask(`mix ${i}`, this.#at(i / (ROW - 1)), 3, (pixels) =>
        context.putImageData(pixels, i * this.width, 0));
    }
  }

  #drawMixed() {
    const share = Number(this.part("share").value), latent = this.#at(share / 100);
    const length = relativeLength(latent).toFixed(2);
    this.part("share").setAttribute("aria-valuetext", `${share} % of B`);
    this.part("mixed-text").textContent = `${100 - share} % A, ${share} % B, length ${length}`;
    this.#ask("mixed", latent, 1);
  }

  #ask(name, latent, urgency) {
    const context = this.part(name).getContext("2d");
    this.generator.ask(`mix ${name}`, latent, urgency, (pixels) => context.putImageData(pixels, 0, 0));
  }

  #at(t) {
    return mix(this.a, this.b, t, this.part("path").querySelector("input:checked").value === "round");
  }
}

function resize(canvas, width, height) {
  [canvas.width, canvas.height] = [width, height];
}
