// The form of attention maps and pure functions over them. Runs anywhere; knows no model and no session.

import { HeadlightError } from '../errors';

/** Which attention: the encoder over the source, the decoder over its own past, the decoder over the source. */
export type AttentionKind = 'encoder' | 'decoder' | 'cross';

export const attentionKinds: readonly AttentionKind[] = ['encoder', 'decoder', 'cross'];

/** Attention weights (after softmax): `[layer, head, row, column]`, row-major. Each row sums to 1. */
export interface AttentionMap {
  /** `[layerCount, headCount, rowCount, columnCount]` */
  readonly shape: readonly [number, number, number, number];
  readonly data: Float32Array;
}

/**
 * Every map of one segment. Row i of `decoder` and `cross` is the step that produced targetIds[i]: its decoder input is the
 * start token, then targetIds without its last.
 */
export type AttentionMaps = Readonly<Record<AttentionKind, AttentionMap>>;

/** The weights of one layer, `[head, row, column]`, copied into an array of exactly that size (safe to post). */
export function layerOf(map: AttentionMap, layerIndex: number): Float32Array {
  const [layerCount, headCount, rowCount, columnCount] = map.shape;
  if (!Number.isInteger(layerIndex) || layerIndex < 0 || layerIndex >= layerCount)
    throw new HeadlightError('invalid-request', `layer ${layerIndex} is not one of the ${layerCount} layers`, {
      rule: `0 <= layer < ${layerCount}`,
      found: layerIndex,
    });
  const size = headCount * rowCount * columnCount;
  return map.data.slice(layerIndex * size, (layerIndex + 1) * size);
}

/** The mean over heads of one layer's weights: `[head, row, column]` in, `[row, column]` out. Each row still sums to 1. */
export function meanOverHeads(layer: Float32Array, headCount: number): Float32Array {
  const size = layer.length / headCount;
  const mean = new Float32Array(size);
  for (let headIndex = 0; headIndex < headCount; headIndex++) {
    const offset = headIndex * size;
    for (let cell = 0; cell < size; cell++) mean[cell] += layer[offset + cell];
  }
  for (let cell = 0; cell < size; cell++) mean[cell] /= headCount;
  return mean;
}
