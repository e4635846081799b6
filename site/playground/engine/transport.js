// The exact earth mover's distance between two clouds of equally many points: the best of all one-to-one assignments.

// Which column each row gets in the cheapest assignment; cost: (n × n), row after row.
//
// Shortest augmenting paths with prices (Jonker and Volgenant 1987; the form of Crouse 2016): row after row is given a column, along
// the path through earlier rows that costs least. Time grows as n³ at most.
export function assign(cost, n) {
  const rowPrice = new Float64Array(n);
  const columnPrice = new Float64Array(n);
  const columnOf = new Int32Array(n).fill(-1);
  const rowOf = new Int32Array(n).fill(-1);
  for (let first = 0; first < n; first++) {
    const search = shortestPath(cost, n, first, rowPrice, columnPrice, rowOf);
    const { end, length, shortest, doneRows, doneColumns, from } = search;
    rowPrice[first] += length;
    for (const i of doneRows) if (i !== first) rowPrice[i] += length - shortest[columnOf[i]];
    for (const j of doneColumns) columnPrice[j] -= length - shortest[j];
    for (let j = end; ;) {
      const i = from[j];
      rowOf[j] = i;
      const next = columnOf[i];
      columnOf[i] = j;
      if (i === first) break;
      j = next;
    }
  }
  return columnOf;
}

// Dijkstra's search, in costs less prices, from a row without a column to the nearest column without a row.
function shortestPath(cost, n, first, rowPrice, columnPrice, rowOf) {
  const shortest = new Float64Array(n).fill(Infinity);
  const from = new Int32Array(n).fill(-1);
  const open = Int32Array.from({ length: n }, (_, j) => j);
  const doneRows = [];
  const doneColumns = [];
  let left = n;
  let length = 0;
  let row = first;
  for (;;) {
    doneRows.push(row);
    let best = -1;
    for (let k = 0; k < left; k++) {
      const j = open[k];
      const through = length + cost[row * n + j] - rowPrice[row] - columnPrice[j];
      if (through < shortest[j]) {
        shortest[j] = through;
        from[j] = row;
      }
      if (best < 0 || shortest[j] < shortest[open[best]] || (shortest[j] === shortest[open[best]] && rowOf[j] < 0))
        best = k;
    }
    const column = open[best];
    length = shortest[column];
    doneColumns.push(column);
    open[best] = open[--left];
    if (rowOf[column] < 0) return { end: column, length, shortest, doneRows, doneColumns, from };
    row = rowOf[column];
  }
}

// The mean length of the best ways between two clouds, (n × 2) each: the Wasserstein-1 distance.
export function earthMoversDistance(a, b) {
  const n = a.length / 2;
  if (a.length !== b.length || n < 1)
    throw new Error(`The clouds must have equally many points, not ${n} and ${b.length / 2}.`);
  const cost = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const x = a[2 * i] - b[2 * j],
        y = a[2 * i + 1] - b[2 * j + 1];
      cost[i * n + j] = Math.sqrt(x * x + y * y);
    }
  if (!cost.every(Number.isFinite)) return NaN;
  return assign(cost, n).reduce((sum, j, i) => sum + cost[i * n + j], 0) / n;
}
