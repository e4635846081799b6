// Random numbers that a seed decides: the same on every machine, and one stream for each purpose, so that
// looking at a training (which draws numbers too) does not change it.

// Names of the streams; a name's place in the list is part of what a seed means.
const STREAMS = ["generator weights", "critic weights", "data", "latent", "interpolation", "looking"];

export class Random {
  // Small fast counter (sfc32, from PractRand): 128 bits of state, passes its tests.
  constructor(seed, stream) {
    const number = STREAMS.indexOf(stream);
    if (number < 0)
      throw new Error(`No stream of random numbers is called "${stream}"; there are ${STREAMS.join(", ")}.`);
    this.state = new Uint32Array([seed >>> 0, Math.floor(seed / 2 ** 32), number, 1]);
    this.spare = null;
    for (let i = 0; i < 16; i++) this.bits();
  }

  bits() {
    const s = this.state;
    const result = (s[0] + s[1] + s[3]) >>> 0;
    s[3] += 1;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = s[2] + (s[2] << 3);
    s[2] = ((s[2] << 21) | (s[2] >>> 11)) + result;
    return result;
  }

  // From [0, 1).
  uniform() {
    return this.bits() / 2 ** 32;
  }

  below(count) {
    return Math.floor(this.uniform() * count);
  }

  // Standard normal, by Marsaglia's polar method: two numbers at a time.
  normal() {
    if (this.spare !== null) {
      const kept = this.spare;
      this.spare = null;
      return kept;
    }
    let x, y, square;
    do {
      x = 2 * this.uniform() - 1;
      y = 2 * this.uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    this.spare = y * factor;
    return x * factor;
  }

  normals(values) {
    for (let i = 0; i < values.length; i++) values[i] = this.normal();
    return values;
  }
}
