// What the grid shows as rows, columns and weights. Pure: no DOM.

import type { AttentionKind } from '../src/model/attention/maps';
import type { WordAlignment } from '../src/model/attention/methods';
import { sinkTokens } from '../src/model/attention/sinks';
import { HeadlightError } from '../src/model/errors';
import type { PanelMatrix, PanelSegment, PanelUnit } from '../src/protocol/webview';
import * as l10n from './l10n';
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

/** What the maps of one kind over one segment have in common, so that a switch of heads only moves numbers. */
interface Axes {
  readonly rows: readonly AxisItem[];
  readonly columns: readonly AxisItem[];
  /** For every row and column of the matrix the index of its item. */
  readonly rowOf: Int32Array;
  readonly columnOf: Int32Array;
  readonly visibleCounts: Uint32Array;
  /** Indices of columns all of whose tokens are sinks. */
  readonly sinks: readonly number[];
  /** The others; undefined: hiding sinks would hide nothing or everything. */
  readonly withoutSinks: { readonly columns: readonly AxisItem[]; readonly kept: Uint32Array } | undefined;
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
  const axes = axesOf(kind, segment, matrix, unit);
  const { rows, columns, visibleCounts } = axes;
  const isOneToOne = rows.length === matrix.rowCount && columns.length === matrix.columnCount;
  const weights = isOneToOne ? matrix.data : groupedWeights(matrix, axes);
  return withSinks({ kind, rows, columns, weights, visibleCounts }, axes, hideSinks);
}

function groupedWeights(
  { rowCount, columnCount, rowPool, data }: PanelMatrix,
  { rows, columns, rowOf, columnOf }: Axes,
): Float32Array {
  const weights = new Float32Array(rows.length * columns.length);
  for (let row = 0, cell = 0; row < rowCount; row++) {
    const to = rowOf[row] * columns.length;
    const share = Math.min(rowPool / rows[rowOf[row]].tokens.length || 1, 1);
    for (let column = 0; column < columnCount; column++, cell++) weights[to + columnOf[column]] += data[cell] * share;
  }
  return weights;
}

const knownAlignments = new WeakMap<WordAlignment, Reading>();

/** The reading of a word alignment: words only, sinks are left out already. The same for the same alignment. */
export function alignmentReading(segment: PanelSegment, alignment: WordAlignment): Reading {
  const reading = knownAlignments.get(alignment) ?? wordReading(segment, alignment);
  knownAlignments.set(alignment, reading);
  return reading;
}

function wordReading(segment: PanelSegment, { sourceWords, targetWords, weights }: WordAlignment): Reading {
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
  let [sum, seeing] = [0, 0];
  for (let row = 0; row < sinkShares.length; row++) {
    if (visibleCounts[row] === 0) continue;
    sum += sinkShares[row];
    seeing++;
  }
  return sum / Math.max(seeing, 1);
}

const knownAxes = new WeakMap<PanelSegment, Map<string, Axes>>();

function axesOf(kind: AttentionKind, segment: PanelSegment, matrix: PanelMatrix, unit: PanelUnit): Axes {
  const known = knownAxes.get(segment) ?? new Map<string, Axes>();
  knownAxes.set(segment, known);
  const { rowCount, columnCount, rowPool, columnPool } = matrix;
  const key = [kind, unit, rowCount, columnCount, rowPool, columnPool].join(' ');
  const axes = known.get(key) ?? madeAxes(kind, segment, matrix, unit);
  known.set(key, axes);
  return axes;
}

