// From the weights of a reading to pixels. Pure: no DOM.

import { levelCount, levelOf } from '../src/model/attention/colorScale';
import type { PanelScale } from '../src/protocol/webview';
import type { Reading } from './reading';

/** One pixel per cell, 4 bytes each, row-major, as in ImageData; a cell that its row could not see is left transparent. */
export function paintCells(
  pixels: Uint8ClampedArray,
  { weights, visibleCounts, columns: { length: columnCount } }: Reading,
  colors: Uint8ClampedArray,
  scale: PanelScale,
): void {
  // Whole pixels at once: both arrays keep the same byte order, whatever the machine's is.
  const pixelWords = new Uint32Array(pixels.buffer, pixels.byteOffset, weights.length);
  const colorWords = new Uint32Array(colors.buffer, colors.byteOffset, levelCount);
  for (let row = 0; row < visibleCounts.length; row++) {
    const start = row * columnCount;
    const seen = start + visibleCounts[row];
    for (let cell = start; cell < seen; cell++) pixelWords[cell] = colorWords[levelOf(weights[cell], scale)];
    pixelWords.fill(0, seen, start + columnCount);
  }
}
