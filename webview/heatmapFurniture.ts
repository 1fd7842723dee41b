// What is drawn around and over the cells of a grid: labels, frame, hatching, sink strip, profiles, crosshair.

import { levelOf } from '../src/model/attention/colorScale';
import { type HeatmapLayout, profileSize, sinkStripWidth, visibleRange } from './heatmapLayout';
import type { AxisItem, Reading } from './reading';
import type { Selection } from './selection';
import type { Theme } from './theme';

export interface FurniturePlan {
  readonly reading: Reading;
  readonly layout: HeatmapLayout;
  readonly theme: Theme;
  /** 256 colours of 4 bytes, as the cells have them. */
  readonly colors: Uint8ClampedArray;
  readonly profiles: Profiles;
}

/** What stands at the margins, 0 to 1 each. */
export interface Profiles {
  /** The strongest weight of each row. */
  readonly rows: Float32Array;
  /** The mean weight of each column over the rows that see anything, as a share of the largest. */
  readonly columns: Float32Array;
}

const fontSize = 11;
const longestLabel = 14;
/** Half the height of a label and its ground. */
const labelReach = 8;
const hatchPitch = 6;

export function profilesOf({ rows, columns, weights, visibleCounts }: Reading): Profiles {
  const strongest = new Float32Array(rows.length);
  const sums = new Float32Array(columns.length);
  for (let row = 0; row < rows.length; row++) {
    for (let column = 0; column < visibleCounts[row]; column++) {
      const weight = weights[row * columns.length + column];
      if (weight > strongest[row]) strongest[row] = weight;
      sums[column] += weight;
    }
  }
  const largest = sums.reduce((most, sum) => Math.max(most, sum), 1e-9);
  return { rows: strongest, columns: sums.map(sum => sum / largest) };
}

export function font({ fontFamily }: Theme, bold = false): string {
  return `${bold ? 600 : 400} ${fontSize}px ${fontFamily}`;
}

export function labelOf({ name }: AxisItem): string {
  const characters = [...name];
  return characters.length > longestLabel ? `${characters.slice(0, longestLabel - 1).join('')}…` : name;
}

/** What another head changes: hatching, sink strip and profiles, in place of those that are there. Labels stay untouched. */
export function drawMargins(context: CanvasRenderingContext2D, plan: FurniturePlan): void {
  const { layout, theme } = plan;
  const left = layout.gridLeft - 4 - sinkStripWidth;
  const top = layout.gridTop - 1;
  context.clearRect(left, top, layout.width - left, layout.height - top);
  hatchHidden(context, plan);
  sinkStrip(context, plan);
  profiles(context, plan);
  context.strokeStyle = theme.dimForeground;
  context.globalAlpha = 0.5;
  const hair = 1 / devicePixelRatio;
  context.lineWidth = hair;
  context.strokeRect(
    layout.gridLeft - hair / 2,
    layout.gridTop - hair / 2,
    layout.gridWidth + hair,
    layout.gridHeight + hair,
  );
  context.globalAlpha = 1;
}

export function drawLabels(context: CanvasRenderingContext2D, plan: FurniturePlan): void {
  const { layout } = plan;
  const stepped = (from: number, to: number, draw: (index: number) => void) => {
    const { labelStep } = layout;
    for (let index = Math.ceil(from / labelStep) * labelStep; index < to; index += labelStep) draw(index);
  };
  stepped(...rowsInView(layout), row => rowLabel(context, plan, row, false));
  stepped(...columnsInView(layout), column => columnLabel(context, plan, column, false));
}

