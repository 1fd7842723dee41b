// A drawing as pixels, with letters of its own font, so that a terminal makes the same picture as a browser. Pure.

import type { Rgb } from './colorScale';
import { advanceOf, type Drawing, type DrawnText, letterHeight, letterWidth } from './drawing';
import { glyphRows, glyphRuns } from './pixelFont';

/** An image, 3 bytes for each pixel (red, green, blue), row-major. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Each pixel of the drawing becomes `scale` x `scale` of the image. */
export function pixelsOf({ width, height, style, rectangles, texts }: Drawing, scale = 2): Pixels {
  const image = {
    width: width * scale,
    height: height * scale,
    data: new Uint8Array(width * height * scale * scale * 3),
  };
  const fill = (left: number, top: number, columns: number, rows: number, color: Rgb) => {
    for (let y = Math.max(0, top * scale); y < Math.min(image.height, (top + rows) * scale); y++)
      for (let x = Math.max(0, left * scale); x < Math.min(image.width, (left + columns) * scale); x++)
        image.data.set(color, (y * image.width + x) * 3);
  };
  fill(0, 0, width, height, style.background);
  for (const { left, top, width: columns, height: rows, color } of rectangles) fill(left, top, columns, rows, color);
  for (const text of texts) drawText(text, (left, top) => fill(left, top, 1, 1, style.foreground));
  return image;
}

/** Calls `paint` for every pixel of the letters. */
function drawText({ left, top, text, upright }: DrawnText, paint: (left: number, top: number) => void): void {
  const characters = [...text.normalize('NFC')];
  const total = characters.reduce((sum, character) => sum + advanceOf(character), 0);
  let advance = 0;
  for (const character of characters) {
    const glyph = glyphOf(character);
    for (let row = 0; row < letterHeight; row++)
      for (let column = 0; column < letterWidth; column++) {
        if ((glyph[row] & (0x80 >> column)) === 0) continue;
        const along = advance + column;
        if (upright) paint(left + row, top + total - 1 - along);
        else paint(left + along, top + row);
      }
    advance += advanceOf(character);
  }
}

let glyphs: Map<number, Uint8Array> | undefined;

/** A letter's rows; for one that the font lacks, the mark for a missing character. */
function glyphOf(character: string): Uint8Array {
  glyphs ??= readGlyphs();
  return glyphs.get(character.codePointAt(0)!) ?? glyphs.get(0xfffd)!;
}

function readGlyphs(): Map<number, Uint8Array> {
  const bytes = Uint8Array.from(atob(glyphRows), character => character.charCodeAt(0));
  const all = new Map<number, Uint8Array>();
  let start = 0;
  for (const [first, count] of glyphRuns)
    for (let offset = 0; offset < count; offset++) {
      all.set(first + offset, bytes.subarray(start, start + letterHeight));
      start += letterHeight;
    }
  return all;
}
