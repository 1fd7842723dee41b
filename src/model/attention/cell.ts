// One cell of an attention map, taken apart. Source: Vaswani et al. 2017, "Attention Is All You Need", section 3.2.1. Pure.

import type { AttentionKind } from './maps';
import type { AttentionMatrix, CellExplanation, Unavailable } from './methods';

/** What the scores of one layer are made of, as a graph holds it. */
export interface ScoreOperands {
  /** `[head, row, dimension]`, as it enters the product with the keys: perhaps scaled. */
  readonly query: Float32Array;
  /** `[head, column, dimension]`, as it enters the product. */
  readonly key: Float32Array;
  readonly headDimension: number;
  /** Which of the two the graph scales before their product. */
  readonly scaled: { readonly query: boolean; readonly key: boolean };
  /** What the softmax gets: `[head, row, column]`. Undefined where an operator keeps it inside. */
  readonly scores: Float32Array | undefined;
  /** The factor inside that operator. Undefined: its default, 1 / sqrt(dimensions). */
  readonly operatorScale: number | undefined;
  /** What the softmax gives: `[head, row, column]`. */
  readonly weights: Float32Array;
}

export interface CellPlace {
  readonly kind: AttentionKind;
  readonly layerIndex: number;
  readonly headIndex: number;
  readonly row: number;
  readonly column: number;
}

/** Masks add the lowest number of their type; no score of a model comes near. */
const maskedBelow = -1e4;

/** How far a score may be from the formula, as a share of the largest of its row: float16 and quantised exports need this much. */
const tolerance = 0.02;

/**
 * `isUnscaled`: the family adds a position bias and scales nothing (T5). `size`: rows and columns of the map. Unavailable when the numbers of
 * the graph don't follow the formula: then it is no attention of that paper, and saying so is better than a wrong explanation.
 */
export function explainScores(
  place: CellPlace,
  operands: ScoreOperands,
  { rowCount, columnCount }: Pick<AttentionMatrix, 'rowCount' | 'columnCount'>,
  isUnscaled: boolean,
): Omit<CellExplanation, 'value'> | Unavailable {
  const { headIndex, row, column } = place;
  const { headDimension } = operands;
  const rowStart = (headIndex * rowCount + row) * columnCount;
  const weights = operands.weights.slice(rowStart, rowStart + columnCount);
  const vector = (data: Float32Array, index: number) => data.slice(index * headDimension, (index + 1) * headDimension);
  const query = vector(operands.query, headIndex * rowCount + row);
  const keyOf = (index: number) => vector(operands.key, headIndex * columnCount + index);
  const products = Float64Array.from({ length: columnCount }, (_, index) => dot(query, keyOf(index)));
  const scale = isUnscaled ? 1 : 1 / Math.sqrt(headDimension);
  const inner = operands.operatorScale ?? scale;
  const scores = operands.scores
    ? operands.scores.slice(rowStart, rowStart + columnCount).map(score => (score < maskedBelow ? -Infinity : score))
    : Float32Array.from(products, (product, index) => (weights[index] > 0 ? inner * product : -Infinity));
  if (!followsSoftmax(scores, weights))
    return unavailable(
      'the weights are the softmax of scale * query · key',
      'other weights: something is added to the scores',
    );
  const outer = operands.scores && !isUnscaled ? factorOf(scores, products) : operands.scores ? 1 : inner;
  if (outer === undefined) return unavailable('scores are query · key times one factor', 'no such factor');
  // The graph scales some of this before the product, some after: what is before is divided out again.
  const before = scale / outer;
  const { scaled } = operands;
  if (Math.abs(before - 1) > tolerance && !scaled.query && !scaled.key)
    return unavailable(`scores are scaled by ${scale.toFixed(4)}`, outer.toFixed(4));
  const each = scaled.query && scaled.key ? Math.sqrt(1 / before) : 1 / before;
  return {
    ...place,
    query: scaled.query ? query.map(value => value * each) : query,
    key: scaled.key ? keyOf(column).map(value => value * each) : keyOf(column),
    scale,
    bias: isUnscaled && scores[column] > -Infinity ? scores[column] - products[column] : 0,
    scores,
    weights,
  };
}

/** The factor between products and scores of the visible columns, by least squares; undefined when no factor fits. */
function factorOf(scores: Float32Array, products: Float64Array): number | undefined {
  let numerator = 0;
  let denominator = 0;
  let largest = 0;
  const visible = [...scores.keys()].filter(index => scores[index] > -Infinity);
  for (const index of visible) {
    numerator += scores[index] * products[index];
    denominator += products[index] ** 2;
    largest = Math.max(largest, Math.abs(scores[index]));
  }
  const factor = numerator / denominator;
  const fits = visible.every(index => Math.abs(scores[index] - factor * products[index]) <= tolerance * largest + 1e-5);
  return Number.isFinite(factor) && fits ? factor : undefined;
}

function followsSoftmax(scores: Float32Array, weights: Float32Array): boolean {
  const highest = Math.max(...scores);
  const exponentials = scores.map(score => Math.exp(score - highest));
  const sum = exponentials.reduce((total, value) => total + value, 0);
  return exponentials.every((value, index) => Math.abs(value / sum - weights[index]) < tolerance);
}

function dot(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + value * right[index], 0);
}

function unavailable(rule: string, found: string): Unavailable {
  return { reason: 'scores-hidden', rule, found };
}
