// Latent vectors: drawn from a seed, laid out in a plane, mixed.

/** Numbers from the standard normal distribution, the same ones for a seed everywhere (mulberry32, Box and Muller). */
export function normals(seed, length) {
  let state = (seed * 0x9e3779b9) >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return Float32Array.from({ length }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

/** The length in units of √n, which is about what n standard normal numbers have: those the generator was trained on. */
export function relativeLength(latent) {
  return Math.sqrt(dot(latent, latent) / latent.length);
}

/** A plane through zero: two random directions at right angles. At distance 1 vectors are as long as in training. */
export class Plane {
  constructor(seed, length) {
    this.across = unit(normals(2 * seed, length));
    const second = normals(2 * seed + 1, length), share = dot(second, this.across) / length;
    this.up = unit(second.map((value, i) => value - share * this.across[i]));
  }

  at(x, y) {
    return this.across.map((value, i) => x * value + y * this.up[i]);
  }
}

/**
 * The vector that is the share t of the way from one to another.
 *
 * @param {boolean} round along the arc between them (Shoemake 1985; White 1609.04468), where lengths stay what they
 *   were; else straight, and shorter in the middle
 */
export function mix(from, to, t, round) {
  const lengths = Math.sqrt(dot(from, from) * dot(to, to));
  const angle = Math.acos(Math.min(1, Math.max(-1, dot(from, to) / (lengths || 1))));
  const [a, b] = round && Math.sin(angle) > 1e-4
    ? [Math.sin((1 - t) * angle) / Math.sin(angle), Math.sin(t * angle) / Math.sin(angle)]
    : [1 - t, t];
  return from.map((value, i) => a * value + b * to[i]);
}

function unit(vector) {
  const length = relativeLength(vector);
  return vector.map((value) => value / length);
}

function dot(a, b) {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
