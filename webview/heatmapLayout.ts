// Where the grid, its cells, labels and margins lie. Pure: sizes in CSS pixels in, sizes in CSS pixels out.

import type { Selection } from './selection';

export interface HeatmapSpace {
  readonly rowCount: number;
  readonly columnCount: number;
  /** What the panel has for grid and labels together. */
  readonly width: number;
  /** Rows get no larger than fits this, down to where labels touch. */
  readonly height: number;
  /** Width of the widest row label. */
  readonly rowLabelWidth: number;
  /** Width of the widest column label, before it is turned. */
  readonly columnLabelWidth: number;
  /** Width of the last column's label, which leans out over the right edge of the grid when labels are slanted. */
  readonly lastColumnLabelWidth: number;
  readonly devicePixelRatio: number;
}

/** How far the grid is zoomed in, and which part of it is in view. */
export interface HeatmapView {
  /** 1: everything is in view. */
  readonly zoom: number;
  /** Of the upper left corner of what is in view, in cells. */
  readonly row: number;
  readonly column: number;
}

export const wholeView: HeatmapView = { zoom: 1, row: 0, column: 0 };

export interface HeatmapLayout {
  readonly rowCount: number;
  readonly columnCount: number;
  readonly cellSize: number;
  /** The window in which cells are seen. */
  readonly gridLeft: number;
  readonly gridTop: number;
  readonly gridWidth: number;
  readonly gridHeight: number;
  /** How far the cells are moved up and left under that window. */
  readonly scrollLeft: number;
  readonly scrollTop: number;
  /** Of everything; wider than the space when cells would fall below one device pixel. */
  readonly width: number;
  readonly height: number;
  /** Every so many rows and columns have a label, so that labels never touch. */
  readonly labelStep: number;
  /** Column labels lean at 45 degrees where there is room for it, else they stand upright. */
  readonly slanted: boolean;
}

const largestCell = 28;
const largestZoomedCell = 44;
/** From one label's baseline to the next. */
export const labelPitch = 12;
const labelGap = 6;
/** Left of the grid: how much of each row rests on sinks. */
export const sinkStripWidth = 5;
const sinkStripGap = 4;
/** Right of and below the grid: the profiles of rows and columns. */
export const profileSize = 22;
const profileGap = 4;
const slantedFrom = 17; // 12 / sin 45°: slanted labels closer than this touch

/** The largest square cells that fit, each a whole number of device pixels, at least one; then zoomed. */
export function layoutHeatmap(space: HeatmapSpace, view: HeatmapView = wholeView): HeatmapLayout {
  const { rowCount, columnCount, devicePixelRatio } = space;
  const gridLeft = Math.ceil(space.rowLabelWidth) + labelGap + sinkStripWidth + sinkStripGap;
  const leaning = Math.max(Math.ceil(space.lastColumnLabelWidth * Math.SQRT1_2), profileSize + profileGap);
  const tallest = Math.max(space.height / Math.max(rowCount, 1), labelPitch + 1);
  const fitting = (room: number) => {
    const wanted = Math.min(largestCell, tallest, room / Math.max(columnCount, 1));
    return Math.max(1, Math.floor(wanted * devicePixelRatio)) / devicePixelRatio;
  };
  const slantedSize = fitting(space.width - gridLeft - leaning);
  const slanted = slantedSize >= slantedFrom;
  const margin = slanted ? leaning : profileSize + profileGap;
  const fitSize = slanted ? slantedSize : fitting(space.width - gridLeft - margin);
  const labelHeight =
    slanted || view.zoom * fitSize >= slantedFrom
      ? (space.columnLabelWidth + labelPitch) * Math.SQRT1_2
      : space.columnLabelWidth;
  const gridTop = Math.ceil(labelHeight) + labelGap;
  const gridWidth = columnCount * fitSize;
  const gridHeight = rowCount * fitSize;
  const cellSize = fitSize * view.zoom;
  const scrolled = (cells: number, count: number, window: number) =>
    Math.max(0, Math.min(cells * cellSize, count * cellSize - window));
  return {
    rowCount,
    columnCount,
    cellSize,
    gridLeft,
    gridTop,
    gridWidth,
    gridHeight,
    scrollLeft: scrolled(view.column, columnCount, gridWidth),
    scrollTop: scrolled(view.row, rowCount, gridHeight),
    width: gridLeft + gridWidth + margin,
    height: gridTop + gridHeight + profileGap + profileSize,
    labelStep: Math.max(1, Math.ceil(labelPitch / cellSize)),
    slanted: slanted || cellSize >= slantedFrom,
  };
}

