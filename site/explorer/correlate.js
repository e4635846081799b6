// Dense layers, convolutions, transposed convolutions, and convolutions of an enlarged picture: all four are the same
// sum, each output number of a few neighbouring input rows and columns times a kernel. They differ in which kernel row
// meets which input row, and that is what `phases` works out, for rows and for columns apart.

const BLOCK = 4; // channels computed at once: their sums and the kernel's numbers stay in the processor's registers

/**
 * How one axis of the output is made: every `every`-th output row from `start` on is the sum, over `rows`, of the input
 * rows y·step + first, y·step + first + 1, … times the kernel rows named there (added up where there are several).
 *
 * @param {string} kind "convolution" or "transposed_convolution"
 * @param {number} kernel the kernel's rows
 * @param {number} stride
 * @param {number} before the padding above
 * @param {number} size for a convolution with stride 1: how often each of its input's rows is repeated before
 */
export function phases(kind, kernel, stride, before, size = 1) {
  if (kind === "convolution" && size === 1) {
    return [{ start: 0, every: 1, step: stride, first: -before, rows: range(0, kernel).map((i) => [i]) }];
  }
  const every = kind === "convolution" ? size : stride;
  return range(0, every).map((start) => {
    // Input row y + d, for each kernel row i, that output row y·every + start needs.
    const met = kind === "convolution"
      ? range(0, kernel).map((i) => ({ i, d: Math.floor((start + i - before) / every) }))
      : range(0, kernel).filter((i) => (start + before - i) % every === 0)
        .map((i) => ({ i, d: (start + before - i) / every }));
    const first = Math.min(...met.map(({ d }) => d)), last = Math.max(...met.map(({ d }) => d));
    const rows = met.length ? range(first, last + 1).map((d) => met.filter((m) => m.d === d).map((m) => m.i)) : [];
    return { start, every, step: 1, first: met.length ? first : 0, rows };
  });
}

/**
 * Prepare a layer.
 *
 * @param {number[]} input height, width, channels
 * @param {number[]} output height, width, channels
 * @param {object[][]} axes what `phases` says of rows and of columns
 * @param {(i: number, j: number, c: number, o: number) => number} weight kernel row, column, input and output channel
 * @param {Float32Array} shift what each output channel begins with
 * @returns {(x: Float32Array) => Float32Array} from an input to an output, channels last; it owns the output
 */
export function prepare(input, output, axes, weight, shift) {
  const [height, width, channels] = input;
  const [top, bottom] = margins(height, output[0], axes[0]), [left, right] = margins(width, output[1], axes[1]);
  const wide = width + left + right;
  const beyond = channels * Math.max(...axes[1].map(({ step }) => step)); // the last pair may be half a pair
  const padded = new Float32Array((height + top + bottom) * wide * channels + beyond);
  const start = new Float32Array(Math.ceil(output[2] / BLOCK) * BLOCK);
  start.set(shift);
  const parts = axes[0].flatMap((rows) => axes[1].map((columns) => ({
    rows, columns, kernel: pack(rows.rows, columns.rows, channels, output[2], weight),
    origin: ((rows.first + top) * wide + columns.first + left) * channels,
  })));
  const out = new Float32Array(output[0] * output[1] * output[2]);
  return (x) => {
    for (let y = 0; y < height; y++) {
      const row = x.subarray(y * width * channels, (y + 1) * width * channels);
      padded.set(row, ((y + top) * wide + left) * channels);
    }
    for (const part of parts) correlate(padded, wide, channels, part, start, out, output);
    return out;
  };
}

/** Rows of zeros that the input needs before and after it. */
function margins(size, made, axis) {
  const used = axis.filter(({ rows }) => rows.length);
  const ends = used.map(({ start, every, step, first, rows }) =>
    (Math.ceil((made - start) / every) - 1) * step + first + rows.length - size);
  return [Math.max(0, ...used.map(({ first }) => -first)), Math.max(0, ...ends)];
}

/** The kernel in the order in which `correlate` reads it: block of output channels, row, column, input channel. */
function pack(rows, columns, channels, filters, weight) {
  const packed = new Float32Array(Math.ceil(filters / BLOCK) * rows.length * columns.length * channels * BLOCK);
  let place = 0;
  for (let block = 0; block < filters; block += BLOCK) {
    for (const some of rows) for (const others of columns) for (let c = 0; c < channels; c++) {
      for (let o = block; o < block + BLOCK; o++, place++) {
        if (o < filters) for (const i of some) for (const j of others) packed[place] += weight(i, j, c, o);
      }
    }
  }
  return packed;
}

/** The sum itself: four channels of two neighbouring pixels at a time. Nearly all of the time is spent here. */
function correlate(x, wide, channels, { rows, columns, kernel, origin }, start, out, [height, width, filters]) {
  const run = columns.rows.length * channels, lines = rows.rows.length, aside = columns.step * channels;
  for (let block = 0; block < filters; block += BLOCK) {
    const own = (block / BLOCK) * lines * run * BLOCK, many = Math.min(BLOCK, filters - block);
    const s0 = start[block], s1 = start[block + 1], s2 = start[block + 2], s3 = start[block + 3];
    for (let Y = 0, y = rows.start; y < height; Y++, y += rows.every) {
      for (let X = 0, column = columns.start; column < width; X += 2, column += 2 * columns.every) {
        let a0 = s0, a1 = s1, a2 = s2, a3 = s3, b0 = s0, b1 = s1, b2 = s2, b3 = s3, k = own;
        let line = origin + Y * rows.step * wide * channels + X * aside;
        for (let i = 0; i < lines; i++, line += wide * channels) {
          for (let p = line, end = line + run; p < end; p++, k += BLOCK) {
            const a = x[p], b = x[p + aside];
            const k0 = kernel[k], k1 = kernel[k + 1], k2 = kernel[k + 2], k3 = kernel[k + 3];
            a0 += a * k0; a1 += a * k1; a2 += a * k2; a3 += a * k3;
            b0 += b * k0; b1 += b * k1; b2 += b * k2; b3 += b * k3;
          }
        }
        const at = (y * width + column) * filters + block;
        write(out, at, many, a0, a1, a2, a3);
        if (column + columns.every < width) write(out, at + columns.every * filters, many, b0, b1, b2, b3);
      }
    }
  }
}

function write(out, at, many, v0, v1, v2, v3) {
  out[at] = v0;
  if (many > 1) out[at + 1] = v1;
  if (many > 2) out[at + 2] = v2;
  if (many > 3) out[at + 3] = v3;
}

function range(from, to) {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
