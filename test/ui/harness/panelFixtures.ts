// Outputs with made-up but plausible attention, the same at every run. Runs in the harness page and in the tests.

import type { PanelContent } from '../../../src/extension/panelOutput';
import type { AttentionMap, AttentionMaps } from '../../../src/model/attention/maps';
import type { ModelDescription, RunResult, Segment, Token } from '../../../src/model/types';

export interface ModelShape {
  readonly encoderLayers: number;
  readonly decoderLayers: number;
  readonly heads: number;
  readonly alignment: boolean;
}

/** A sentence pair as words; `links[i]` is the source word that target word i comes from. */
interface Pair {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly links?: readonly number[];
  readonly probabilities?: readonly number[];
  /** Source words that the vocabulary lacks. */
  readonly unknown?: readonly string[];
  /** What stands between words; empty for scripts without spaces. */
  readonly sourceGap?: string;
  readonly targetGap?: string;
}

export type OutputName =
  | 'sentence'
  | 'rightToLeft'
  | 'tokens128'
  | 'tokens512'
  | 'tokens2048'
  | 'plain'
  | 'document'
  | 'summary';

const small: ModelShape = { encoderLayers: 4, decoderLayers: 2, heads: 8, alignment: true };
const large: ModelShape = { encoderLayers: 6, decoderLayers: 6, heads: 8, alignment: true };

export const outputs: Readonly<Record<OutputName, () => PanelContent>> = {
  sentence: () =>
    contentOf(
      [
        {
          source: [
            'The',
            'server',
            'does',
            'n',
            "'t",
            'cache',
            'the',
            'response',
            'until',
            'the',
            'first',
            'request',
            'is',
            'done',
            '.',
          ],
          target: [
            'El',
            'servidor',
            'no',
            'almac',
            'ena',
            'la',
            'respuesta',
            'hasta',
            'que',
            'se',
            'completa',
            'la',
            'primera',
            'solicitud',
            '.',
          ],
          links: [0, 1, 4, 5, 5, 6, 7, 8, 8, 12, 13, 9, 10, 11, 14],
          probabilities: [0.92, 0.95, 0.97, 0.71, 0.99, 0.88, 0.9, 0.97, 0.62, 0.04, 0.38, 0.81, 0.93, 0.57, 0.99],
        },
        {
          source: ['Set', 'the', 'timeout', 'to', '30', 'seconds', ',', 'or', 'use', 'zyxw', '.'],
          target: ['Establezca', 'el', 'tiempo', 'de', 'espera', 'en', '30', 'segundos', 'o', 'use', 'zyxw', '.'],
          links: [0, 1, 2, 2, 2, 3, 4, 5, 7, 8, 9, 10],
          unknown: ['zyxw'],
        },
      ],
      small,
    ),
  rightToLeft: () =>
    contentOf(
      [
        {
          source: ['يقوم', 'الخادم', 'بتخزين', 'الاستجابة', 'مؤقتًا', '.'],
          target: ['服务器', '会', '缓存', '响应', '。'],
          links: [1, 0, 2, 3, 5],
          targetGap: '',
        },
      ],
      small,
    ),
  tokens128: () => contentOf([longPair(126)], large),
  tokens512: () => contentOf([longPair(510)], large),
  tokens2048: () => contentOf([longPair(2046)], { encoderLayers: 1, decoderLayers: 1, heads: 1, alignment: false }),
  plain: () => contentOf([longPair(24)], { encoderLayers: 3, decoderLayers: 6, heads: 4, alignment: false }),
  document: () =>
    contentOf(
      Array.from({ length: 3000 }, (_, i) => longPair(4 + (i % 5))),
      small,
    ),
  summary: () => {
    const content = contentOf([longPair(30)], small);
    const { result } = content;
    return {
      ...content,
      result: {
        ...result,
        task: 'summarize',
        from: 'en',
        to: 'en',
        source: 'Un texto en español.',
        pivot: { from: 'es', to: 'en', text: result.source },
      },
    };
  },
};

