// One training as the page sees it: a worker, and what it has reported so far.

export class Distances {
  // The thread that computes exact distances. Of each owner at most one question waits, the newest: an old picture's distance is
  // not worth the time.
  constructor() {
    this.worker = new Worker(new URL("./distance-worker.js", import.meta.url), { type: "module" });
    this.waiting = new Map();
    this.asked = null;
    this.worker.onmessage = ({ data }) => {
      const { answer } = this.asked;
      this.asked = null;
      answer(data.distances);
      this.next();
    };
  }

  ask(owner, clouds, answer) {
    this.waiting.set(owner, { clouds, answer });
    this.next();
  }

  next() {
    if (this.asked || !this.waiting.size) return;
    const [owner, question] = this.waiting.entries().next().value;
    this.waiting.delete(owner);
    this.asked = question;
    this.worker.postMessage({ clouds: question.clouds });
  }
}

const MOST_ROWS = 1200;

export class Trainer {
  // changed(): called whenever there is something new to show.
  constructor(distances, changed) {
    Object.assign(this, { distances, changed, resets: 0 });
    this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = ({ message }) =>
      this.receive({
        error: `The training's thread has failed: ${message ?? "it could not be loaded"}.`,
        resets: this.resets,
      });
    this.clear();
  }

  clear() {
    Object.assign(this, {
      rows: [],
      frame: null,
      floor: null,
      error: null,
      looking: false,
      whole: false,
      again: false,
      rest: 0,
      rate: null,
    });
  }

  // Begins anew. Without points (data to be drawn) nothing can be trained.
  reset(settings, drawn) {
    this.clear();
    this.settings = settings;
    this.ready = settings.data !== "drawn" || drawn.length > 0;
    if (!this.ready) return this.changed();
    this.resets += 1;
    this.worker.postMessage({ do: "reset", settings, drawn });
    this.look(true);
  }

  send(action, more = {}) {
    if (this.ready && !this.error) this.worker.postMessage({ do: action, ...more });
  }

  // Asks for a frame, unless one is under way. `fresh`: then for another one after it, which shows what has been sent by now.
  // While it trains only every second frame is whole, and looking takes at most half of the thread's time.
  look(fresh = false) {
    if (!this.ready || this.error) return;
    this.again ||= fresh && this.looking;
    if (this.looking || (!fresh && performance.now() < this.rest)) return;
    this.looking = true;
    this.whole = fresh || !this.whole;
    this.worker.postMessage({ do: "look", whole: this.whole });
  }

  receive({ frame, error, stopped, resets }) {
    if (resets !== this.resets) return; // of a training that has been given up
    if (stopped) return this.look(true);
    this.looking = false;
    if (error) this.error = error;
    else this.add(frame);
    if (this.again) {
      this.again = false;
      this.look(true);
    }
    this.changed();
  }

  add(frame) {
    const row = { step: frame.counts.steps, exact: null, at: performance.now(), ...frame.measures };
    const earlier = this.rows.findLast(({ at }) => row.at - at > 900) ?? this.rows[0];
    if (earlier && row.step > this.steps) this.rate = ((row.step - earlier.step) * 1000) / (row.at - earlier.at);
    this.rest = row.at + frame.took;
    const whole = frame.surface !== null;
    frame.surface ??= this.frame.surface;
    this.frame = frame;
    this.rows.push(row);
    // Long runs keep every second row of the older half.
    if (this.rows.length > MOST_ROWS) this.rows = this.rows.filter((_, i) => i > MOST_ROWS / 2 || i % 2 === 0);
    if (!whole) return;
    const clouds = [[frame.real, frame.fake]];
    if (this.floor === null) clouds.push([frame.real, frame.otherReal]);
    const { resets } = this;
    this.distances.ask(this, clouds, ([distance, floor]) => {
      if (resets !== this.resets) return;
      row.exact = distance;
      if (floor !== undefined) this.floor = floor;
      this.changed();
    });
  }

  get steps() {
    return this.rows.at(-1)?.step ?? 0;
  }

  // The newest row whose exact distance is known.
  measured() {
    return this.rows.findLast(({ exact }) => exact !== null) ?? null;
  }
}
