// The grid on canvas: one pixel per cell scaled up by the browser, labels and crosshair in layers of their own, so that
// moving the crosshair redraws neither cells nor labels.

import type { PanelScale } from '../src/protocol/webview';
import { cellPixels, colorScale } from './colorScale';
import { context2d, element } from './dom';
import { type HeatmapLayout, layoutHeatmap, selectionAt } from './heatmapLayout';
import type { AxisItem, Reading } from './reading';
import type { Selection } from './selection';
import type { Theme } from './theme';

export interface HeatmapEvents {
  /** The pointer or the keyboard is at a cell, a row or a column; undefined: at nothing. */
  readonly onPoint: (selection: Selection | undefined) => void;
  readonly onPin: (selection: Selection) => void;
}

const fontSize = 11;
const longestLabel = 14;

export class Heatmap {
  readonly root: HTMLElement;
  private readonly frame: HTMLElement;
  private readonly cells = layer('cells');
  private readonly furniture = layer('furniture');
  private readonly crosshair = layer('crosshair');
  private readonly cursorMark = element('div', { className: 'cursorMark' });
  private reading: Reading | undefined;
  private theme: Theme | undefined;
  private colors = new Uint8ClampedArray(1024);
  private layout: HeatmapLayout | undefined;
  private scale: PanelScale = 'squareRoot';
  private selection: Selection | undefined;
  private cursor = { row: 0, column: 0 };

  constructor(private readonly events: HeatmapEvents) {
    this.frame = element(
      'div',
      {
        className: 'frame',
        attributes: {
          role: 'application',
          tabindex: '0',
          'aria-label': 'Attention grid',
          'aria-roledescription': 'grid of attention weights',
          'aria-describedby': 'keys',
        },
      },
      this.cells,
      this.furniture,
      this.crosshair,
      this.cursorMark,
    );
    this.root = element('div', { className: 'heatmap' }, this.frame);
    this.listen();
  }

  get colorTable(): Uint8ClampedArray {
    return this.colors;
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    this.colors = colorScale(theme.background, theme.accent);
  }

  setReading(reading: Reading, scale: PanelScale): void {
    this.reading = reading;
    this.scale = scale;
    const within = (index: number, count: number) => Math.max(0, Math.min(index, count - 1));
    const { row, column } = this.cursor;
    this.cursor = { row: within(row, reading.rows.length), column: within(column, reading.columns.length) };
  }

  setSelection(selection: Selection | undefined): void {
    this.selection = selection;
  }

  /** Lays everything out anew for the width there is. Draw every layer afterwards. */
  arrange(): void {
    const { reading, theme } = this;
    if (!reading || !theme) return;
    const context = context2d(this.furniture);
    context.font = font(theme, true); // labels turn bold when selected, and must not be cut off then
    const widthOf = (item: AxisItem | undefined) => (item ? context.measureText(labelOf(item)).width : 0);
    const layout = layoutHeatmap({
      rowCount: reading.rows.length,
      columnCount: reading.columns.length,
      width: this.root.clientWidth,
      rowLabelWidth: Math.max(0, ...reading.rows.map(widthOf)),
      columnLabelWidth: Math.max(0, ...reading.columns.map(widthOf)),
      lastColumnLabelWidth: widthOf(reading.columns.at(-1)),
      devicePixelRatio,
    });
    this.layout = layout;
    setSize(this.frame, layout.width, layout.height);
    for (const canvas of [this.furniture, this.crosshair]) {
      setSize(canvas, layout.width, layout.height);
      canvas.width = Math.round(layout.width * devicePixelRatio);
      canvas.height = Math.round(layout.height * devicePixelRatio);
    }
    setSize(this.cells, layout.gridWidth, layout.gridHeight);
    this.cells.style.left = `${layout.gridLeft}px`;
    this.cells.style.top = `${layout.gridTop}px`;
  }

  drawCells(): void {
    const { reading } = this;
    if (!reading || reading.weights.length === 0) return;
    this.cells.width = reading.columns.length;
    this.cells.height = reading.rows.length;
    const pixels = cellPixels(reading, this.colors, this.scale);
    context2d(this.cells).putImageData(new ImageData(pixels, reading.columns.length), 0, 0);
  }

