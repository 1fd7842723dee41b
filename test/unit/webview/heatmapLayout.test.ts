import assert from 'node:assert/strict';
import {
  type HeatmapSpace,
  labelPitch,
  layoutHeatmap,
  panned,
  revealing,
  selectionAt,
  wholeView,
  zoomed,
} from '../../../webview/heatmapLayout';

const space: HeatmapSpace = {
  rowCount: 12,
  columnCount: 10,
  width: 700,
  height: 560,
  rowLabelWidth: 60,
  columnLabelWidth: 80,
  lastColumnLabelWidth: 30,
  devicePixelRatio: 1,
};

describe('layoutHeatmap', () => {
  it('keeps cells square, whole device pixels, and within the width', () => {
    for (const columnCount of [1, 7, 40, 128, 512])
      for (const devicePixelRatio of [1, 1.25, 1.5, 2]) {
        const layout = layoutHeatmap({ ...space, columnCount, devicePixelRatio });
        const devicePixels = layout.cellSize * devicePixelRatio;
        assert.ok(Math.abs(devicePixels - Math.round(devicePixels)) < 1e-9);
        assert.ok(layout.width <= space.width, `${columnCount} columns at ${devicePixelRatio}`);
      }
  });

  it('never shrinks a cell below one device pixel: the grid gets wider than the panel instead', () => {
    const layout = layoutHeatmap({ ...space, columnCount: 900 });
    assert.equal(layout.cellSize, 1);
    assert.ok(layout.width > space.width);
  });

  it('leaves room between labels, at every size', () => {
    for (const columnCount of [3, 30, 60, 128, 512]) {
      const { labelStep, cellSize } = layoutHeatmap({ ...space, columnCount });
      assert.ok(labelStep * cellSize >= labelPitch);
    }
  });

  it('slants column labels only where cells are wide enough', () => {
    assert.equal(layoutHeatmap(space).slanted, true);
    assert.equal(layoutHeatmap({ ...space, columnCount: 128 }).slanted, false);
  });
});

describe('selectionAt', () => {
  const layout = layoutHeatmap({ ...space, columnCount: 128, rowCount: 128 });
  const { gridLeft, gridTop, cellSize } = layout;

  it('finds the cell under a point', () => {
    assert.deepEqual(selectionAt(layout, gridLeft, gridTop), { row: 0, column: 0 });
    assert.deepEqual(selectionAt(layout, gridLeft + 5.5 * cellSize, gridTop + 9.5 * cellSize), { row: 9, column: 5 });
  });

  it('finds the row or the column of a label', () => {
    assert.deepEqual(selectionAt(layout, 3, gridTop + 1.5 * cellSize), { row: 1, column: undefined });
    assert.deepEqual(selectionAt(layout, gridLeft + 2.5 * cellSize, 3), { row: undefined, column: 2 });
  });

  it('follows a slanted label as it leans to the right', () => {
    const slanted = layoutHeatmap(space);
    const x = slanted.gridLeft + 2.5 * slanted.cellSize;
    assert.deepEqual(selectionAt(slanted, x + 20, slanted.gridTop - 20), { row: undefined, column: 2 });
  });

  it('finds nothing in the corner and outside', () => {
    assert.equal(selectionAt(layout, 3, 3), undefined);
    assert.equal(selectionAt(layout, layout.width, gridTop), undefined);
    assert.equal(selectionAt(layout, -1, gridTop), undefined);
  });
});

describe('a zoomed grid', () => {
  const large = { ...space, columnCount: 128, rowCount: 128 };
  const whole = layoutHeatmap(large);
  const [x, y] = [whole.gridLeft + 0.7 * whole.gridWidth, whole.gridTop + 0.3 * whole.gridHeight];
  const view = zoomed(whole, wholeView, 3, x, y);
  const layout = layoutHeatmap(large, view);

  it('keeps its window and the cell under the pointer', () => {
    assert.equal(layout.gridWidth, whole.gridWidth);
    assert.ok(Math.abs(layout.cellSize - 3 * whole.cellSize) < 1e-9);
    assert.deepEqual(selectionAt(layout, x, y), selectionAt(whole, x, y));
  });

  it('never shows what lies outside of it', () => {
    const corner = layoutHeatmap(large, { zoom: 3, row: 500, column: 500 });
    assert.ok(corner.scrollLeft + corner.gridWidth <= 128 * corner.cellSize + 1e-9);
    assert.deepEqual(
      selectionAt(corner, corner.gridLeft + corner.gridWidth - 1, corner.gridTop + corner.gridHeight - 1),
      {
        row: 127,
        column: 127,
      },
    );
  });

  it('follows the pointer and goes back to the whole', () => {
    const moved = layoutHeatmap(large, panned(layout, view, 2 * layout.cellSize, 0));
    assert.ok(Math.abs(moved.scrollLeft - layout.scrollLeft - 2 * layout.cellSize) < 1e-6);
    assert.equal(zoomed(layout, view, 1 / 100, x, y).zoom, 1);
  });

  it('brings a cell into view', () => {
    for (const [row, column] of [
      [0, 0],
      [127, 127],
      [64, 3],
    ]) {
      const shown = layoutHeatmap(large, revealing(layout, view, row, column));
      const left = column * shown.cellSize - shown.scrollLeft;
      assert.ok(left >= -1e-6 && left + shown.cellSize <= shown.gridWidth + 1e-6);
    }
  });
});