function madeAxes(kind: AttentionKind, segment: PanelSegment, matrix: PanelMatrix, unit: PanelUnit): Axes {
  const { sourceTokens, targetTokens } = segment;
  const { rowCount, columnCount, rowPool, columnPool } = matrix;
  const units = rowPool * columnPool > 1 ? 'subwords' : unit;
  const source = unitsOf(units, segment.source, sourceTokens).map((item): AxisItem => ({ ...item, side: 'source' }));
  const target = unitsOf(units, segment.target, targetTokens).map((item): AxisItem => ({ ...item, side: 'target' }));
  const allRows = kind === 'encoder' ? source : target;
  const allColumns = kind === 'decoder' ? decoderInputs(target, targetTokens.length) : source;
  const tokenCounts = [allRows, allColumns].map(items => items.reduce((sum, { tokens }) => sum + tokens.length, 0));
  const expected = [Math.ceil(tokenCounts[0] / rowPool), Math.ceil(tokenCounts[1] / columnPool)];
  if (rowCount !== expected[0] || columnCount !== expected[1])
    throw new HeadlightError('internal', `a ${kind} map has as many rows and columns as tokens`, {
      rule: expected.join(' x '),
      found: `${rowCount} x ${columnCount}`,
    });
  const rows = pool(allRows, rowPool);
  const columns = pool(allColumns, columnPool);
  const sinks = sinkColumns(columns, segment);
  const kept = Uint32Array.from([...columns.keys()].filter(column => !sinks.includes(column)));
  const hidesSome = kept.length > 0 && kept.length < columns.length;
  return {
    rows,
    columns,
    rowOf: itemsOfCells(rows, rowCount, rowPool, 0),
    columnOf: itemsOfCells(columns, columnCount, columnPool, kind === 'decoder' ? startTokenIndex : 0),
    visibleCounts: Uint32Array.from(rows, ({ tokens }) =>
      kind === 'decoder' ? seenBefore(columns, tokens[tokens.length - 1]) : columns.length,
    ),
    sinks,
    withoutSinks: hidesSome ? { columns: Array.from(kept, column => columns[column]), kept } : undefined,
  };
}

/** How many columns begin before a token. */
function seenBefore(columns: readonly AxisItem[], token: number): number {
  const first = columns.findIndex(column => column.tokens[0] >= token);
  return first < 0 ? columns.length : first;
}

/** Column j is the decoder's input at step j: the start token, then the target without its last. */
function decoderInputs(target: readonly AxisItem[], tokenCount: number): AxisItem[] {
  const start: AxisItem = { side: 'target', tokens: [startTokenIndex], name: l10n.t('start'), special: true };
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
  { sinks, withoutSinks }: Axes,
  hideSinks: boolean,
): Reading {
  const { rows, columns, weights, visibleCounts } = reading;
  const sinkShares = new Float32Array(rows.length);
  for (let row = 0, cell = 0; row < rows.length; row++) {
    let [sum, all] = [0, 0];
    for (const column of sinks) sum += weights[cell + column];
    for (const end = cell + columns.length; cell < end; cell++) all += weights[cell];
    sinkShares[row] = all > 0 ? sum / all : 0;
  }
  if (!hideSinks || !withoutSinks) return { ...reading, sinkShares, hidesSinks: false };
  const { kept } = withoutSinks;
  const shown = new Float32Array(rows.length * kept.length);
  const shownCounts = new Uint32Array(rows.length);
  for (let row = 0; row < rows.length; row++) {
    const left = 1 - sinkShares[row];
    for (let place = 0; place < kept.length; place++) {
      const column = kept[place];
      shown[row * kept.length + place] = left > 1e-6 ? weights[row * columns.length + column] / left : 0;
      if (column < visibleCounts[row]) shownCounts[row] = place + 1;
    }
  }
  return {
    ...reading,
    columns: withoutSinks.columns,
    weights: shown,
    visibleCounts: shownCounts,
    sinkShares,
    hidesSinks: true,
  };
}

/** Indices of columns all of whose tokens are sinks. */
function sinkColumns(columns: readonly AxisItem[], segment: PanelSegment): number[] {
  const sinksOf = {
    source: new Set(sinkTokens(segment.source, segment.sourceTokens)),
    target: new Set([startTokenIndex, ...sinkTokens(segment.target, segment.targetTokens)]),
  };
  return [...columns.keys()].filter(column => {
    const { side, tokens } = columns[column];
    return tokens.every(token => sinksOf[side].has(token));
  });
}
