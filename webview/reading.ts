// What the grid shows as rows, columns and weights, for each mode. Pure: no DOM.

import { meanOverHeads } from '../src/model/attention/maps';
import { HeadlightError } from '../src/model/errors';
import type { PanelAlignment, PanelMap, PanelMode, PanelSegment } from '../src/protocol/webview';
import { tokenName } from './tokenText';

export type Side = 'source' | 'target';

/** The decoder's start token stands before the first target token and is in no list of tokens. */
export const startTokenIndex = -1;

/** What one row or one column stands for. */
export interface AxisItem {
  readonly side: Side;
  /** In the tokens of that side; `startTokenIndex` for the decoder's start token. */
  readonly tokenIndex: number;
  readonly name: string;
  readonly special: boolean;
}

/** One matrix of attention weights with its axes. */
export interface Reading {
  readonly mode: PanelMode;
  readonly rows: readonly AxisItem[];
  readonly columns: readonly AxisItem[];
  /** `[row, column]`, row-major; each row that can see anything sums to 1. */
  readonly weights: Float32Array;
  /**
   * For each row, how many columns from the first it could see. The rest is not zero attention but none at all: what comes
   * later in masked self-attention, or a whole row that no step of the decoder has read.
   */
  readonly visibleCounts: Uint32Array;
}

/** The kind of map that a mode is drawn from. */
export function mapKindOf(mode: PanelMode): 'encoder' | 'decoder' | 'cross' {
  return mode === 'alignment' ? 'cross' : mode;
}

/**
 * The reading of one layer. `headIndex` undefined: the mean over heads. In mode `alignment` the heads come from
 * `alignment` instead, which must be there. Errors: `internal` when the map does not fit the segment's tokens.
 */
export function readingOf(
  mode: PanelMode,
  segment: PanelSegment,
  map: PanelMap,
  headIndex: number | undefined,
  alignment: PanelAlignment | undefined,
): Reading {
  const source = axisOf('source', segment);
  const target = axisOf('target', segment);
  const [, rowCount, columnCount] = map.shape;
  const expectedRows = mode === 'encoder' ? source.length : target.length;
  const expectedColumns = mode === 'decoder' ? target.length : source.length;
  if (rowCount !== expectedRows || columnCount !== expectedColumns) {
    throw new HeadlightError('internal', `a ${mode} map has as many rows and columns as tokens`, {
      rule: `${expectedRows} x ${expectedColumns}`,
      found: `${rowCount} x ${columnCount}`,
    });
  }
  switch (mode) {
    case 'encoder':
      return seeingAll(mode, source, source, headWeights(map, headIndex));
    case 'cross':
      return seeingAll(mode, target, source, headWeights(map, headIndex));
    case 'decoder': {
      // Column j is the decoder's input at step j: the start token, then the target without its last.
      const start = { side: 'target', tokenIndex: startTokenIndex, name: 'start', special: true } as const;
      return {
        mode,
        rows: target,
        columns: [start, ...target.slice(0, -1)].slice(0, columnCount),
        weights: headWeights(map, headIndex),
        visibleCounts: Uint32Array.from({ length: rowCount }, (_, row) => row + 1),
      };
    }
    case 'alignment':
      return alignmentReading(target, source, map, alignment);
  }
}

/**
 * With `inputShift` the row for target token i is the step whose input was that token, one below the step that produced
 * it: by then the decoder knows the word that it looks up. The last token is never an input, so its row sees nothing; when
 * that token is the end mark, which stands for no word, it gets no row at all.
 */
function alignmentReading(
  target: readonly AxisItem[],
  source: readonly AxisItem[],
  map: PanelMap,
  alignment: PanelAlignment | undefined,
): Reading {
  if (!alignment) throw new HeadlightError('internal', 'the model declares no heads for a word alignment');
  const weights = chosenHeads(map, alignment.heads);
  if (!alignment.inputShift) return seeingAll('alignment', target, source, weights);
  const rows = target.at(-1)?.special ? target.slice(0, -1) : target;
  const shifted = new Float32Array(rows.length * source.length);
  shifted.set(weights.subarray(source.length, source.length + shifted.length));
  const readRowCount = target.length - 1;
  return {
    mode: 'alignment',
    rows,
    columns: source,
    weights: shifted,
    visibleCounts: Uint32Array.from(rows, (_, row) => (row < readRowCount ? source.length : 0)),
  };
}

/** The weights of one head as a view, or the mean over all: `[row, column]`. */
function headWeights(map: PanelMap, headIndex: number | undefined): Float32Array {
  const [headCount, rowCount, columnCount] = map.shape;
  if (headIndex === undefined) return meanOverHeads(map.data, headCount);
  const size = rowCount * columnCount;
  return map.data.subarray(headIndex * size, (headIndex + 1) * size);
}

function chosenHeads(map: PanelMap, heads: readonly number[]): Float32Array {
  if (heads.length === 1) return headWeights(map, heads[0]);
  const size = map.shape[1] * map.shape[2];
  const chosen = new Float32Array(heads.length * size);
  heads.forEach((headIndex, place) => {
    chosen.set(headWeights(map, headIndex), place * size);
  });
  return meanOverHeads(chosen, heads.length);
}

function seeingAll(
  mode: PanelMode,
  rows: readonly AxisItem[],
  columns: readonly AxisItem[],
  weights: Float32Array,
): Reading {
  return { mode, rows, columns, weights, visibleCounts: new Uint32Array(rows.length).fill(columns.length) };
}

function axisOf(side: Side, segment: PanelSegment): AxisItem[] {
  const tokens = side === 'source' ? segment.sourceTokens : segment.targetTokens;
  return tokens.map((token, tokenIndex) => ({
    side,
    tokenIndex,
    name: tokenName(segment[side], token),
    special: token.special,
  }));
}
