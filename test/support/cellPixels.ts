// The pixels that a map should have, in an array of their own.

import type { PanelScale } from '../../src/protocol/webview';
import { paintCells } from '../../webview/colorScale';
import type { Reading } from '../../webview/reading';

/** As `paintCells` makes them. */
export function cellPixels(
  reading: Reading,
  colors: Uint8ClampedArray,
  scale: PanelScale,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(reading.weights.length * 4);
  paintCells(pixels, reading, colors, scale);
  return pixels;
}