/** How far a grid of this layout can be zoomed in, its layout being that of `zoom`. */
export function largestZoom({ cellSize }: HeatmapLayout, zoom: number): number {
  return Math.max(1, largestZoomedCell / (cellSize / zoom));
}

/** The view zoomed by a factor, with the point at `x`, `y` staying where it is. */
export function zoomed(layout: HeatmapLayout, view: HeatmapView, factor: number, x: number, y: number): HeatmapView {
  const zoom = Math.min(Math.max(view.zoom * factor, 1), largestZoom(layout, view.zoom));
  const size = (layout.cellSize / view.zoom) * zoom;
  const within = (position: number, start: number, window: number) => Math.max(0, Math.min(position - start, window));
  const left = within(x, layout.gridLeft, layout.gridWidth);
  const top = within(y, layout.gridTop, layout.gridHeight);
  return {
    zoom,
    column: Math.max(0, (layout.scrollLeft + left) / layout.cellSize - left / size),
    row: Math.max(0, (layout.scrollTop + top) / layout.cellSize - top / size),
  };
}

/** The view moved by so many pixels. */
export function panned(layout: HeatmapLayout, view: HeatmapView, right: number, down: number): HeatmapView {
  return {
    ...view,
    column: Math.max(0, (layout.scrollLeft + right) / layout.cellSize),
    row: Math.max(0, (layout.scrollTop + down) / layout.cellSize),
  };
}

/** The view moved as little as brings a cell into it. */
export function revealing(layout: HeatmapLayout, view: HeatmapView, row: number, column: number): HeatmapView {
  const nearest = (index: number, scroll: number, window: number) => {
    const start = index * layout.cellSize;
    const moved = Math.max(Math.min(scroll, start), start + layout.cellSize - window);
    return moved / layout.cellSize;
  };
  return {
    ...view,
    row: nearest(row, layout.scrollTop, layout.gridHeight),
    column: nearest(column, layout.scrollLeft, layout.gridWidth),
  };
}

/** Indices `[from, to)` that are at least partly in view. */
export function visibleRange(scroll: number, window: number, cellSize: number, count: number): [number, number] {
  return [Math.floor(scroll / cellSize), Math.min(count, Math.ceil((scroll + window) / cellSize))];
}

/** What a point means: a cell, the row or column whose label or profile it is at, or nothing. */
export function selectionAt(layout: HeatmapLayout, x: number, y: number): Selection | undefined {
  const rise = layout.slanted ? Math.max(0, layout.gridTop - y) : 0; // a slanted label leans right as it rises
  const column = indexAt(x - rise - layout.gridLeft, layout.gridWidth, layout.scrollLeft, layout.cellSize);
  const row = indexAt(y - layout.gridTop, layout.gridHeight, layout.scrollTop, layout.cellSize);
  if (row !== undefined && column !== undefined) return { row, column };
  if (row !== undefined && x >= 0 && x < layout.width) return { row, column: undefined };
  if (column !== undefined && y >= 0 && y < layout.height) return { row: undefined, column };
  return undefined;
}

function indexAt(distance: number, window: number, scroll: number, cellSize: number): number | undefined {
  return distance >= 0 && distance < window ? Math.floor((distance + scroll) / cellSize) : undefined;
}
