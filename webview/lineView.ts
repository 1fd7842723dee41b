// Rows and columns as two lists, with lines for what the word in focus reads most. Only its strongest links are drawn: thousands
// of lines are slow, and say nothing.

import { context2d, element } from './dom';
import { font, labelOf } from './heatmapFurniture';
import type { Reading } from './reading';
import { linksOf, type Selection, topShare } from './selection';
import type { Theme } from './theme';

/** So much of the attention of the word in focus is drawn. */
export const lineShare = 0.7;
const tallest = 560;
const largestPitch = 20;
const labelPitch = 12;
const columnWidth = 130;
const widestGap = 360;

export interface LineViewEvents {
  readonly onPoint: (selection: Selection | undefined) => void;
  readonly onPin: (selection: Selection) => void;
}

export class LineView {
  readonly root: HTMLElement;
  private readonly canvas = element('canvas', { attributes: { 'aria-hidden': 'true' } });
  private reading: Reading | undefined;
  private theme: Theme | undefined;
  private width = 0;

  constructor(events: LineViewEvents) {
    this.root = element('div', { className: 'lineView' }, this.canvas);
    const at = (event: MouseEvent) => this.selectionAt(event.offsetX, event.offsetY);
    this.canvas.addEventListener('pointermove', event => events.onPoint(at(event)));
    this.canvas.addEventListener('pointerleave', () => events.onPoint(undefined));
    this.canvas.addEventListener('click', event => {
      const selection = at(event);
      if (selection) events.onPin(selection);
    });
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
  }

  setReading(reading: Reading): void {
    this.reading = reading;
  }

  draw(selection: Selection | undefined): void {
    const { reading, theme } = this;
    if (!reading || !theme || this.root.hidden) return;
    this.width = Math.min(this.root.clientWidth, 2 * columnWidth + widestGap);
    const height =
      Math.max(
        this.pitch(reading.rows.length) * reading.rows.length,
        this.pitch(reading.columns.length) * reading.columns.length,
      ) + 8;
    const { canvas } = this;
    canvas.style.width = `${this.width}px`;
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(this.width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    const context = context2d(canvas);
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.textBaseline = 'middle';
    const linked = this.drawLines(context, reading, theme, selection);
    this.drawLabels(context, reading, theme, 'row', selection?.row, linked.rows);
    this.drawLabels(context, reading, theme, 'column', selection?.column, linked.columns);
  }

  /** Every line of the word in focus; without one, each row's strongest. */
  private drawLines(
    context: CanvasRenderingContext2D,
    reading: Reading,
    theme: Theme,
    selection: Selection | undefined,
  ): { rows: Set<number>; columns: Set<number> } {
    const linked = { rows: new Set<number>(), columns: new Set<number>() };
    context.strokeStyle = `rgb(${theme.accent.join(' ')})`;
    const line = (row: number, column: number, weight: number) => {
      const [from, to] = [this.y(row, reading.rows.length), this.y(column, reading.columns.length)];
      const [left, right] = [columnWidth, this.width - columnWidth];
      context.globalAlpha = 0.15 + 0.85 * Math.sqrt(weight);
      context.lineWidth = 0.5 + 4 * weight;
      context.beginPath();
      context.moveTo(left, from);
      context.bezierCurveTo((left + right) / 2, from, (left + right) / 2, to, right, to);
      context.stroke();
      linked.rows.add(row);
      linked.columns.add(column);
    };
    if (!selection) {
      for (let row = 0; row < reading.rows.length; row++) {
        const [best] = topShare(linksOf(reading, { row, column: undefined }), 0);
        const [link] = best
          ? [best]
          : linksOf(reading, { row, column: undefined }).toSorted((a, b) => b.weight - a.weight);
        if (link && link.weight > 0) line(row, link.index, link.weight * 0.6);
      }
      linked.rows.clear();
      linked.columns.clear();
    } else if (selection.row !== undefined) {
      for (const { index, weight } of topShare(linksOf(reading, { row: selection.row, column: undefined }), lineShare))
        line(selection.row, index, weight);
    } else {
      for (const { index, weight } of topShare(linksOf(reading, selection), lineShare))
        line(index, selection.column!, weight);
    }
    context.globalAlpha = 1;
    return linked;
  }

  private drawLabels(
    context: CanvasRenderingContext2D,
    reading: Reading,
    theme: Theme,
    axis: 'row' | 'column',
    selected: number | undefined,
    linked: ReadonlySet<number>,
  ): void {
    const items = axis === 'row' ? reading.rows : reading.columns;
    const pitch = this.pitch(items.length);
    const step = Math.max(1, Math.ceil(labelPitch / pitch));
    context.textAlign = axis === 'row' ? 'right' : 'left';
    const x = axis === 'row' ? columnWidth - 6 : this.width - columnWidth + 6;
    items.forEach((item, index) => {
      const emphasized = index === selected || linked.has(index);
      // Labels too close to a linked one make room for it.
      const crowded =
        step > 1 && !emphasized && [...linked, selected ?? -step].some(other => Math.abs(other - index) < step);
      if (!emphasized && (index % step !== 0 || crowded)) return;
      context.font = font(theme, emphasized);
      context.globalAlpha = emphasized ? 1 : linked.size > 0 ? 0.45 : 0.8;
      context.fillStyle = theme.foreground;
      context.fillText(labelOf(item), x, this.y(index, items.length));
    });
    context.globalAlpha = 1;
  }

  private pitch(count: number): number {
    return Math.min(largestPitch, tallest / Math.max(count, 1));
  }

  private y(index: number, count: number): number {
    return 4 + (index + 0.5) * this.pitch(count);
  }

  private selectionAt(x: number, y: number): Selection | undefined {
    const { reading } = this;
    if (!reading) return undefined;
    const indexAt = (count: number) => Math.floor((y - 4) / this.pitch(count));
    if (x < this.width / 2) {
      const row = indexAt(reading.rows.length);
      return row >= 0 && row < reading.rows.length ? { row, column: undefined } : undefined;
    }
    const column = indexAt(reading.columns.length);
    return column >= 0 && column < reading.columns.length ? { row: undefined, column } : undefined;
  }
}
