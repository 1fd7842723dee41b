// Arithmetic over one row of logits. Runs anywhere.

/** log of the sum of exponentials of `row`, computed without overflow. */
export function logSumExp(row: Float32Array): number {
  let maximum = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < row.length; index++) if (row[index] > maximum) maximum = row[index];
  if (maximum === Number.NEGATIVE_INFINITY) return maximum;
  let sum = 0;
  for (let index = 0; index < row.length; index++) sum += Math.exp(row[index] - maximum);
  return maximum + Math.log(sum);
}

/** Turns logits into log-probabilities in place, where `normalizer` is their `logSumExp`. */
export function normalizeInPlace(row: Float32Array, normalizer: number = logSumExp(row)): void {
  if (normalizer === Number.NEGATIVE_INFINITY) return;
  for (let index = 0; index < row.length; index++) row[index] -= normalizer;
}

/** Index of the largest value, the first of equals. */
export function argMax(row: Float32Array): number {
  let best = 0;
  for (let index = 1; index < row.length; index++) if (row[index] > row[best]) best = index;
  return best;
}

/** One of the best continuations of a row. */
export interface Candidate {
  readonly rowIndex: number;
  /** Place of the token in its row. */
  readonly index: number;
  readonly value: number;
  /** Base of the row plus the value: what candidates are ranked by. */
  readonly total: number;
}

/**
 * The `count` best of rows that each start from their own base, best first; of equals the lower row, then the lower index. Values
 * of negative infinity are left out. `bases[i]` is added to each of `rows[i]`.
 */
export function topCandidates(rows: readonly Float32Array[], bases: readonly number[], count: number): Candidate[] {
  const best: Candidate[] = [];
  let threshold = Number.NEGATIVE_INFINITY;
  for (let rowIndex = 0; rowIndex < rows.length; rowIndex++) {
    const row = rows[rowIndex];
    const base = bases[rowIndex];
    for (let index = 0; index < row.length; index++) {
      const total = base + row[index];
      if (total <= threshold && best.length === count) continue;
      if (total === Number.NEGATIVE_INFINITY) continue;
      let position = best.length;
      while (position > 0 && best[position - 1].total < total) position--;
      best.splice(position, 0, { rowIndex, index, value: row[index], total });
      if (best.length > count) best.pop();
      threshold = best[best.length - 1].total;
    }
  }
  return best;
}
