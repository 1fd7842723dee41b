// Where the grid, its cells and its labels lie. Pure: sizes in CSS pixels in, sizes in CSS pixels out.

import type { Selection } from './selection';

export interface HeatmapSpace {
  readonly rowCount: number;
  readonly columnCount: number;
  /** What the panel has for grid and labels together. */
  readonly width: number;
  /** Width of the widest row label. */
  readonly rowLabelWidth: number;
  /** Width of the widest column label, before it is turned. */
  readonly columnLabelWidth: number;
  /** Width of the last column's label, which leans out over the right edge of the grid when labels are slanted. */
  readonly lastColumnLabelWidth: number;
  readonly devicePixelRatio: number;
}

export interface HeatmapLayout {
  readonly cellSize: number;
  readonly gridLeft: number;
  readonly gridTop: number;
  readonly gridWidth: number;
  readonly gridHeight: number;
  /** Of everything; wider than the space when cells would fall below one device pixel. */
  readonly width: number;
  readonly height: number;
  /** Every so many rows and columns have a label, so that labels never touch. */
  readonly labelStep: number;
  /** Column labels lean at 45 degrees where there is room for it, else they stand upright. */
  readonly slanted: boolean;
}

const largestCell = 28;
/** From one label's baseline to the next. */
export const labelPitch = 12;
const labelGap = 6;
const slantedFrom = 17; // 12 / sin 45°: slanted labels closer than this touch

/** The largest square cells that fit the width, each a whole number of device pixels, at least one. */
export function layoutHeatmap(space: HeatmapSpace): HeatmapLayout {
  const { rowCount, columnCount, devicePixelRatio } = space;
  const gridLeft = Math.ceil(space.rowLabelWidth) + labelGap;
  const leaning = Math.ceil(space.lastColumnLabelWidth * Math.SQRT1_2);
  const fitting = (room: number) => {
    const wanted = Math.min(largestCell, room / Math.max(columnCount, 1));
    return Math.max(1, Math.floor(wanted * devicePixelRatio)) / devicePixelRatio;
  };
  const slantedSize = fitting(space.width - gridLeft - leaning);
  const slanted = slantedSize >= slantedFrom;
  const cellSize = slanted ? slantedSize : fitting(space.width - gridLeft - 1);
  const labelHeight = slanted ? (space.columnLabelWidth + labelPitch) * Math.SQRT1_2 : space.columnLabelWidth;
  const gridTop = Math.ceil(labelHeight) + labelGap;
  const gridWidth = columnCount * cellSize;
  const gridHeight = rowCount * cellSize;
  return {
    cellSize,
    gridLeft,
    gridTop,
    gridWidth,
    gridHeight,
    width: gridLeft + gridWidth + (slanted ? leaning : 1),
    height: gridTop + gridHeight + 1,
    labelStep: Math.max(1, Math.ceil(labelPitch / cellSize)),
    slanted,
  };
}

/** What a point means: a cell, the row or column whose label it is at, or nothing. */
export function selectionAt(layout: HeatmapLayout, x: number, y: number): Selection | undefined {
  const rise = layout.slanted ? Math.max(0, layout.gridTop - y) : 0; // a slanted label leans right as it rises
  const column = indexAt(x - rise - layout.gridLeft, layout.gridWidth, layout.cellSize);
  const row = indexAt(y - layout.gridTop, layout.gridHeight, layout.cellSize);
  if (row !== undefined && column !== undefined) return { row, column };
  if (row !== undefined && x >= 0 && x < layout.gridLeft) return { row, column: undefined };
  if (column !== undefined && y >= 0 && y < layout.gridTop) return { row: undefined, column };
  return undefined;
}

function indexAt(distance: number, size: number, cellSize: number): number | undefined {
  return distance >= 0 && distance < size ? Math.floor(distance / cellSize) : undefined;
}
