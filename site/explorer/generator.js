// The page's side of the worker: one image is in the making at a time, and what nobody waits for any more is not begun.

export class Generator {
  constructor() {
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.#answered(data);
    this.worker.onerror = (event) => this.failed(new Error(event.message || "The worker could not be started."));
    this.waiting = new Map();
    this.busy = null;
    this.lastId = 0;
    this.times = []; // of the last images, in milliseconds
    this.failed = (error) => { throw error; }; // the page puts something friendlier in its place
  }

  /** Load the generator whose files are url.json and url.bin; resolves to the shapes of its input and output. */
  load(url, invert) {
    this.forget("");
    this.times = [];
    return new Promise((resolve) => {
      this.waiting.set("load", { urgency: -1, message: { load: url, invert }, done: resolve });
      queueMicrotask(() => this.#next());
    });
  }

  /**
   * Ask for an image; `done(imageData)` gets it.
   *
   * @param {string} key what it is for; a newer wish for the same takes the place of one that has not begun
   * @param {number} urgency the lower, the sooner
   */
  ask(key, latent, urgency, done) {
    this.waiting.delete(key);
    this.waiting.set(key, { urgency, message: { latent }, done });
    queueMicrotask(() => this.#next()); // when all wishes of this moment are known
  }

  /** Drop the wishes whose key begins so. */
  forget(beginning) {
    for (const key of this.waiting.keys()) if (key.startsWith(beginning)) this.waiting.delete(key);
    if (this.busy?.message.latent && this.busy.key.startsWith(beginning)) this.busy.done = () => {};
  }

  #next() {
    if (this.busy || !this.waiting.size) return;
    const [key, job] = [...this.waiting].reduce((a, b) => (b[1].urgency < a[1].urgency ? b : a));
    this.waiting.delete(key);
    this.busy = { key, ...job, id: ++this.lastId };
    this.worker.postMessage({ id: this.busy.id, ...job.message });
  }

  #answered({ error, pixels, milliseconds, ...shapes }) {
    const { done } = this.busy;
    this.busy = null;
    if (error) this.failed(new Error(error));
    else if (pixels) this.times = [...this.times.slice(-20), milliseconds];
    if (!error) done(pixels ?? shapes);
    this.#next();
  }

  /** How long an image takes: the median of the last, for the first ones are slow until the browser has compiled the code. */
  get milliseconds() {
    return [...this.times].sort((a, b) => a - b)[Math.floor(this.times.length / 2)];
  }
}
