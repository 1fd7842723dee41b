// Rows of weights, row-major. Pure.

/** Divides each row by its sum, in place; a row of zeros stays. Gives `matrix` back. */
export function normalizeRows(matrix: Float32Array, columnCount: number): Float32Array {
  if (columnCount === 0) return matrix;
  for (let start = 0; start < matrix.length; start += columnCount) {
    let sum = 0;
    for (let cell = start; cell < start + columnCount; cell++) sum += matrix[cell];
    if (sum > 0) for (let cell = start; cell < start + columnCount; cell++) matrix[cell] /= sum;
  }
  return matrix;
}
