// The two operations that all layers are made of. Matrices are flat Float64Arrays, row after row.

// C (n × m) = A (n × k) · Bᵀ with B (m × k). Two rows and four columns at a time: a number that is loaded is used
// several times, which makes it twice as fast as the plain three loops.
export function multiply(A, n, B, m, k, C) {
  const pairs = n - (n % 2);
  const fours = m - (m % 4);
  for (let i = 0; i < pairs; i += 2) {
    const a = i * k;
    for (let j = 0; j < fours; j += 4) block(A, a, a + k, B, j * k, k, C, i * m + j, m);
    for (let j = fours; j < m; j++) {
      C[i * m + j] = dot(A, a, B, j * k, k);
      C[(i + 1) * m + j] = dot(A, a + k, B, j * k, k);
    }
  }
  if (pairs < n) for (let j = 0; j < m; j++) C[pairs * m + j] = dot(A, pairs * k, B, j * k, k);
  return C;
}

function block(A, a0, a1, B, b0, k, C, c, m) {
  const b1 = b0 + k, b2 = b1 + k, b3 = b2 + k;
  let s0 = 0, s1 = 0, s2 = 0, s3 = 0, t0 = 0, t1 = 0, t2 = 0, t3 = 0;
  for (let p = 0; p < k; p++) {
    const x = A[a0 + p], y = A[a1 + p];
    const w0 = B[b0 + p], w1 = B[b1 + p], w2 = B[b2 + p], w3 = B[b3 + p];
    s0 += x * w0; s1 += x * w1; s2 += x * w2; s3 += x * w3;
    t0 += y * w0; t1 += y * w1; t2 += y * w2; t3 += y * w3;
  }
  C[c] = s0; C[c + 1] = s1; C[c + 2] = s2; C[c + 3] = s3;
  C[c + m] = t0; C[c + m + 1] = t1; C[c + m + 2] = t2; C[c + m + 3] = t3;
}

function dot(A, a, B, b, k) {
  let sum = 0;
  for (let p = 0; p < k; p++) sum += A[a + p] * B[b + p];
  return sum;
}

// T (columns × rows) from A (rows × columns).
export function transpose(A, rows, columns, T) {
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) T[j * rows + i] = A[i * columns + j];
  return T;
}
