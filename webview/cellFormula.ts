// One cell taken apart: the formula of "Attention Is All You Need" (Vaswani et al. 2017, section 3.2.1) with its own numbers.

import type { Rgb } from '../src/model/attention/colorScale';
import type { CellExplanation } from '../src/model/attention/methods';
import { isUnavailable } from '../src/model/attention/methods';
import { context2d, element } from './dom';
import type { Theme } from './theme';
import { percent, unavailableSentence } from './words';

export interface CellNames {
  readonly row: string;
  readonly column: string;
  readonly columns: readonly string[];
  /** The map shows several heads together: this is the one of them that reads the cell most. */
  readonly ofSeveral: boolean;
}

export class CellFormula {
  readonly root = element('section', {
    className: 'formula',
    attributes: { 'aria-label': 'How this cell came to be' },
  });
  private theme: Theme | undefined;
  private shown: { explanation: CellExplanation; names: CellNames } | undefined;

  constructor() {
    this.root.hidden = true;
  }

  setTheme(theme: Theme): void {
    this.theme = theme;
    if (this.shown) this.show(this.shown.explanation, this.shown.names);
  }

  hide(): void {
    this.shown = undefined;
    this.root.hidden = true;
  }

  showSentence(sentence: string): void {
    this.shown = undefined;
    this.root.replaceChildren(heading(undefined), element('p', { className: 'dim', text: sentence }));
    this.root.hidden = false;
  }

  show(explanation: CellExplanation, names: CellNames): void {
    const { theme } = this;
    if (!theme) return;
    this.shown = { explanation, names };
    const { query, key, scale, bias, scores, weights, column, value } = explanation;
    const products = query.map((number, dimension) => number * key[dimension]);
    const product = products.reduce((sum, number) => sum + number, 0);
    const largest = largestOf(query, key);
    const divided =
      scale === 1
        ? `${fixed(product)}, not scaled in this model`
        : `${fixed(product)} / √${query.length} = ${fixed(product * scale)}`;
    const biased = bias === 0 ? '' : `; with the position bias ${fixed(bias)}: ${fixed(scores[column])}`;
    this.root.replaceChildren(
      heading(explanation, names.ofSeveral),
      element(
        'dl',
        {},
        ...entry('q', `query of “${names.row}”: what it looks for`, strip(query, largest, theme)),
        ...entry('k', `key of “${names.column}”: what it answers to`, strip(key, largest, theme)),
        ...entry('q · k', `their products add up to ${fixed(product)}`, strip(products, largestOf(products), theme)),
        ...entry(scale === 1 ? 'score' : 'q · k / √d', `${divided}${biased}`),
        ...entry(
          'softmax',
          `over the row: e^${fixed(scores[column])} is ${percent(weights[column])} of the sum over ${names.columns.length} tokens`,
          bars(weights, column, theme),
        ),
        ...this.valueEntry(value, weights, column, names, theme),
      ),
    );
    this.root.hidden = false;
  }

  private valueEntry(
    value: CellExplanation['value'],
    weights: Float32Array,
    column: number,
    names: CellNames,
    theme: Theme,
  ): Node[] {
    if (isUnavailable(value)) return entry('v', unavailableSentence(value));
    const total = value.norms.reduce((sum, norm) => sum + norm, 0);
    const share = total > 0 ? value.norms[column] / total : 0;
    const compared =
      share > 1.5 * weights[column]
        ? ', more than its weight says'
        : share < weights[column] / 1.5
          ? ', less than its weight says'
          : '';
    return entry(
      'v',
      `${percent(weights[column])} of the value of “${names.column}” is handed on: ${percent(share)} of the length of all that the head adds here${compared}`,
      strip(value.vector, largestOf(value.vector), theme),
    );
  }
}

function heading(explanation: CellExplanation | undefined, ofSeveral = false): Node {
  const head = explanation ? `layer ${explanation.layerIndex + 1}, head ${explanation.headIndex + 1}` : '';
  const where = ofSeveral ? `${head}, which reads this most of all heads shown` : head;
  return element(
    'div',
    { className: 'formulaHead' },
    element('h3', { text: 'softmax(q · k / √d) v' }),
    element('p', { className: 'dim', text: [where, 'Vaswani et al. 2017, section 3.2.1'].filter(Boolean).join(' · ') }),
  );
}

function entry(term: string, sentence: string, picture?: HTMLElement): Node[] {
  return [
    element('dt', { text: term }),
    element('dd', {}, element('p', { text: sentence }), ...(picture ? [picture] : [])),
  ];
}

/** Numbers as cells from the counter accent (most negative) through the background to the accent. */
function strip(numbers: ArrayLike<number>, largest: number, theme: Theme): HTMLCanvasElement {
  const canvas = picture(numbers.length, 'strip');
  const pixels = new Uint8ClampedArray(numbers.length * 4);
  for (let index = 0; index < numbers.length; index++) {
    const share = Math.min(Math.abs(numbers[index]) / largest, 1);
    const color = mixed(theme.background, numbers[index] < 0 ? theme.counterAccent : theme.accent, share);
    pixels.set([...color, 255], index * 4);
  }
  context2d(canvas).putImageData(new ImageData(pixels, numbers.length), 0, 0);
  return canvas;
}

/** Weights of the row as bars, the cell's own in the accent. */
function bars(weights: Float32Array, chosen: number, theme: Theme): HTMLCanvasElement {
  const height = 24;
  const barWidth = Math.max(1, Math.min(8, Math.floor(512 / Math.max(weights.length, 1))));
  const canvas = element('canvas', { className: 'bars', attributes: { 'aria-hidden': 'true' } });
  canvas.width = weights.length * barWidth;
  canvas.height = height;
  const context = context2d(canvas);
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 1e-9);
  weights.forEach((weight, index) => {
    const size = Math.max((weight / largest) * height, weight > 0 ? 1 : 0);
    context.fillStyle = index === chosen ? `rgb(${theme.accent.join(' ')})` : theme.dimForeground;
    context.globalAlpha = index === chosen ? 1 : 0.5;
    context.fillRect(index * barWidth, height - size, Math.max(barWidth - 1, 1), size);
  });
  return canvas;
}

function picture(width: number, className: string): HTMLCanvasElement {
  return element('canvas', { className, attributes: { width: String(width), height: '1', 'aria-hidden': 'true' } });
}

function mixed(from: Rgb, to: Rgb, share: number): number[] {
  return from.map((channel, index) => channel + (to[index] - channel) * share);
}

function largestOf(...lists: readonly ArrayLike<number>[]): number {
  let largest = 1e-9;
  for (const list of lists)
    for (let index = 0; index < list.length; index++) largest = Math.max(largest, Math.abs(list[index]));
  return largest;
}

function fixed(number: number): string {
  return number.toFixed(Math.abs(number) < 10 ? 2 : 1).replace('-', '−');
}
