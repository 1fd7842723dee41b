// The legend of the colour scale: a bar with true values, and what the hatching means.

import { levelOf, positionOf, weightAtPosition } from '../src/model/attention/colorScale';
import type { PanelScale } from '../src/protocol/webview';
import { context2d, element, setHidden, setText } from './dom';
import { percent } from './words';

const ticks: Readonly<Record<PanelScale, readonly number[]>> = {
  squareRoot: [0, 0.05, 0.2, 0.5, 1],
  proportional: [0, 0.25, 0.5, 0.75, 1],
};

const pixelCount = 256;

export class Legend {
  readonly root: HTMLElement;
  private readonly bar = element('canvas', {
    className: 'legendBar',
    attributes: { width: String(pixelCount), height: '1', 'aria-hidden': 'true' },
  });
  private readonly ticks = element('div', { className: 'legendTicks', attributes: { 'aria-hidden': 'true' } });
  private readonly hatching = element('span', { className: 'legendHatching' });
  private shown: readonly [colors: Uint8ClampedArray, scale: PanelScale] | undefined;

  constructor() {
    this.root = element(
      'div',
      { className: 'legend' },
      element('div', { className: 'legendScale' }, this.bar, this.ticks),
      this.hatching,
    );
  }

  /** `hidden`: what hatched cells are; undefined where there are none. */
  show(colors: Uint8ClampedArray, scale: PanelScale, hidden: string | undefined): void {
    setText(this.hatching, hidden ?? '');
    setHidden(this.hatching, hidden === undefined);
    if (this.shown?.[0] === colors && this.shown[1] === scale) return;
    this.shown = [colors, scale];
    const pixels = new Uint8ClampedArray(pixelCount * 4);
    for (let pixel = 0; pixel < pixelCount; pixel++) {
      const level = levelOf(weightAtPosition(pixel / (pixelCount - 1), scale), scale);
      pixels.set(colors.subarray(level * 4, level * 4 + 4), pixel * 4);
    }
    context2d(this.bar).putImageData(new ImageData(pixels, pixelCount), 0, 0);
    this.ticks.replaceChildren(
      ...ticks[scale].map(weight => {
        const tick = element('span', { text: percent(weight) });
        tick.style.left = `${positionOf(weight, scale) * 100}%`;
        return tick;
      }),
    );
  }
}