export function drawCrosshair(context: CanvasRenderingContext2D, plan: FurniturePlan, selection: Selection): void {
  const { layout, theme } = plan;
  const { row, column } = selection;
  const { gridLeft, gridTop, gridWidth, gridHeight, cellSize } = layout;
  if (row !== undefined) rowLabel(context, plan, row, true);
  if (column !== undefined) columnLabel(context, plan, column, true);
  context.save();
  context.beginPath();
  context.rect(gridLeft - 2, gridTop - 2, gridWidth + 4, gridHeight + 4);
  context.clip();
  context.strokeStyle = theme.focusBorder;
  context.lineWidth = 1;
  const top = gridTop + (row ?? 0) * cellSize - layout.scrollTop;
  const left = gridLeft + (column ?? 0) * cellSize - layout.scrollLeft;
  if (row !== undefined) context.strokeRect(gridLeft - 0.5, top - 0.5, gridWidth + 1, cellSize + 1);
  if (column !== undefined) context.strokeRect(left - 0.5, gridTop - 0.5, cellSize + 1, gridHeight + 1);
  if (row !== undefined && column !== undefined) {
    context.lineWidth = 2;
    context.strokeRect(left - 1, top - 1, cellSize + 2, cellSize + 2);
  }
  context.restore();
}

export function rowsInView({ scrollTop, gridHeight, cellSize, rowCount }: HeatmapLayout): [number, number] {
  return visibleRange(scrollTop, gridHeight, cellSize, rowCount);
}

export function columnsInView({ scrollLeft, gridWidth, cellSize, columnCount }: HeatmapLayout): [number, number] {
  return visibleRange(scrollLeft, gridWidth, cellSize, columnCount);
}

/** Cells that could not be seen are hatched: a colour would say that they could be and were not. */
function hatchHidden(context: CanvasRenderingContext2D, { reading, layout, theme }: FurniturePlan): void {
  const { gridLeft, gridTop, gridWidth, gridHeight, cellSize } = layout;
  const columnCount = reading.columns.length;
  const [from, to] = rowsInView(layout);
  if (reading.visibleCounts.subarray(from, to).every(visible => visible === columnCount)) return;
  context.save();
  context.beginPath();
  context.rect(gridLeft, gridTop, gridWidth, gridHeight);
  context.clip();
  context.beginPath();
  for (let row = from; row < to; row++) {
    const visible = reading.visibleCounts[row];
    if (visible === columnCount) continue;
    context.rect(
      gridLeft + visible * cellSize - layout.scrollLeft,
      gridTop + row * cellSize - layout.scrollTop,
      (columnCount - visible) * cellSize,
      cellSize,
    );
  }
  context.clip();
  context.beginPath();
  for (let x = -gridHeight; x < gridWidth; x += hatchPitch) {
    context.moveTo(gridLeft + x, gridTop + gridHeight);
    context.lineTo(gridLeft + x + gridHeight, gridTop);
  }
  context.strokeStyle = theme.dimForeground;
  context.globalAlpha = 0.35;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}

/** How much of each row rests on sinks, in the colours of the cells. */
function sinkStrip(context: CanvasRenderingContext2D, { reading, layout, colors }: FurniturePlan): void {
  const left = layout.gridLeft - 4 - sinkStripWidth;
  const [from, to] = rowsInView(layout);
  let drawnLevel = -1;
  for (let row = from; row < to; row++) {
    const level = levelOf(reading.sinkShares[row], 'squareRoot');
    if (level !== drawnLevel) {
      const [red, green, blue] = colors.subarray(level * 4, level * 4 + 3);
      context.fillStyle = `rgb(${red} ${green} ${blue})`;
      drawnLevel = level;
    }
    const [top, bottom] = edges(row, layout.gridTop, layout.gridHeight, layout.scrollTop, layout.cellSize);
    context.fillRect(left, top, sinkStripWidth, bottom - top);
  }
}

