// Stands in for the engine: answers the panel with made-up attention, the same at every run. Runs in the page and in the tests.

import type { AttentionSource } from '../../../src/extension/panelAnswers';
import type { PanelContent } from '../../../src/extension/panelOutput';
import { type AttentionMap, type AttentionMaps, layerOf, meanOverHeads } from '../../../src/model/attention/maps';
import type { CellExplanation, MethodMaps, Unavailable, WordAlignment } from '../../../src/model/attention/methods';
import type { RunResult, Segment, Token } from '../../../src/model/types';
import type { AlignParams, AttentionParams } from '../../../src/protocol/engine';
import { linksOf, madeUpMaps } from './panelFixtures';

const headDimension = 16;
const alternativeWords = ['otra', 'cosa', 'nueva', 'forma'];
const endId = 0;

/** `given`: the maps of everything, where they need not be made up. */
export function madeUpSource(content: PanelContent, given?: AttentionMaps): AttentionSource {
  const { result, description } = content;
  const words = new Map(
    result.segments.flatMap(({ targetTokens }) => targetTokens.map(token => [token.id, token.text])),
  );
  for (const [index, word] of alternativeWords.entries()) words.set(90_000 + index, word);
  const idOf = (word: string) => {
    for (const [id, text] of words) if (text === word) return id;
    const id = 91_000 + words.size;
    words.set(id, word);
    return id;
  };
  const kept = new Map<string, AttentionMaps>();
  const attention = ({ sourceIds, targetIds }: Pick<AttentionParams, 'sourceIds' | 'targetIds'>): AttentionMaps => {
    if (given) return given;
    const key = `${sourceIds.length} ${targetIds.join(' ')}`;
    let maps = kept.get(key);
    if (!maps) {
      const same = result.segments.find(
        ({ targetTokens }) => targetTokens.map(token => token.id).join() === targetIds.join(),
      );
      const links = same
        ? linksOf(same.sourceTokens, same.targetTokens)
        : targetIds.map((_, row) => Math.round((row / targetIds.length) * (sourceIds.length - 1)));
      maps = madeUpMaps(description, sourceIds.length, targetIds.length, links);
      kept.set(key, maps);
    }
    return maps;
  };
  const alignments = new Map<string, WordAlignment>();
  const aligned = (params: AlignParams): WordAlignment => {
    const key = params.targetIds.join(' ');
    const alignment = alignments.get(key) ?? align(params, attention(params).cross);
    alignments.set(key, alignment);
    return alignment;
  };
  const resultFor = (text: string, targetIds: readonly number[], alternativeCount = 0): RunResult => {
    const { target, tokens } = describe(targetIds, words);
    const logProbabilities = targetIds.map((_, step) => -0.05 - 0.1 * (step % 4));
    const segment: Segment = {
      source: [0, text.length],
      target: [0, target.length],
      sourceTokens: [],
      targetTokens: tokens,
      logProbabilities,
      score: -0.2,
      truncated: false,
      alternatives: targetIds.map((tokenId, step) =>
        [tokenId, ...alternativeWords.map((_, index) => 90_000 + index)].slice(0, alternativeCount).map((id, rank) => ({
          tokenId: id,
          text: `▁${words.get(id)}`,
          logProbability: rank === 0 ? logProbabilities[step] : -2 - rank,
        })),
      ),
    };
    return { ...result, source: text, target, segments: [segment] };
  };
  return {
    attention: async params => attention(params),
    methodMaps: async ({ method, ...params }) => ({
      ...methodMaps(method, attention(params)),
      method,
      occluded: undefined,
    }),
    align: async params => (description.alignment ? aligned(params) : noHeads()),
    explainCell: async ({ kind, layerIndex, headIndex, row, column, ...params }) =>
      explain(attention(params)[kind], { kind, layerIndex, headIndex, row, column }),
    force: async ({ text, targetIds, targetText, alternativeCount }) => {
      const ids = targetText === undefined ? targetIds : [...targetText.split(' ').map(idOf), endId];
      return resultFor(text, ids, alternativeCount);
    },
    search: async ({ text, options }) => {
      const known = result.segments.find(({ source }) => result.source.slice(...source) === text)!;
      const ids = known.targetTokens.map(token => token.id);
      const prefix = options.forcedPrefixIds ?? [];
      const found = resultFor(text, [...prefix, ...ids.slice(prefix.length)]);
      const hypotheses = alternativeWords.slice(0, options.nBest ?? 0).map((word, rank) => {
        const targetIds = rank === 0 ? ids : [...ids.slice(0, -2), idOf(word), ...ids.slice(-2)];
        return {
          text: word,
          targetIds,
          targetTokens: [],
          logProbabilities: [],
          score: -0.1 - rank / 10,
          truncated: false,
        };
      });
      return { ...found, segments: [{ ...found.segments[0], hypotheses }] };
    },
  };
}