/** Attention over so many tokens: rows sum to 1, cross attention follows `links`, later tokens are masked in the decoder. */
export function madeUpMaps(
  { encoderLayerCount, decoderLayerCount, encoderHeadCount }: ModelDescription,
  sourceCount: number,
  targetCount: number,
  links: readonly number[],
): AttentionMaps {
  return {
    encoder: fill(encoderLayerCount, encoderHeadCount, sourceCount, sourceCount, (layer, head, row) => {
      const center = row + ((head % 5) - 2);
      return column => bell(column - center, 0.6 + layer * 0.7) + (column === sourceCount - 1 ? 0.1 * head : 0.002);
    }),
    decoder: fill(decoderLayerCount, encoderHeadCount, targetCount, targetCount, (layer, head, row) => {
      const center = row - (head % 4);
      return column => (column > row ? 0 : bell(column - center, 0.5 + layer * 0.6) + (column === 0 ? 0.25 : 0.004));
    }),
    cross: fill(decoderLayerCount, encoderHeadCount, targetCount, sourceCount, (layer, head, row) => {
      // As in a real model the step after a token is the one that looks it up.
      const read = links[Math.max(row - (head % 2), 0)];
      const sharpness = 0.4 + layer * 0.5 + (head > 4 ? head * 0.5 : 0);
      return column => bell(column - read, sharpness) + (column === sourceCount - 1 ? 0.06 + 0.04 * head : 0.003);
    }),
  };
}

/** The maps of a segment as it was written. */
export function mapsOf({ result, description }: PanelContent, segmentIndex: number): AttentionMaps {
  const { sourceTokens, targetTokens } = result.segments[segmentIndex];
  return madeUpMaps(description, sourceTokens.length, targetTokens.length, linksOf(sourceTokens, targetTokens));
}

/** A text of so many tokens, for measurements. */
export function outputOfShape(layers: number, heads: number, tokens: number): PanelContent {
  return contentOf([longPair(tokens - 2)], { encoderLayers: layers, decoderLayers: layers, heads, alignment: true });
}

/** Maps that are quick to make: the same for every head and kind. */
export function repeatedMaps(layers: number, heads: number, tokens: number): AttentionMaps {
  const size = tokens * tokens;
  const data = new Float32Array(layers * heads * size);
  const one = fill(1, 1, tokens, tokens, (_layer, _head, row) => column => 0.5 ** Math.abs(row - column)).data;
  for (let head = 0; head < layers * heads; head++) data.set(one, head * size);
  const map: AttentionMap = { shape: [layers, heads, tokens, tokens], data };
  return { encoder: map, decoder: map, cross: map };
}

function fill(
  layerCount: number,
  headCount: number,
  rowCount: number,
  columnCount: number,
  rowOf: (layer: number, head: number, row: number) => (column: number) => number,
): AttentionMap {
  const data = new Float32Array(layerCount * headCount * rowCount * columnCount);
  const random = randomNumbers();
  let cell = 0;
  for (let layer = 0; layer < layerCount; layer++) {
    for (let head = 0; head < headCount; head++) {
      for (let row = 0; row < rowCount; row++) {
        const weightOf = rowOf(layer, head, row);
        let sum = 0;
        for (let column = 0; column < columnCount; column++) {
          const weight = weightOf(column) * (0.6 + 0.8 * random());
          data[cell + column] = weight;
          sum += weight;
        }
        for (let column = 0; column < columnCount; column++) data[cell + column] /= sum;
        cell += columnCount;
      }
    }
  }
  return { shape: [layerCount, headCount, rowCount, columnCount], data };
}

function bell(distance: number, width: number): number {
  return Math.exp(-((distance / width) ** 2) / 2);
}

