// The grid on canvas: one pixel per cell scaled up by the browser, labels and crosshair in layers of their own, so that
// moving the crosshair redraws neither cells nor labels, zooming redraws no cell, and another head's numbers redraw no label.

import type { PanelScale } from '../src/protocol/webview';
import { paintCells } from './colorScale';
import { context2d, element } from './dom';
import {
  drawCrosshair,
  drawLabels,
  drawMargins,
  type FurniturePlan,
  font,
  labelOf,
  type Profiles,
  profilesOf,
} from './heatmapFurniture';
import {
  type HeatmapLayout,
  type HeatmapSpace,
  type HeatmapView,
  layoutHeatmap,
  panned,
  revealing,
  selectionAt,
  wholeView,
  zoomed,
} from './heatmapLayout';
import * as l10n from './l10n';
import type { AxisItem, Reading } from './reading';
import type { Selection } from './selection';
import type { Theme } from './theme';

export interface HeatmapEvents {
  /** The pointer or the keyboard is at a cell, a row or a column; undefined: at nothing. */
  readonly onPoint: (selection: Selection | undefined) => void;
  readonly onPin: (selection: Selection) => void;
  /** What is in view has changed: draw `arrange`, `furniture` and the crosshair. */
  readonly onView: () => void;
}

type LabelWidths = Pick<HeatmapSpace, 'rowLabelWidth' | 'columnLabelWidth' | 'lastColumnLabelWidth'>;

/** All that labels are drawn from. */
type LabelPlan = Pick<FurniturePlan, 'layout' | 'theme'> & Pick<Reading, 'rows' | 'columns'>;

const tallestGrid = 560;
/** A pointer that moved less than this between down and up has clicked. */
const clickTolerance = 4;
const zoomStep = 1.5;

export class Heatmap {
  readonly root: HTMLElement;
  private readonly frame: HTMLElement;
  private readonly window = element('div', { className: 'window' });
  private readonly cells = layer('cells');
  private readonly furniture = layer('furniture');
  private readonly crosshair = layer('crosshair');
  private readonly cursorMark = element('div', { className: 'cursorMark' });
  private reading: Reading | undefined;
  private profiles: Profiles = { rows: new Float32Array(), columns: new Float32Array() };
  private theme: Theme | undefined;
  private colors = new Uint8ClampedArray(1024);
  private layout: HeatmapLayout | undefined;
  /** As they stand on the canvas. */
  private drawnLabels: LabelPlan | undefined;
  private image: ImageData | undefined;
  /** Undefined until measured for this reading and theme. */
  private labelWidths: LabelWidths | undefined;
  private view: HeatmapView = wholeView;
  private scale: PanelScale = 'squareRoot';
  private selection: Selection | undefined;
  private cursor = { row: 0, column: 0 };
  /** Where the pointer went down and how far it has gone since. */
  private drag: { x: number; y: number; moved: number } | undefined;

  constructor(
    label: string,
    private readonly events: HeatmapEvents,
  ) {
    this.window.append(this.cells);
    this.frame = element(
      'div',
      {
        className: 'frame',
        attributes: {
          role: 'application',
          tabindex: '0',
          'aria-label': label,
          'aria-roledescription': l10n.t('grid of attention weights'),
          'aria-describedby': 'keys',
        },
      },
      this.window,
      this.furniture,
      this.crosshair,
      this.cursorMark,
    );
    this.root = element('div', { className: 'heatmap' }, this.frame);
    this.listen();
  }

  setTheme(theme: Theme, colors: Uint8ClampedArray<ArrayBuffer>): void {
    this.theme = theme;
    this.colors = colors;
    this.labelWidths = undefined;
  }

  setReading(reading: Reading, scale: PanelScale): void {
    const before = this.reading;
    if (before?.rows.length !== reading.rows.length || before?.columns.length !== reading.columns.length)
      this.view = wholeView;
    if (before?.rows !== reading.rows || before?.columns !== reading.columns) this.labelWidths = undefined;
    this.reading = reading;
    this.profiles = profilesOf(reading);
    this.scale = scale;
    const within = (index: number, count: number) => Math.max(0, Math.min(index, count - 1));
    const { row, column } = this.cursor;
    this.cursor = { row: within(row, reading.rows.length), column: within(column, reading.columns.length) };
  }