function noHeads(): Unavailable {
  return { reason: 'no-heads', rule: 'headlight.json names heads for alignments', found: 'none' };
}

function describe(
  targetIds: readonly number[],
  words: ReadonlyMap<number, string>,
): { target: string; tokens: Token[] } {
  let target = '';
  const tokens = targetIds.map((id): Token => {
    if (id === endId) return { id, text: '</s>', range: [target.length, target.length], special: true, unknown: false };
    const word = words.get(id)!;
    if (target !== '' && !/^\p{P}/u.test(word)) target += ' ';
    const start = target.length;
    target += word;
    return { id, text: word, range: [start, target.length], special: false, unknown: false };
  });
  return { target, tokens };
}

/** Norm-weighted: every other head's weights. Rollout and occlusion: the mean of all heads of the last layer. */
function methodMaps(
  method: MethodMaps['method'],
  { encoder, decoder, cross }: AttentionMaps,
): Pick<MethodMaps, 'maps' | 'unavailable'> {
  if (method === 'norm')
    return {
      maps: { encoder: reversed(encoder), decoder: reversed(decoder), cross: reversed(cross) },
      unavailable: {},
    };
  const none: Unavailable = {
    reason: 'not-defined',
    rule: 'hiding source words changes the output only',
    found: 'self-attention',
  };
  if (method === 'occlusion')
    return { maps: { cross: lastMean(cross) }, unavailable: { encoder: none, decoder: none } };
  return { maps: { encoder: lastMean(encoder), decoder: lastMean(decoder), cross: lastMean(cross) }, unavailable: {} };
}

function reversed({ shape, data }: AttentionMap): AttentionMap {
  const size = shape[2] * shape[3];
  const turned = new Float32Array(data.length);
  for (let start = 0; start < data.length; start += size)
    turned.set(data.subarray(data.length - start - size, data.length - start), start);
  return { shape, data: turned };
}

function lastMean(map: AttentionMap): AttentionMap {
  const [layerCount, headCount, rowCount, columnCount] = map.shape;
  return { shape: [1, 1, rowCount, columnCount], data: meanOverHeads(layerOf(map, layerCount - 1), headCount) };
}

/** Head 1 of layer 0, one step later, over words. */
function align({ sourceWords, targetWords }: AlignParams, cross: AttentionMap): WordAlignment {
  const [, , rowCount, columnCount] = cross.shape;
  const head = layerOf(cross, 0).subarray(rowCount * columnCount, 2 * rowCount * columnCount);
  const data = new Float32Array(targetWords.length * sourceWords.length);
  targetWords.forEach(({ tokens }, row) => {
    const own = data.subarray(row * sourceWords.length, (row + 1) * sourceWords.length);
    sourceWords.forEach((word, column) => {
      for (const token of tokens)
        if (token + 1 < rowCount)
          own[column] += Math.max(...word.tokens.map(source => head[(token + 1) * columnCount + source]));
    });
    const sum = own.reduce((total, weight) => total + weight, 0);
    if (sum > 0) own.set(own.map(weight => weight / sum));
  });
  return {
    sourceWords,
    targetWords,
    links: [],
    weights: { rowCount: targetWords.length, columnCount: sourceWords.length, data },
    heads: { layer: 0, heads: [1], inputShift: true },
    origin: 'declared',
    doubts: [],
  };
}

/** A query and a key whose product gives the cell's score. */
function explain(
  map: AttentionMap,
  place: Pick<CellExplanation, 'kind' | 'layerIndex' | 'headIndex' | 'row' | 'column'>,
): CellExplanation {
  const [, , rowCount, columnCount] = map.shape;
  const start = (place.headIndex * rowCount + place.row) * columnCount;
  const weights = layerOf(map, place.layerIndex).slice(start, start + columnCount);
  const scores = weights.map(weight => Math.log(weight) + 4);
  const scale = 1 / Math.sqrt(headDimension);
  const query = Float32Array.from({ length: headDimension }, (_, dimension) => Math.sin(dimension * 1.7 + place.row));
  const length = query.reduce((sum, number) => sum + number * number, 0);
  const key = query.map(number => (number * scores[place.column]) / (scale * length));
  const vector = Float32Array.from({ length: headDimension }, (_, dimension) => Math.cos(dimension + place.column));
  return {
    ...place,
    query,
    key,
    scale,
    bias: 0,
    scores,
    weights,
    value: { vector, norms: weights.map((weight, column) => weight * (1 + (column % 3))) },
  };
}