/** Linear congruential generator (Numerical Recipes): the same numbers at every run. */
function randomNumbers(): () => number {
  let state = 42;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const linkTable = new WeakMap<readonly Token[], readonly number[]>();

/** For each target token the source token it comes from. */
export function linksOf(source: readonly Token[], target: readonly Token[]): readonly number[] {
  return linkTable.get(target) ?? target.map((_, i) => Math.round((i / target.length) * (source.length - 1)));
}

function contentOf(pairs: readonly Pair[], shape: ModelShape): PanelContent {
  let source = '';
  let target = '';
  const segments: Segment[] = [];
  for (const pair of pairs) {
    const [sourceStart, targetStart] = [source.length, target.length];
    const sourceTokens: Token[] = [
      { id: 4, text: '<2es>', range: [sourceStart, sourceStart], special: true, unknown: false },
    ];
    for (const word of pair.source) {
      source += gapBefore(word, source.length > sourceStart, pair.sourceGap ?? ' ');
      sourceTokens.push(tokenOf(word, source.length, pair.unknown?.includes(word)));
      source += word;
    }
    const targetTokens: Token[] = [];
    for (const word of pair.target) {
      target += gapBefore(word, target.length > targetStart, pair.targetGap ?? ' ');
      targetTokens.push(tokenOf(word, target.length));
      target += word;
    }
    for (const [tokens, end] of [
      [sourceTokens, source.length],
      [targetTokens, target.length],
    ] as const)
      tokens.push({ id: 0, text: '</s>', range: [end, end], special: true, unknown: false });
    const probabilities = [...(pair.probabilities ?? pair.target.map((_, i) => 1 - ((i * 37) % 100) / 140)), 0.99];
    const logProbabilities = probabilities.map(Math.log);
    linkTable.set(targetTokens, [
      ...(pair.links ?? pair.target.map((_, i) => i)).map(link => link + 1),
      sourceTokens.length - 1,
    ]);
    segments.push({
      source: [sourceStart, source.length],
      target: [targetStart, target.length],
      sourceTokens,
      targetTokens,
      logProbabilities,
      score: logProbabilities.reduce((sum, value) => sum + value, 0) / logProbabilities.length,
      truncated: false,
    });
    source += ' ';
    target += ' ';
  }
  const model = { folder: '/models/starter', name: 'Headlight starter', sha256: 'a'.repeat(64) };
  const result: RunResult = {
    source,
    target,
    segments,
    task: 'translate',
    from: 'en',
    to: 'es',
    pivot: undefined,
    model,
    device: 'cpu',
  };
  const description: ModelDescription = {
    ...model,
    architecture: 'MarianMTModel',
    vocabularySize: 8000,
    encoderLayerCount: shape.encoderLayers,
    decoderLayerCount: shape.decoderLayers,
    encoderHeadCount: shape.heads,
    decoderHeadCount: shape.heads,
    modelDimension: 256,
    maxPositions: 512,
    translate: { es: ['en'] },
    summarize: ['en'],
    alignment: shape.alignment ? { layer: 0, heads: [1], inputShift: true } : undefined,
    license: 'MIT',
    files: [],
    parameterBytes: 0,
    beamCount: 1,
    warnings: [],
  };
  return { result, target: { folder: model.folder, device: 'cpu' }, description };
}

/** Word pieces and punctuation join the word before them. */
function gapBefore(word: string, inside: boolean, gap: string): string {
  const joins = /^[\p{P}]|^(n|ena)$/u.test(word);
  return inside && !joins ? gap : '';
}

function tokenOf(word: string, start: number, unknown = false): Token {
  return { id: 100 + start, text: word, range: [start, start + word.length], special: false, unknown };
}

const vocabulary =
  'the server keeps a copy of each answer so that later requests need not wait while older ones are removed when memory is short'.split(
    ' ',
  );

function longPair(wordCount: number): Pair {
  const words = Array.from({ length: wordCount }, (_, i) => vocabulary[(i * 7) % vocabulary.length]);
  return { source: words, target: words.map(word => [...word].reverse().join('')).concat('.') };
}
