// What the grid shows as rows, columns and weights. Pure: no DOM.

import type { AttentionKind } from '../src/model/attention/maps';
import type { WordAlignment } from '../src/model/attention/methods';
import { sinkTokens } from '../src/model/attention/sinks';
import { HeadlightError } from '../src/model/errors';
import type { PanelMatrix, PanelSegment, PanelUnit } from '../src/protocol/webview';
import { type TextUnit, unitsOf } from './textUnits';

export type Side = 'source' | 'target';

/** The decoder's start token stands before the first target token and is in no list of tokens. */
export const startTokenIndex = -1;

/** What one row or one column stands for. */
export interface AxisItem extends TextUnit {
  readonly side: Side;
}

/** One matrix of attention weights with its axes. */
export interface Reading {
  readonly kind: AttentionKind;
  readonly rows: readonly AxisItem[];
  readonly columns: readonly AxisItem[];
  /** `[row, column]`, row-major; each row that can see anything sums to 1, but for the maximum over heads. */
  readonly weights: Float32Array;
  /**
   * For each row, how many columns from the first it could see. The rest is not zero attention but none at all: what comes
   * later in masked self-attention, or a whole row of which nothing is known.
   */
  readonly visibleCounts: Uint32Array;
  /** For each row, the share of attention on columns that are sinks, 0 to 1. */
  readonly sinkShares: Float32Array;
  /** True: sinks are left out of `columns`, and each row was divided by what is left. */
  readonly hidesSinks: boolean;
}

/** `[row, column]` over tokens as axis items, before anything is put together. */
interface TokenGrid {
  readonly kind: AttentionKind;
  readonly rows: readonly AxisItem[];
  readonly columns: readonly AxisItem[];
  readonly matrix: PanelMatrix;
}

/**
 * The reading of a map over tokens. Tokens of one word or sentence become one: its columns add up and its rows are averaged, so
 * that rows still sum to 1. A pooled map keeps its own rows and columns. Errors: `internal` when the map does not fit the tokens.
 */
export function readingOf(
  kind: AttentionKind,
  segment: PanelSegment,
  matrix: PanelMatrix,
  unit: PanelUnit,
  hideSinks: boolean,
): Reading {
  const grid = tokenGrid(kind, segment, matrix, unit);
  const [rowCount, columnCount] = [grid.rows.length, grid.columns.length];
  const weights = new Float32Array(rowCount * columnCount);
  const rowOf = itemsOfCells(grid.rows, matrix.rowCount, matrix.rowPool, 0);
  const columnOf = itemsOfCells(
    grid.columns,
    matrix.columnCount,
    matrix.columnPool,
    kind === 'decoder' ? startTokenIndex : 0,
  );
  for (let row = 0; row < matrix.rowCount; row++) {
    const to = rowOf[row];
    const share = matrix.rowPool / grid.rows[to].tokens.length || 1;
    for (let column = 0; column < matrix.columnCount; column++) {
      weights[to * columnCount + columnOf[column]] +=
        matrix.data[row * matrix.columnCount + column] * Math.min(share, 1);
    }
  }
  const visibleCounts = Uint32Array.from(grid.rows, ({ tokens }) =>
    kind === 'decoder'
      ? grid.columns.filter(column => column.tokens[0] < tokens[tokens.length - 1]).length
      : columnCount,
  );
  return withSinks({ kind, rows: grid.rows, columns: grid.columns, weights, visibleCounts }, segment, hideSinks);
}

/** The reading of a word alignment: words only, sinks are left out already. */
export function alignmentReading(segment: PanelSegment, { sourceWords, targetWords, weights }: WordAlignment): Reading {
  const name = (text: string, [start, end]: readonly [number, number]) => text.slice(start, end);
  const rows = targetWords.map(
    ({ tokens, range }): AxisItem => ({ side: 'target', tokens, name: name(segment.target, range), special: false }),
  );
  const columns = sourceWords.map(
    ({ tokens, range }): AxisItem => ({ side: 'source', tokens, name: name(segment.source, range), special: false }),
  );
  return {
    kind: 'cross',
    rows,
    columns,
    weights: weights.data,
    visibleCounts: Uint32Array.from(rows, (_, row) =>
      weights.data.subarray(row * columns.length, (row + 1) * columns.length).some(weight => weight > 0)
        ? columns.length
        : 0,
    ),
    sinkShares: new Float32Array(rows.length),
    hidesSinks: true,
  };
}

/** Mean share of attention on sinks over the rows that see anything. */
export function meanSinkShare({ sinkShares, visibleCounts }: Reading): number {
  const seeing = [...sinkShares].filter((_, row) => visibleCounts[row] > 0);
  return seeing.reduce((sum, share) => sum + share, 0) / Math.max(seeing.length, 1);
}

/** Axes by segment: the same for every head, so that nobody measures their labels anew. */
const knownGrids = new WeakMap<PanelSegment, Map<string, Pick<TokenGrid, 'rows' | 'columns'>>>();

