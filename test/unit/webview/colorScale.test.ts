import assert from 'node:assert/strict';
import { colorScale, levelOf, positionOf, type Rgb, weightAtPosition } from '../../../src/model/attention/colorScale';
import type { Reading } from '../../../webview/reading';
import { cellPixels } from '../../support/cellPixels';

const white: Rgb = [255, 255, 255];
const black: Rgb = [0, 0, 0];
const blue: Rgb = [55, 148, 255];

/** Relative luminance (WCAG 2). */
function luminance([red, green, blue]: readonly number[]): number {
  const [r, g, b] = [red, green, blue].map(value => {
    const unit = value / 255;
    return unit <= 0.04045 ? unit / 12.92 : ((unit + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const colorAt = (colors: Uint8ClampedArray, level: number) => [...colors.subarray(level * 4, level * 4 + 4)];

describe('the colour scale', () => {
  it('begins at the background', () => {
    for (const background of [white, black, [31, 31, 31] as const])
      assert.deepEqual(colorAt(colorScale(background, blue), 0), [...background, 255]);
  });

  it('grows darker on light and lighter on dark without ever turning back', () => {
    for (const [background, direction] of [
      [white, -1],
      [black, 1],
      [[31, 31, 31], 1],
    ] as const) {
      const colors = colorScale(background, blue);
      for (let level = 1; level < 256; level++) {
        const change = luminance(colorAt(colors, level)) - luminance(colorAt(colors, level - 1));
        assert.ok(change * direction > -1e-3, `level ${level} on ${background}`);
      }
    }
  });

  it('ends far from the background on every theme', () => {
    for (const background of [white, black, [31, 31, 31] as const]) {
      const [darker, lighter] = [luminance(background), luminance(colorAt(colorScale(background, blue), 255))].sort(
        (first, second) => first - second,
      );
      assert.ok((lighter + 0.05) / (darker + 0.05) > 12);
    }
  });

  it('keeps the hue of the accent', () => {
    const [red, green, blueValue] = colorAt(colorScale(white, blue), 128);
    assert.ok(blueValue > green && green > red);
  });
});

describe('levelOf', () => {
  it('lifts small weights with the square root and keeps proportions without', () => {
    assert.equal(levelOf(0.01, 'squareRoot'), 26);
    assert.equal(levelOf(0.01, 'proportional'), 3);
    for (const scale of ['squareRoot', 'proportional'] as const)
      assert.deepEqual([levelOf(0, scale), levelOf(1, scale), levelOf(1.0001, scale)], [0, 255, 255]);
  });

  it('is undone by the legend', () => {
    for (const scale of ['squareRoot', 'proportional'] as const)
      for (const weight of [0, 0.05, 0.5, 1])
        assert.ok(Math.abs(weightAtPosition(positionOf(weight, scale), scale) - weight) < 1e-12);
  });
});

describe('cellPixels', () => {
  const reading: Pick<Reading, 'weights' | 'visibleCounts' | 'columns'> = {
    weights: Float32Array.of(1, 0.25, 0.5, 0.5),
    visibleCounts: Uint32Array.of(1, 2),
    columns: [0, 1].map(token => ({ side: 'target', tokens: [token], name: '', special: false })),
  };

  it('paints one pixel per cell and leaves hidden cells transparent', () => {
    const colors = colorScale(white, blue);
    const pixels = cellPixels(reading as Reading, colors, 'squareRoot');
    assert.deepEqual([...pixels.subarray(0, 4)], colorAt(colors, 255));
    assert.deepEqual([...pixels.subarray(4, 8)], [0, 0, 0, 0]);
    assert.deepEqual([...pixels.subarray(8, 12)], colorAt(colors, levelOf(0.5, 'squareRoot')));
  });

  it('paints from a colour table that lies inside a larger buffer', () => {
    const colors = colorScale(white, blue);
    const shifted = new Uint8ClampedArray(colors.length + 8);
    shifted.set(colors, 8);
    const inside = shifted.subarray(8);
    assert.deepEqual(
      cellPixels(reading as Reading, inside, 'squareRoot'),
      cellPixels(reading as Reading, colors, 'squareRoot'),
    );
  });
});
