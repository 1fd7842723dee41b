// What of an output's attention is shown as one matrix, with names of rows and columns. Pure.

import { HeadlightError } from '../errors';
import type { CharacterRange, Token } from '../types';
import type { AttentionDocument, AttentionPicture } from './attentionDocument';
import { type AttentionKind, type AttentionMap, layerOf, meanOverHeads } from './maps';
import { isUnavailable, type Unavailable } from './methods';

/** Which of the maps. Absent: of the kind, cross-attention; of layers, the last; of heads, their mean. */
export interface PictureChoice {
  readonly kind?: AttentionKind;
  readonly layerIndex?: number;
  readonly headIndex?: number;
}

const axisNames: Readonly<Record<AttentionKind | 'alignment', readonly [string, string]>> = {
  encoder: ['source word', 'reads source word'],
  decoder: ['output word', 'reads earlier output'],
  cross: ['output word', 'reads source word'],
  alignment: ['output word', 'comes from source word'],
};

const methodTitles = {
  raw: 'attention',
  norm: 'norm-weighted attention',
  rollout: 'attention rollout',
  occlusion: 'occlusion',
} as const;

/**
 * The matrix of one segment. The answer is `Unavailable` where the method has none of that kind. Errors: `invalid-request` for a layer or head that
 * is not there.
 */
export function pictureOf(
  document: AttentionDocument,
  segmentIndex: number,
  choice: PictureChoice = {},
): AttentionPicture | Unavailable {
  const segment = document.segments[segmentIndex];
  const source = document.pivot?.text ?? document.source;
  const { attention } = segment;
  if (attention.kind === 'alignment') {
    const { alignment } = attention;
    if (isUnavailable(alignment)) return alignment;
    const named = (text: string, words: readonly { readonly range: CharacterRange }[]) =>
      words.map(({ range }) => text.slice(...range));
    return {
      title: 'Word alignment',
      axisNames: axisNames.alignment,
      rows: named(document.target, alignment.targetWords),
      columns: named(source, alignment.sourceWords),
      weights: alignment.weights,
    };
  }
  const { kind = 'cross' } = choice;
  const map = attention.maps[kind];
  if (!map)
    return attention.unavailable[kind] ?? { reason: 'not-defined', rule: `the file has ${kind} maps`, found: 'none' };
  const sources = segment.sourceTokens.map(token => tokenName(source, token));
  const targets = segment.targetTokens.map(token => tokenName(document.target, token));
  const layerIndex = choice.layerIndex ?? map.shape[0] - 1;
  return {
    title: `${kind[0].toUpperCase()}${kind.slice(1)} ${methodTitles[document.method as keyof typeof methodTitles]}${place(map, layerIndex, choice.headIndex)}`,
    axisNames: axisNames[kind],
    rows: kind === 'encoder' ? sources : targets,
    // Column j of the decoder is the input of step j: the start token, then the target without its last.
    columns: kind === 'decoder' ? ['start', ...targets.slice(0, -1)] : sources,
    weights: {
      rowCount: map.shape[2],
      columnCount: map.shape[3],
      data: chosenWeights(map, layerIndex, choice.headIndex),
    },
    ...(kind === 'decoder' && { visibleCounts: Uint32Array.from(targets, (_, row) => row + 1) }),
  };
}

function chosenWeights(map: AttentionMap, layerIndex: number, headIndex: number | undefined): Float32Array {
  const [, headCount, rowCount, columnCount] = map.shape;
  const layer = layerOf(map, layerIndex);
  if (headIndex === undefined) return meanOverHeads(layer, headCount);
  if (!Number.isInteger(headIndex) || headIndex < 0 || headIndex >= headCount)
    throw new HeadlightError('invalid-request', `head ${headIndex} is not one of the ${headCount} heads`, {
      rule: `0 <= head < ${headCount}`,
      found: headIndex,
    });
  return layer.slice(headIndex * rowCount * columnCount, (headIndex + 1) * rowCount * columnCount);
}

function place(
  { shape: [layerCount, headCount] }: AttentionMap,
  layerIndex: number,
  headIndex: number | undefined,
): string {
  if (layerCount * headCount === 1) return '';
  const head = headIndex === undefined ? `mean of ${headCount} heads` : `head ${headIndex + 1} of ${headCount}`;
  return `, layer ${layerIndex + 1} of ${layerCount}, ${headCount === 1 ? 'only head' : head}`;
}

/** A token's text, or words for what cannot be seen. */
function tokenName(text: string, token: Token): string {
  const covered = text.slice(...token.range);
  if (covered === '') return token.text;
  if (covered.trim() !== '') return covered.trim();
  return covered.includes('\n') ? 'line break' : 'space';
}