  setSelection(selection: Selection | undefined): void {
    this.selection = selection;
  }

  focus(): void {
    this.frame.focus();
  }

  get isZoomed(): boolean {
    return this.view.zoom > 1;
  }

  /** `direction` 0: everything comes into view. */
  zoomBy(direction: 1 | 0 | -1): void {
    const { layout } = this;
    if (!layout) return;
    const middle = [layout.gridLeft + layout.gridWidth / 2, layout.gridTop + layout.gridHeight / 2] as const;
    this.show(direction === 0 ? wholeView : zoomed(layout, this.view, zoomStep ** direction, ...middle));
  }

  /** Lays everything out anew for the width there is. Draw every layer afterwards. */
  arrange(): void {
    const { reading, theme } = this;
    if (!reading || !theme) return;
    this.labelWidths ??= this.measureLabels(reading, theme);
    const layout = this.keptLayout(
      layoutHeatmap(
        {
          rowCount: reading.rows.length,
          columnCount: reading.columns.length,
          width: this.root.clientWidth,
          height: tallestGrid,
          ...this.labelWidths,
          devicePixelRatio,
        },
        this.view,
      ),
    );
    this.layout = layout;
    setSize(this.frame, layout.width, layout.height);
    for (const canvas of [this.furniture, this.crosshair]) {
      setSize(canvas, layout.width, layout.height);
      const width = Math.round(layout.width * devicePixelRatio);
      const height = Math.round(layout.height * devicePixelRatio);
      if (canvas.width === width && canvas.height === height) continue; // a canvas that gets a size, even its own, is made anew
      canvas.width = width;
      canvas.height = height;
      this.drawnLabels = undefined;
    }
    setSize(this.window, layout.gridWidth, layout.gridHeight);
    this.window.style.left = `${layout.gridLeft}px`;
    this.window.style.top = `${layout.gridTop}px`;
    setSize(this.cells, layout.columnCount * layout.cellSize, layout.rowCount * layout.cellSize);
    this.cells.style.left = `${-layout.scrollLeft}px`;
    this.cells.style.top = `${-layout.scrollTop}px`;
    this.frame.classList.toggle('zoomed', this.isZoomed);
  }

  drawCells(): void {
    const { reading, cells } = this;
    if (!reading || reading.weights.length === 0) return;
    const [width, height] = [reading.columns.length, reading.rows.length];
    if (this.image?.width !== width || this.image.height !== height) {
      this.image = new ImageData(width, height);
      cells.width = width;
      cells.height = height;
    }
    paintCells(this.image.data, reading, this.colors, this.scale);
    context2d(cells).putImageData(this.image, 0, 0);
  }

  drawFurniture(): void {
    const plan = this.plan();
    if (!plan) return;
    const { layout, theme, reading } = plan;
    const labels: LabelPlan = { layout, theme, rows: reading.rows, columns: reading.columns };
    const context = scaled(this.furniture);
    if (sameLabels(labels, this.drawnLabels)) drawMargins(context, plan);
    else {
      context.clearRect(0, 0, layout.width, layout.height);
      drawMargins(context, plan);
      drawLabels(context, plan);
    }
    this.drawnLabels = labels;
  }

  drawCrosshair(): void {
    const plan = this.plan();
    if (!plan) return;
    const context = scaled(this.crosshair);
    context.clearRect(0, 0, plan.layout.width, plan.layout.height);
    if (this.selection) drawCrosshair(context, plan, this.selection);
  }

  /** Widths of bold labels: they turn bold when selected, and must not be cut off then. */
  private measureLabels(reading: Reading, theme: Theme): LabelWidths {
    const context = context2d(this.furniture);
    context.font = font(theme, true);
    const widths = new Map<string, number>(); // the same words come again and again
    const widthOf = (item: AxisItem | undefined) => {
      if (!item) return 0;
      const label = labelOf(item);
      const width = widths.get(label) ?? context.measureText(label).width;
      widths.set(label, width);
      return width;
    };
    return {
      rowLabelWidth: widest(reading.rows, widthOf),
      columnLabelWidth: widest(reading.columns, widthOf),
      lastColumnLabelWidth: widthOf(reading.columns.at(-1)),
    };
  }

  /** The one there is, when the new one says the same. */
  private keptLayout(layout: HeatmapLayout): HeatmapLayout {
    const { layout: before } = this;
    const keys = Object.keys(layout) as (keyof HeatmapLayout)[];
    return before && keys.every(key => before[key] === layout[key]) ? before : layout;
  }

