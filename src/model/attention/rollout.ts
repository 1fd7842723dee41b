// Attention followed through the layers. Source: Abnar and Zuidema 2020, "Quantifying Attention Flow in Transformers", section 3: half of
// each layer's output is taken to be what it read, half what went past it on the residual connection; layers multiply. Pure.

import { type AttentionMap, type AttentionMaps, layerOf, meanOverHeads } from './maps';
import { normalizeRows } from './rows';

/** Lets others have their turn: a rollout over 512 tokens takes tenths of a second for each layer. */
export type Pause = () => Promise<void>;

/**
 * Rollout of every kind, `[1, 1, row, column]` each; rows sum to 1. `encoder` and `decoder` are the paper's own, over self-attention
 * alone. `cross` follows both: what a step of the decoder holds is a mixture of its inputs and of the source; self-attention mixes the
 * mixtures of earlier steps, cross-attention adds what the encoder's rollout says each of its outputs is made of. Shown is the share
 * of the source, divided by its sum.
 */
export async function rolloutMaps(maps: AttentionMaps, pause: Pause = async () => {}): Promise<AttentionMaps> {
  const encoder = await rolloutOf(maps.encoder, pause);
  const cross = await crossRollout(maps, encoder, pause);
  return {
    encoder: oneMap(encoder, maps.encoder.shape[3]),
    decoder: oneMap(await rolloutOf(maps.decoder, pause), maps.decoder.shape[3]),
    cross: oneMap(cross, maps.cross.shape[3]),
  };
}

/** `[row, column]` of square self-attention. */
async function rolloutOf(map: AttentionMap, pause: Pause): Promise<Float32Array> {
  const [layerCount, headCount, size] = map.shape;
  let rollout = identity(size);
  for (let layerIndex = 0; layerIndex < layerCount; layerIndex++) {
    rollout = halfRead(meanOverHeads(layerOf(map, layerIndex), headCount), rollout, rollout, size);
    await pause();
  }
  return rollout;
}

/** `[step, source]`. */
async function crossRollout(
  { decoder, cross }: AttentionMaps,
  encoder: Float32Array,
  pause: Pause,
): Promise<Float32Array> {
  const [layerCount, headCount, stepCount, sourceCount] = cross.shape;
  let ofSource: Float32Array = new Float32Array(stepCount * sourceCount);
  for (let layerIndex = 0; layerIndex < layerCount; layerIndex++) {
    const selfWeights = meanOverHeads(layerOf(decoder, layerIndex), decoder.shape[1]);
    const crossWeights = meanOverHeads(layerOf(cross, layerIndex), headCount);
    // What a step holds of its own inputs need not be followed: only the share of the source is shown.
    ofSource = halfRead(selfWeights, ofSource, ofSource, sourceCount);
    ofSource = halfRead(crossWeights, encoder, ofSource, sourceCount);
    await pause();
  }
  return normalizeRows(ofSource, sourceCount);
}

/** Half of what was read, half of what was there: 0.5 weights x read + 0.5 held. `[row, inner] x [inner, column]`. */
function halfRead(weights: Float32Array, read: Float32Array, held: Float32Array, columnCount: number): Float32Array {
  const innerCount = read.length / columnCount;
  const result = held.map(value => 0.5 * value);
  for (let row = 0; row * innerCount < weights.length; row++)
    for (let inner = 0; inner < innerCount; inner++) {
      const weight = 0.5 * weights[row * innerCount + inner];
      if (weight === 0) continue; // half of a masked matrix
      const resultStart = row * columnCount;
      const readStart = inner * columnCount;
      for (let column = 0; column < columnCount; column++)
        result[resultStart + column] += weight * read[readStart + column];
    }
  return result;
}

function identity(size: number): Float32Array {
  const matrix = new Float32Array(size * size);
  for (let index = 0; index < size; index++) matrix[index * size + index] = 1;
  return matrix;
}

function oneMap(data: Float32Array, columnCount: number): AttentionMap {
  return { shape: [1, 1, data.length / columnCount, columnCount], data };
}
