// One cell taken apart: the formula of "Attention Is All You Need" (Vaswani et al. 2017, section 3.2.1) with its own numbers.

import type { Rgb } from '../src/model/attention/colorScale';
import type { CellExplanation } from '../src/model/attention/methods';
import { isUnavailable } from '../src/model/attention/methods';
import { context2d, element, setHidden } from './dom';
import * as l10n from './l10n';
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
    attributes: { 'aria-label': l10n.t('How this cell came to be') },
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
    setHidden(this.root, true);
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
        ? l10n.t('{0}, not scaled in this model', fixed(product))
        : `${fixed(product)} / √${query.length} = ${fixed(product * scale)}`;
    const biased =
      bias === 0 ? '' : `; ${l10n.t('with the position bias {0}: {1}', fixed(bias), fixed(scores[column]))}`;
    this.root.replaceChildren(
      heading(explanation, names.ofSeveral),
      element(
        'dl',
        {},
        ...entry('q', l10n.t('query of “{0}”: what it looks for', names.row), strip(query, largest, theme)),
        ...entry('k', l10n.t('key of “{0}”: what it answers to', names.column), strip(key, largest, theme)),
        ...entry(
          'q · k',
          l10n.t('their products add up to {0}', fixed(product)),
          strip(products, largestOf(products), theme),
        ),
        ...entry(scale === 1 ? l10n.t('score') : 'q · k / √d', `${divided}${biased}`),
        ...entry(
          'softmax',
          l10n.t(
            'over the row: e^{0} is {1} of the sum over {2} tokens',
            fixed(scores[column]),
            percent(weights[column]),
            names.columns.length,
          ),
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
    const handedOn = l10n.t(
      '{0} of the value of “{1}” is handed on: {2} of the length of all that the head adds here',
      percent(weights[column]),
      names.column,
      percent(share),
    );
    const compared =
      share > 1.5 * weights[column]
        ? l10n.t('{0}, more than its weight says', handedOn)
        : share < weights[column] / 1.5
          ? l10n.t('{0}, less than its weight says', handedOn)
          : handedOn;
    return entry('v', compared, strip(value.vector, largestOf(value.vector), theme));
  }
}

function heading(explanation: CellExplanation | undefined, ofSeveral = false): Node {
  const head = explanation ? l10n.t('layer {0}, head {1}', explanation.layerIndex + 1, explanation.headIndex + 1) : '';
  const where = ofSeveral ? l10n.t('{0}, which reads this most of all heads shown', head) : head;
  return element(
    'div',
    { className: 'formulaHead' },
    element('h3', { text: 'softmax(q · k / √d) v' }),
    element('p', {
      className: 'dim',
      text: [where, l10n.t('Vaswani et al. 2017, section 3.2.1')].filter(Boolean).join(' · '),
    }),
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