  private plan(): FurniturePlan | undefined {
    const { reading, layout, theme, colors, profiles } = this;
    return reading && layout && theme ? { reading, layout, theme, colors, profiles } : undefined;
  }

  private show(view: HeatmapView): void {
    this.view = view;
    this.events.onView();
  }

  private listen(): void {
    const { frame, events } = this;
    const place = (event: PointerEvent | MouseEvent) => {
      const { left, top } = frame.getBoundingClientRect();
      return [event.clientX - left, event.clientY - top] as const;
    };
    const at = (event: PointerEvent | MouseEvent) => this.layout && selectionAt(this.layout, ...place(event));
    frame.addEventListener('pointermove', event => {
      if (this.drag && this.isZoomed) this.dragTo(event);
      else events.onPoint(at(event));
    });
    frame.addEventListener('pointerleave', () => events.onPoint(this.focused ? this.cursor : undefined));
    frame.addEventListener('pointerdown', event => {
      this.moveCursor(at(event));
      this.drag = { x: event.clientX, y: event.clientY, moved: 0 };
      if (this.isZoomed) frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener('pointercancel', () => {
      this.drag = undefined;
    });
    frame.addEventListener('click', event => {
      const dragged = (this.drag?.moved ?? 0) > clickTolerance;
      this.drag = undefined;
      const selection = at(event);
      if (selection && !dragged) events.onPin(selection);
    });
    frame.addEventListener(
      'wheel',
      event => {
        if (!this.layout || !(event.ctrlKey || event.metaKey)) return; // the page scrolls
        event.preventDefault();
        this.show(zoomed(this.layout, this.view, Math.exp(-event.deltaY / 300), ...place(event)));
      },
      { passive: false },
    );
    frame.addEventListener('focus', () => {
      if (this.focused) events.onPoint(this.cursor);
    });
    frame.addEventListener('blur', () => events.onPoint(undefined));
    frame.addEventListener('keydown', event => this.onKey(event));
  }

  private dragTo({ clientX, clientY }: PointerEvent): void {
    const { drag, layout } = this;
    if (!drag || !layout) return;
    const [right, down] = [drag.x - clientX, drag.y - clientY];
    this.drag = { x: clientX, y: clientY, moved: drag.moved + Math.abs(right) + Math.abs(down) };
    this.show(panned(layout, this.view, right, down));
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
      case '+':
      case '-':
      case '0':
        event.preventDefault();
        this.zoomBy(event.key === '+' ? 1 : event.key === '-' ? -1 : 0);
        return;
      default:
        return;
    }
    event.preventDefault();
    this.cursor = { row, column };
    this.events.onPoint(this.cursor);
    this.revealCursor(layout);
  }

  private revealCursor(layout: HeatmapLayout): void {
    const { row, column } = this.cursor;
    if (this.isZoomed) this.show(revealing(layout, this.view, row, column));
    setSize(this.cursorMark, layout.cellSize, layout.cellSize);
    const within = (position: number, window: number) => Math.max(0, Math.min(position, window - layout.cellSize));
    this.cursorMark.style.left = `${layout.gridLeft + within(column * layout.cellSize - layout.scrollLeft, layout.gridWidth)}px`;
    this.cursorMark.style.top = `${layout.gridTop + within(row * layout.cellSize - layout.scrollTop, layout.gridHeight)}px`;
    this.cursorMark.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}

function widest(items: readonly AxisItem[], widthOf: (item: AxisItem) => number): number {
  return items.reduce((most, item) => Math.max(most, widthOf(item)), 0);
}

function layer(className: string): HTMLCanvasElement {
  return element('canvas', { className, attributes: { 'aria-hidden': 'true' } });
}

/** In CSS pixels. */
function scaled(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = context2d(canvas);
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.textBaseline = 'middle';
  return context;
}

function sameLabels(first: LabelPlan, second: LabelPlan | undefined): boolean {
  const keys = Object.keys(first) as (keyof LabelPlan)[];
  return second !== undefined && keys.every(key => first[key] === second[key]);
}

function setSize(target: HTMLElement, width: number, height: number): void {
  target.style.width = `${width}px`;
  target.style.height = `${height}px`;
}
