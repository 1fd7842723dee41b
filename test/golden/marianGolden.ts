// What Hugging Face transformers does with the Marian models under test/fixtures/models; made by make_marian.py.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { AttentionMaps } from '../../src/model/attention/maps';
import { root } from '../support/paths';

/** Graphs at the top of the folder: encoder, decoder, decoder with past. */
export const marianSplit = path.join(root, 'test', 'fixtures', 'models', 'marianSplit');
/** The same model, graphs under `onnx/`: encoder, merged decoder. */
export const marianMerged = path.join(root, 'test', 'fixtures', 'models', 'marianMerged');

export interface GoldenHypothesis {
  /** Without the decoder start token, with the end token when it came. */
  readonly targetIds: readonly number[];
  /** Of each target token, from the logits as they are; suppressed tokens stay in the sum of the softmax. */
  readonly logProbabilities: readonly number[];
  /** Sum of log-probabilities / length^lengthPenalty; greedy: length penalty 1. */
  readonly score: number;
}

export interface GoldenBeams {
  readonly beamCount: number;
  readonly lengthPenalty: number;
  readonly maxNewTokens: number;
  /** As many as beams, best first. */
  readonly hypotheses: readonly GoldenHypothesis[];
}

export interface GoldenContinuation extends GoldenHypothesis {
  /** What the target was made to begin with. */
  readonly prefixIds: readonly number[];
  readonly beamCount: number;
  /** `[step][rank]`: the five most probable tokens of each step after the prefix, among those that the rules allow. */
  readonly alternatives: {
    readonly tokenIds: readonly (readonly number[])[];
    readonly logProbabilities: readonly (readonly number[])[];
  };
}

export interface GoldenCase {
  readonly source: string;
  readonly sourceIds: readonly number[];
  /** Text of the greedy output. */
  readonly target: string;
  readonly greedy: GoldenHypothesis;
  readonly greedyLimited: GoldenHypothesis & { readonly maxNewTokens: number };
  readonly beams: readonly GoldenBeams[];
  readonly continuations: readonly GoldenContinuation[];
}

export interface GoldenForcedTarget {
  readonly sourceIds: readonly number[];
  readonly targetIds: readonly number[];
  readonly logProbabilities: readonly number[];
  /** Row i is the step that produced targetIds[i]. */
  readonly attention: AttentionMaps;
}

export interface MarianGolden {
  readonly cases: readonly GoldenCase[];
  readonly forced: readonly GoldenForcedTarget[];
}

export function readMarianGolden(): MarianGolden {
  const { cases, forced } = JSON.parse(readFileSync(path.join(root, 'test', 'golden', 'marian.json'), 'utf8'));
  return { cases, forced: forced.map(decodeForced) };
}

export interface EncodedMap {
  readonly shape: [number, number, number, number];
  readonly data: string;
}

export type EncodedForced = Omit<GoldenForcedTarget, 'attention'> & { readonly attention: Record<string, EncodedMap> };

export function decodeForced({ attention, ...rest }: EncodedForced): GoldenForcedTarget {
  const { encoder, decoder, cross } = attention;
  return { ...rest, attention: { encoder: decodeMap(encoder), decoder: decodeMap(decoder), cross: decodeMap(cross) } };
}

export function decodeMap({ shape, data }: EncodedMap) {
  const bytes = Buffer.from(data, 'base64');
  const values = new Float32Array(bytes.length / 4);
  for (let index = 0; index < values.length; index++) values[index] = bytes.readFloatLE(4 * index);
  return { shape, data: values };
}