function tokenGrid(kind: AttentionKind, segment: PanelSegment, matrix: PanelMatrix, unit: PanelUnit): TokenGrid {
  const known = knownGrids.get(segment) ?? new Map<string, Pick<TokenGrid, 'rows' | 'columns'>>();
  knownGrids.set(segment, known);
  const { rowCount, columnCount, rowPool, columnPool } = matrix;
  const key = [kind, unit, rowCount, columnCount, rowPool, columnPool].join(' ');
  const axes = known.get(key) ?? axesOf(kind, segment, matrix, unit);
  known.set(key, axes);
  return { kind, matrix, ...axes };
}

function axesOf(
  kind: AttentionKind,
  segment: PanelSegment,
  matrix: PanelMatrix,
  unit: PanelUnit,
): Pick<TokenGrid, 'rows' | 'columns'> {
  const { sourceTokens, targetTokens } = segment;
  const isPooled = matrix.rowPool * matrix.columnPool > 1;
  const units = isPooled ? 'subwords' : unit;
  const source = unitsOf(units, segment.source, sourceTokens).map((item): AxisItem => ({ ...item, side: 'source' }));
  const target = unitsOf(units, segment.target, targetTokens).map((item): AxisItem => ({ ...item, side: 'target' }));
  const rows = kind === 'encoder' ? source : target;
  const columns = kind === 'decoder' ? decoderInputs(target, targetTokens.length) : source;
  const tokenCounts = [rows, columns].map(items => items.reduce((sum, { tokens }) => sum + tokens.length, 0));
  const expected = [Math.ceil(tokenCounts[0] / matrix.rowPool), Math.ceil(tokenCounts[1] / matrix.columnPool)];
  if (matrix.rowCount !== expected[0] || matrix.columnCount !== expected[1])
    throw new HeadlightError('internal', `a ${kind} map has as many rows and columns as tokens`, {
      rule: expected.join(' x '),
      found: `${matrix.rowCount} x ${matrix.columnCount}`,
    });
  return { rows: pool(rows, matrix.rowPool), columns: pool(columns, matrix.columnPool) };
}

/** Column j is the decoder's input at step j: the start token, then the target without its last. */
function decoderInputs(target: readonly AxisItem[], tokenCount: number): AxisItem[] {
  const start: AxisItem = { side: 'target', tokens: [startTokenIndex], name: 'start', special: true };
  const inputs = target.flatMap(item => {
    const tokens = item.tokens.filter(token => token < tokenCount - 1);
    return tokens.length > 0 ? [{ ...item, tokens }] : [];
  });
  return [start, ...inputs];
}

function pool(items: readonly AxisItem[], size: number): readonly AxisItem[] {
  if (size === 1) return items;
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => {
    const pooledItems = items.slice(index * size, (index + 1) * size);
    const [first, last] = [pooledItems[0], pooledItems[pooledItems.length - 1]];
    return {
      side: first.side,
      tokens: pooledItems.flatMap(item => item.tokens),
      name: pooledItems.length === 1 ? first.name : `${first.name} … ${last.name}`,
      special: pooledItems.every(item => item.special),
    };
  });
}

/** For every row or column of a matrix the index of its item; `firstToken` is that of the first. */
function itemsOfCells(items: readonly AxisItem[], count: number, poolSize: number, firstToken: number): Int32Array {
  const itemOfToken = new Map(items.flatMap(({ tokens }, index) => tokens.map(token => [token, index] as const)));
  return Int32Array.from({ length: count }, (_, cell) => itemOfToken.get(firstToken + cell * poolSize)!);
}

function withSinks(
  reading: Omit<Reading, 'sinkShares' | 'hidesSinks'>,
  segment: PanelSegment,
  hideSinks: boolean,
): Reading {
  const { rows, columns, weights, visibleCounts } = reading;
  const sinks = sinkColumns(columns, segment);
  const isSink = Uint8Array.from(columns, (_, column) => Number(sinks.has(column)));
  const sinkShares = new Float32Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    let [sum, all] = [0, 0];
    for (let column = 0; column < columns.length; column++) {
      const weight = weights[row * columns.length + column];
      all += weight;
      if (isSink[column] === 1) sum += weight;
    }
    sinkShares[row] = all > 0 ? sum / all : 0;
  }
  if (!hideSinks || sinks.size === 0 || sinks.size === columns.length)
    return { ...reading, sinkShares, hidesSinks: false };
  const kept = columns.flatMap((_, column) => (sinks.has(column) ? [] : [column]));
  const shown = new Float32Array(rows.length * kept.length);
  const shownCounts = new Uint32Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const left = 1 - sinkShares[row];
    kept.forEach((column, place) => {
      shown[row * kept.length + place] = left > 1e-6 ? weights[row * columns.length + column] / left : 0;
      if (column < visibleCounts[row]) shownCounts[row] = place + 1;
    });
  }
  return {
    ...reading,
    columns: kept.map(column => columns[column]),
    weights: shown,
    visibleCounts: shownCounts,
    sinkShares,
    hidesSinks: true,
  };
}

/** Columns all of whose tokens are sinks. */
function sinkColumns(columns: readonly AxisItem[], segment: PanelSegment): Set<number> {
  const sinks = {
    source: new Set(sinkTokens(segment.source, segment.sourceTokens)),
    target: new Set([startTokenIndex, ...sinkTokens(segment.target, segment.targetTokens)]),
  };
  return new Set(
    columns.flatMap(({ side, tokens }, column) => (tokens.every(token => sinks[side].has(token)) ? [column] : [])),
  );
}