  drawFurniture(): void {
    const { reading, layout, theme } = this;
    if (!reading || !layout || !theme) return;
    const context = this.cleared(this.furniture);
    this.hatchHidden(context, reading, layout, theme);
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
    context.fillStyle = theme.foreground;
    for (let row = 0; row < reading.rows.length; row += layout.labelStep) this.rowLabel(context, reading, layout, row);
    for (let column = 0; column < reading.columns.length; column += layout.labelStep)
      this.columnLabel(context, reading, layout, column);
  }

  drawCrosshair(): void {
    const { reading, layout, theme, selection } = this;
    if (!reading || !layout || !theme) return;
    const context = this.cleared(this.crosshair);
    if (!selection) return;
    const { row, column } = selection;
    const { gridLeft, gridTop, gridWidth, gridHeight, cellSize } = layout;
    if (row !== undefined) this.rowLabel(context, reading, layout, row, theme);
    if (column !== undefined) this.columnLabel(context, reading, layout, column, theme);
    context.strokeStyle = theme.focusBorder;
    context.lineWidth = 1;
    if (row !== undefined)
      context.strokeRect(gridLeft - 0.5, gridTop + row * cellSize - 0.5, gridWidth + 1, cellSize + 1);
    if (column !== undefined)
      context.strokeRect(gridLeft + column * cellSize - 0.5, gridTop - 0.5, cellSize + 1, gridHeight + 1);
    if (row !== undefined && column !== undefined) {
      context.lineWidth = 2;
      context.strokeRect(gridLeft + column * cellSize - 1, gridTop + row * cellSize - 1, cellSize + 2, cellSize + 2);
    }
  }

  private cleared(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const context = context2d(canvas);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.textBaseline = 'middle';
    return context;
  }

