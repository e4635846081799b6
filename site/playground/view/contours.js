// Lines of equal height of a table of numbers, by marching squares.

// For each side of a cell that a line crosses: [from corner, to corner], corners counted round: 00, 10, 11, 01.
const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];

// values: (side × side), row after row. Returns pieces [x0, y0, x1, y1] in units of cells.
export function contour(values, side, level) {
  const pieces = [];
  for (let row = 0; row + 1 < side; row++)
    for (let column = 0; column + 1 < side; column++) {
      const at = row * side + column;
      const above = values[at] > level;
      if (
        values[at + 1] > level === above &&
        values[at + side] > level === above &&
        values[at + side + 1] > level === above
      )
        continue;
      const heights = CORNERS.map(([x, y]) => values[at + y * side + x] - level);
      const crossings = [];
      for (let k = 0; k < 4; k++) {
        const [a, b] = [heights[k], heights[(k + 1) % 4]];
        if (a > 0 === b > 0) continue;
        const share = a / (a - b);
        const [[x0, y0], [x1, y1]] = [CORNERS[k], CORNERS[(k + 1) % 4]];
        crossings.push([column + x0 + share * (x1 - x0), row + y0 + share * (y1 - y0)]);
      }
      // Two crossings make one piece. Four (a saddle) make two; either way to join them is right to within a cell.
      for (let k = 0; k + 1 < crossings.length; k += 2) pieces.push([...crossings[k], ...crossings[k + 1]]);
    }
  return pieces;
}

// About `count` round levels between the least and the largest value.
export function levels(low, high, count = 9) {
  if (!(high > low)) return [];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((digit) => digit * power >= rough);
  const found = [];
  for (let k = Math.ceil(low / step); k * step < high; k++) found.push(k * step);
  return found;
}
