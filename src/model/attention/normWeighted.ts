// Attention weighted by the length of what it carries. Source: Kobayashi et al. 2020, "Attention is Not Only a Weight: Analyzing
// Transformers with Vector Norms", section 3: y_i = sum over j of alpha_ij f(x_j) + b with f(x) = (x W_V + b_V) W_O. Pure.

import { normalizeRows } from './rows';

/** What the heads of one layer carry and how it goes on. */
export interface LayerValues {
  readonly headCount: number;
  readonly columnCount: number;
  /** Dimensions of one head. */
  readonly headDimension: number;
  /** x W_V + b_V: `[head, column, headDimension]`. */
  readonly values: Float32Array;
  /** W_O: `[head * headDimension, modelDimension]`. */
  readonly projection: Float32Array;
}

/** ||f(x)|| for each head and column: `[head, column]`. ||alpha f(x)|| is alpha times it, as alpha is never negative. */
export function valueNorms(layer: LayerValues): Float32Array {
  const { headCount, columnCount } = layer;
  const projected = projectedValues(layer);
  const modelDimension = projected.length / (headCount * columnCount);
  return Float32Array.from({ length: headCount * columnCount }, (_, cell) =>
    lengthOf(projected.subarray(cell * modelDimension, (cell + 1) * modelDimension)),
  );
}

/**
 * The norm-weighted map of one layer. `weights` and the result: `[head, row, column]`; `norms`: those of `valueNorms`. Each row is
 * divided by its sum, so that it sums to 1 as attention weights do; a row that carries nothing stays zero.
 */
export function normWeighted(weights: Float32Array, norms: Float32Array, columnCount: number): Float32Array {
  const headCount = norms.length / columnCount;
  const headSize = weights.length / headCount;
  const weighted = weights.map((weight, cell) => {
    const head = Math.floor(cell / headSize);
    return weight * norms[head * columnCount + (cell % columnCount)];
  });
  return normalizeRows(weighted, columnCount);
}

/**
 * What several heads carry together: ||sum over heads of alpha f(x)||, in which heads that carry opposite things cancel out (section 4.2
 * of the paper reads word alignments from it). `weights`: `[head, row, column]` of all heads; the result: `[row, column]`, each row
 * divided by its sum.
 */
export function normOfHeads(weights: Float32Array, layer: LayerValues, heads: readonly number[]): Float32Array {
  const { headCount, columnCount } = layer;
  const projected = projectedValues(layer);
  const modelDimension = projected.length / (headCount * columnCount);
  const headSize = weights.length / headCount;
  const sum = new Float64Array(modelDimension);
  const norms = new Float32Array(headSize);
  for (let cell = 0; cell < headSize; cell++) {
    sum.fill(0);
    for (const head of heads) {
      const weight = weights[head * headSize + cell];
      const start = (head * columnCount + (cell % columnCount)) * modelDimension;
      for (let dimension = 0; dimension < modelDimension; dimension++)
        sum[dimension] += weight * projected[start + dimension];
    }
    norms[cell] = lengthOf(sum);
  }
  return normalizeRows(norms, columnCount);
}

/** f(x): `[head, column, modelDimension]`. */
function projectedValues({ headCount, columnCount, headDimension, values, projection }: LayerValues): Float32Array {
  const modelDimension = projection.length / (headCount * headDimension);
  const projected = new Float32Array(headCount * columnCount * modelDimension);
  for (let cell = 0; cell < headCount * columnCount; cell++) {
    const head = Math.floor(cell / columnCount);
    const start = cell * modelDimension;
    for (let inner = 0; inner < headDimension; inner++) {
      const value = values[cell * headDimension + inner];
      const row = (head * headDimension + inner) * modelDimension;
      for (let dimension = 0; dimension < modelDimension; dimension++)
        projected[start + dimension] += value * projection[row + dimension];
    }
  }
  return projected;
}

function lengthOf(vector: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