function profiles(context: CanvasRenderingContext2D, plan: FurniturePlan): void {
  const { layout, theme, profiles: shown } = plan;
  const gap = layout.cellSize >= 6 ? 1 : 0;
  context.fillStyle = theme.foreground;
  context.globalAlpha = 0.22;
  const right = layout.gridLeft + layout.gridWidth + 4;
  const [firstRow, endRow] = rowsInView(layout);
  for (let row = firstRow; row < endRow; row++) {
    const [top, bottom] = edges(row, layout.gridTop, layout.gridHeight, layout.scrollTop, layout.cellSize);
    context.fillRect(right, top + gap, Math.min(shown.rows[row], 1) * profileSize, bottom - top - 2 * gap);
  }
  const below = layout.gridTop + layout.gridHeight + 4;
  const [firstColumn, endColumn] = columnsInView(layout);
  for (let column = firstColumn; column < endColumn; column++) {
    const [left, end] = edges(column, layout.gridLeft, layout.gridWidth, layout.scrollLeft, layout.cellSize);
    context.fillRect(left + gap, below, end - left - 2 * gap, shown.columns[column] * profileSize);
  }
  context.globalAlpha = 1;
}

/** Where a row or column begins and ends, cut to what is in view. */
function edges(index: number, start: number, window: number, scroll: number, cellSize: number): [number, number] {
  const from = start + index * cellSize - scroll;
  return [Math.max(from, start), Math.min(from + cellSize, start + window)];
}

/** How far the ground of a label reaches on either side of its middle: over neighbours whole that it would cut in two. */
function reachOf({ labelStep, cellSize }: HeatmapLayout, index: number): [before: number, after: number] {
  const stepsBefore = index % labelStep;
  const reach = (steps: number) => {
    const distance = steps * cellSize;
    return steps > 0 && distance < 2 * labelReach ? distance + labelReach : labelReach;
  };
  return [reach(stepsBefore), reach(stepsBefore > 0 ? labelStep - stepsBefore : 0)];
}

/** With `emphasis`, on a ground of its own, over the label that may be there already. */
function rowLabel(context: CanvasRenderingContext2D, plan: FurniturePlan, row: number, emphasis: boolean): void {
  const { reading, layout, theme } = plan;
  const y = layout.gridTop + (row + 0.5) * layout.cellSize - layout.scrollTop;
  if (!reading.rows[row] || y < layout.gridTop - 1 || y > layout.gridTop + layout.gridHeight + 1) return;
  context.font = font(theme, emphasis);
  context.textAlign = 'right';
  const x = layout.gridLeft - 5 - sinkStripWidth - 4;
  const [above, under] = reachOf(layout, row);
  if (emphasis) ground(context, theme, 0, y - above, x + 3, y + under);
  write(context, theme, reading.rows[row], x, y, emphasis);
}

function columnLabel(context: CanvasRenderingContext2D, plan: FurniturePlan, column: number, emphasis: boolean): void {
  const { reading, layout, theme } = plan;
  const x = layout.gridLeft + (column + 0.5) * layout.cellSize - layout.scrollLeft;
  if (!reading.columns[column] || x < layout.gridLeft - 1 || x > layout.gridLeft + layout.gridWidth + 1) return;
  context.font = font(theme, emphasis);
  context.textAlign = 'left';
  context.save();
  context.translate(x, layout.gridTop - 5);
  context.rotate(layout.slanted ? -Math.PI / 4 : -Math.PI / 2);
  const length = layout.slanted ? context.measureText(labelOf(reading.columns[column])).width + 3 : layout.gridTop;
  const [before, after] = layout.slanted ? [labelReach, labelReach] : reachOf(layout, column);
  if (emphasis) ground(context, theme, -3, -before, length, after);
  write(context, theme, reading.columns[column], 0, 0, emphasis);
  context.restore();
}

function ground(
  context: CanvasRenderingContext2D,
  theme: Theme,
  left: number,
  top: number,
  right: number,
  bottom: number,
): void {
  context.fillStyle = `rgb(${theme.background.join(' ')})`;
  context.fillRect(left, top, right - left, bottom - top);
}

function write(
  context: CanvasRenderingContext2D,
  theme: Theme,
  item: AxisItem,
  x: number,
  y: number,
  emphasis: boolean,
): void {
  context.fillStyle = theme.foreground;
  context.globalAlpha = emphasis ? 1 : item.special ? 0.6 : 0.85;
  context.fillText(labelOf(item), x, y);
  context.globalAlpha = 1;
}