  /** Cells that could not be seen are hatched: a colour would say that they could be and were not. */
  private hatchHidden(context: CanvasRenderingContext2D, reading: Reading, layout: HeatmapLayout, theme: Theme): void {
    const { gridLeft, gridTop, gridWidth, gridHeight, cellSize } = layout;
    const columnCount = reading.columns.length;
    context.save();
    context.beginPath();
    reading.visibleCounts.forEach((visible, row) => {
      if (visible < columnCount)
        context.rect(
          gridLeft + visible * cellSize,
          gridTop + row * cellSize,
          (columnCount - visible) * cellSize,
          cellSize,
        );
    });
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

  /** With `emphasis`, on a ground of its own, over the label that may be there already. */
  private rowLabel(
    context: CanvasRenderingContext2D,
    reading: Reading,
    layout: HeatmapLayout,
    row: number,
    emphasis?: Theme,
  ): void {
    const label = labelOf(reading.rows[row]);
    context.font = font(this.theme!, emphasis !== undefined);
    context.textAlign = 'right';
    const x = layout.gridLeft - 5;
    const y = layout.gridTop + (row + 0.5) * layout.cellSize;
    if (emphasis) this.ground(context, emphasis, 0, y - 8, x + 3, y + 8);
    this.write(context, reading.rows[row], label, x, y, emphasis);
  }

  private columnLabel(
    context: CanvasRenderingContext2D,
    reading: Reading,
    layout: HeatmapLayout,
    column: number,
    emphasis?: Theme,
  ): void {
    const label = labelOf(reading.columns[column]);
    context.font = font(this.theme!, emphasis !== undefined);
    context.textAlign = 'left';
    context.save();
    context.translate(layout.gridLeft + (column + 0.5) * layout.cellSize, layout.gridTop - 5);
    context.rotate(layout.slanted ? -Math.PI / 4 : -Math.PI / 2);
    const length = layout.slanted ? context.measureText(label).width + 3 : layout.gridTop;
    if (emphasis) this.ground(context, emphasis, -3, -8, length, 8);
    this.write(context, reading.columns[column], label, 0, 0, emphasis);
    context.restore();
  }

  private ground(
    context: CanvasRenderingContext2D,
    theme: Theme,
    left: number,
    top: number,
    right: number,
    bottom: number,
  ) {
    context.fillStyle = `rgb(${theme.background.join(' ')})`;
    context.fillRect(left, top, right - left, bottom - top);
    context.fillStyle = theme.foreground;
  }

  private write(
    context: CanvasRenderingContext2D,
    item: AxisItem,
    label: string,
    x: number,
    y: number,
    emphasis: Theme | undefined,
  ): void {
    context.globalAlpha = item.special && !emphasis ? 0.6 : emphasis ? 1 : 0.85;
    context.fillText(label, x, y);
    context.globalAlpha = 1;
  }

  private listen(): void {
    const { frame, events } = this;
    const at = (event: PointerEvent | MouseEvent) => {
      const { left, top } = frame.getBoundingClientRect();
      return this.layout && selectionAt(this.layout, event.clientX - left, event.clientY - top);
    };
    frame.addEventListener('pointermove', event => events.onPoint(at(event)));
    frame.addEventListener('pointerleave', () => events.onPoint(this.focused ? this.cursor : undefined));
    frame.addEventListener('pointerdown', event => this.moveCursor(at(event)));
    frame.addEventListener('click', event => {
      const selection = at(event);
      if (selection) events.onPin(selection);
    });
    frame.addEventListener('focus', () => {
      if (this.focused) events.onPoint(this.cursor);
    });
    frame.addEventListener('blur', () => events.onPoint(undefined));
    frame.addEventListener('keydown', event => this.onKey(event));
  }

  /** A click focuses too, but then the pointer says what is looked at. */
  private get focused(): boolean {
    return this.frame.matches(':focus-visible');
  }

  private moveCursor(selection: Selection | undefined): void {
    if (!selection) return;
    this.cursor = { row: selection.row ?? this.cursor.row, column: selection.column ?? this.cursor.column };
  }

  private onKey(event: KeyboardEvent): void {
    const { reading, layout } = this;
    if (!reading || !layout || event.altKey || event.metaKey || reading.weights.length === 0) return;
    const lastRow = reading.rows.length - 1;
    const lastColumn = reading.columns.length - 1;
    let { row, column } = this.cursor;
    switch (event.key) {
      case 'ArrowUp':
        row = Math.max(row - 1, 0);
        break;
      case 'ArrowDown':
        row = Math.min(row + 1, lastRow);
        break;
      case 'ArrowLeft':
        column = Math.max(column - 1, 0);
        break;
      case 'ArrowRight':
        column = Math.min(column + 1, lastColumn);
        break;
      case 'Home':
        column = 0;
        if (event.ctrlKey) row = 0;
        break;
      case 'End':
        column = lastColumn;
        if (event.ctrlKey) row = lastRow;
        break;
      case 'Enter':
      case ' ':
        event.preventDefault();
        this.events.onPin(this.cursor);
        return;
      default:
        return;
    }
    event.preventDefault();
    this.cursor = { row, column };
    this.events.onPoint(this.cursor);
    this.revealCursor(layout);
  }

  private revealCursor({ gridLeft, gridTop, cellSize }: HeatmapLayout): void {
    setSize(this.cursorMark, cellSize, cellSize);
    this.cursorMark.style.left = `${gridLeft + this.cursor.column * cellSize}px`;
    this.cursorMark.style.top = `${gridTop + this.cursor.row * cellSize}px`;
    this.cursorMark.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}

const hatchPitch = 6;

function layer(className: string): HTMLCanvasElement {
  return element('canvas', { className, attributes: { 'aria-hidden': 'true' } });
}

function font({ fontFamily }: Theme, bold = false): string {
  return `${bold ? 600 : 400} ${fontSize}px ${fontFamily}`;
}

function labelOf({ name }: AxisItem): string {
  const characters = [...name];
  return characters.length > longestLabel ? `${characters.slice(0, longestLabel - 1).join('')}…` : name;
}

function setSize(target: HTMLElement, width: number, height: number): void {
  target.style.width = `${width}px`;
  target.style.height = `${height}px`;
}
