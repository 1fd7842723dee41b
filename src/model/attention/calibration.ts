// Chooses the heads that align words best, on pairs of texts in which names and numbers are copied. Pure.

import type { AlignmentHeads } from '../types';
import { wordWeights } from './alignment';
import { type CopiedItem, type ItemScore, scoreItems } from './items';
import type { AttentionMap } from './maps';
import type { AttentionMatrix, Calibration, Word } from './methods';

/** Fewer items than that say nothing about heads. */
export const fewestItems = 8;

/** One pair of texts after a forced pass with one step more than the target. */
export interface CalibrationPair {
  readonly items: readonly CopiedItem[];
  readonly sourceWords: readonly Word[];
  readonly targetWords: readonly Word[];
  /** Cross-attention, raw: `[layer, head, step, source]`. */
  readonly cross: AttentionMap;
  /** What a set of heads carries together, by `normOfHeads`: `[step, source]`. Undefined: the graph hides it. */
  readonly normOf: ((layer: number, heads: readonly number[]) => Float32Array) | undefined;
}

interface Candidate {
  readonly heads: AlignmentHeads;
  readonly score: ItemScore;
}

/** Without declared heads: the mean of the last layer's, as a naive reading takes them. */
export function naiveHeads([layerCount, headCount]: AttentionMap['shape']): AlignmentHeads {
  return { layer: layerCount - 1, heads: allHeads(headCount), inputShift: false };
}

/**
 * Tries the mean of each layer and each single head, shifted and not; then grows the best head by others of its layer as long as that
 * helps; then reads the best by norm. `before`: what the answer is compared with.
 */
export function calibrate(
  pairs: readonly CalibrationPair[],
  before: AlignmentHeads,
): Omit<Calibration, 'modelSha256' | 'pairCount'> {
  const [layerCount, headCount] = pairs[0].cross.shape;
  const score = (heads: AlignmentHeads): Candidate => ({ heads, score: scoreOf(pairs, heads) });
  const shifts = [true, false];
  const layers = [...Array(layerCount).keys()];
  const means = layers.flatMap(layer =>
    shifts.map(inputShift => score({ layer, heads: allHeads(headCount), inputShift })),
  );
  const singles = layers.flatMap(layer =>
    shifts.flatMap(inputShift => allHeads(headCount).map(head => score({ layer, heads: [head], inputShift }))),
  );
  const grown = grow(bestOf(singles), headCount, score);
  const raw = bestOf([...means, grown]);
  const readable = pairs.every(({ normOf }) => normOf);
  const normed = readable ? [raw, ...means].map(({ heads }) => score({ ...heads, norm: true })) : [];
  const best = bestOf([raw, ...normed]);
  const was = scoreOf(pairs, before);
  return {
    heads: best.heads,
    before,
    itemCount: best.score.count,
    rightBefore: was.right,
    rightAfter: best.score.right,
    candidates: [...means, ...normed]
      .sort((left, right) => compare(right.score, left.score))
      .map(({ heads, score: { right } }) => ({ heads, right })),
  };
}

/** Adds to a head whichever other of its layer helps most, until none does. */
function grow(single: Candidate, headCount: number, score: (heads: AlignmentHeads) => Candidate): Candidate {
  let best = single;
  for (;;) {
    const { heads } = best.heads;
    const others = allHeads(headCount).filter(head => !heads.includes(head));
    if (others.length === 0) return best;
    const next = bestOf(others.map(head => score({ ...best.heads, heads: [...heads, head].sort((a, b) => a - b) })));
    if (compare(next.score, best.score) <= 0) return best;
    best = next;
  }
}

function scoreOf(pairs: readonly CalibrationPair[], heads: AlignmentHeads): ItemScore {
  const total = { count: 0, right: 0, mass: 0 };
  for (const pair of pairs) {
    const { items, sourceWords, targetWords } = pair;
    const words = wordWeights(tokenWeights(pair, heads), sourceWords, targetWords, heads.inputShift);
    const { count, right, mass } = scoreItems(items, words, sourceWords, targetWords);
    total.count += count;
    total.right += right;
    total.mass += mass;
  }
  return total;
}

function tokenWeights({ cross, normOf }: CalibrationPair, { layer, heads, norm }: AlignmentHeads): AttentionMatrix {
  const [, headCount, rowCount, columnCount] = cross.shape;
  if (norm) return { rowCount, columnCount, data: normOf!(layer, heads) };
  const size = rowCount * columnCount;
  const data = new Float32Array(size);
  for (const head of heads) {
    const start = (layer * headCount + head) * size;
    for (let cell = 0; cell < size; cell++) data[cell] += cross.data[start + cell] / heads.length;
  }
  return { rowCount, columnCount, data };
}

function bestOf(candidates: readonly Candidate[]): Candidate {
  return candidates.reduce((best, candidate) => (compare(candidate.score, best.score) > 0 ? candidate : best));
}

/** First how many are right, then how surely. */
function compare(left: ItemScore, right: ItemScore): number {
  return left.right - right.right || left.mass - right.mass;
}

function allHeads(headCount: number): number[] {
  return [...Array(headCount).keys()];
}
