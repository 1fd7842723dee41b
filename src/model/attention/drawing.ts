// Lays out pictures of attention for files: one grid for each, with labels, a title and the scale. Pure; `svg.ts` and `png.ts` draw the same.

import type { AttentionPicture } from './attentionDocument';
import { colorScale, levelOf, type Rgb, type WeightScale, weightAtPosition } from './colorScale';

/** Colours as the panel has them from the theme; `scale` as the panel shows weights. */
export interface PictureStyle {
  readonly background: Rgb;
  readonly accent: Rgb;
  readonly foreground: Rgb;
  readonly scale: WeightScale;
}

export const lightStyle: PictureStyle = {
  background: [255, 255, 255],
  accent: [26, 133, 255],
  foreground: [59, 59, 59],
  scale: 'squareRoot',
};

export const letterWidth = 6;
export const letterHeight = 13;
/** From the top of a letter's box to its baseline. */
export const letterAscent = 11;

/** In pixels, before a file scales it. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly style: PictureStyle;
  readonly rectangles: readonly Rectangle[];
  readonly texts: readonly DrawnText[];
}

export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly color: Rgb;
  /** What the cell says, for formats that can. */
  readonly note?: string;
}

/** One line of text. `upright`: read from below; then `left` and `top` are of the turned box, which ends at its top. */
export interface DrawnText {
  readonly left: number;
  readonly top: number;
  readonly text: string;
  readonly upright: boolean;
}

const cellSize = 16;
const margin = 12;
const gap = 6;
const longestLabel = 28;
const legendWidth = 128;
const hiddenMark = 4;

export function drawPictures(pictures: readonly AttentionPicture[], style: PictureStyle = lightStyle): Drawing {
  const colors = colorScale(style.background, style.accent);
  const rectangles: Rectangle[] = [];
  const texts: DrawnText[] = [];
  let top = margin;
  let right = 0;
  for (const picture of pictures) {
    const place = drawPicture(picture, top, style, colors, rectangles, texts);
    top = place.bottom + 2 * margin;
    right = Math.max(right, place.right);
  }
  const legendBottom = drawLegend(top - margin, style, colors, rectangles, texts);
  const textRight = Math.max(
    ...texts.map(({ left, text, upright }) => left + (upright ? letterHeight : widthOf(text))),
  );
  return {
    width: Math.ceil(Math.max(right, textRight, margin + legendWidth) + margin),
    height: legendBottom + margin,
    style,
    rectangles,
    texts,
  };
}

function drawPicture(
  picture: AttentionPicture,
  top: number,
  style: PictureStyle,
  colors: Uint8ClampedArray,
  rectangles: Rectangle[],
  texts: DrawnText[],
): { readonly right: number; readonly bottom: number } {
  const rows = picture.rows.map(shortened);
  const columns = picture.columns.map(shortened);
  const { data } = picture.weights;
  const gridLeft = margin + Math.max(0, ...rows.map(widthOf)) + gap;
  const labelTop = top + 2 * (letterHeight + 3) + gap;
  const gridTop = labelTop + Math.max(0, ...columns.map(widthOf)) + gap;
  texts.push(
    { left: margin, top, text: picture.title, upright: false },
    {
      left: margin,
      top: top + letterHeight + 3,
      text: `rows: ${picture.axisNames[0]}; columns: ${picture.axisNames[1]}`,
      upright: false,
    },
  );
  const inset = (cellSize - letterHeight) / 2;
  columns.forEach((text, column) => {
    const labelLeft = gridLeft + column * cellSize + inset;
    texts.push({ left: Math.round(labelLeft), top: gridTop - gap - widthOf(text), text, upright: true });
  });
  rows.forEach((text, row) => {
    const rowTop = gridTop + row * cellSize;
    texts.push({ left: gridLeft - gap - widthOf(text), top: Math.round(rowTop + inset), text, upright: false });
    for (let column = 0; column < columns.length; column++) {
      const left = gridLeft + column * cellSize;
      if (column >= (picture.visibleCounts?.[row] ?? columns.length)) {
        // Not zero but none at all: a small mark where the panel hatches.
        const offset = (cellSize - hiddenMark) / 2;
        const color = mixed(style.background, style.foreground, 0.2);
        rectangles.push({ left: left + offset, top: rowTop + offset, width: hiddenMark, height: hiddenMark, color });
        continue;
      }
      const weight = data[row * columns.length + column];
      rectangles.push({
        left,
        top: rowTop,
        width: cellSize,
        height: cellSize,
        color: colorAt(colors, levelOf(weight, style.scale)),
        note: `${picture.rows[row]} ← ${picture.columns[column]} ${(weight * 100).toFixed(1)} %`,
      });
    }
  });
  const right = gridLeft + columns.length * cellSize;
  const bottom = gridTop + rows.length * cellSize;
  const frame = mixed(style.background, style.foreground, 0.35);
  rectangles.push(
    { left: gridLeft - 1, top: gridTop - 1, width: right - gridLeft + 2, height: 1, color: frame },
    { left: gridLeft - 1, top: bottom, width: right - gridLeft + 2, height: 1, color: frame },
    { left: gridLeft - 1, top: gridTop, width: 1, height: bottom - gridTop, color: frame },
    { left: right, top: gridTop, width: 1, height: bottom - gridTop, color: frame },
  );
  return { right: right + 1, bottom: bottom + 1 };
}

/** The scale from 0 to 100 %. Returns its lower edge. */
function drawLegend(
  top: number,
  style: PictureStyle,
  colors: Uint8ClampedArray,
  rectangles: Rectangle[],
  texts: DrawnText[],
): number {
  for (let pixel = 0; pixel < legendWidth; pixel++) {
    const weight = weightAtPosition(pixel / (legendWidth - 1), style.scale);
    const color = colorAt(colors, levelOf(weight, style.scale));
    rectangles.push({ left: margin + pixel, top, width: 1, height: 8, color });
  }
  const textTop = top + 10;
  const middle = `${Math.round(weightAtPosition(0.5, style.scale) * 100)} %`;
  texts.push(
    { left: margin, top: textTop, text: '0', upright: false },
    { left: margin + Math.round((legendWidth - widthOf(middle)) / 2), top: textTop, text: middle, upright: false },
    { left: margin + legendWidth - widthOf('100 %'), top: textTop, text: '100 %', upright: false },
  );
  return textTop + letterHeight;
}

function colorAt(colors: Uint8ClampedArray, level: number): Rgb {
  return [colors[level * 4], colors[level * 4 + 1], colors[level * 4 + 2]];
}

function mixed(from: Rgb, to: Rgb, share: number): Rgb {
  const channel = (index: 0 | 1 | 2) => Math.round(from[index] + (to[index] - from[index]) * share);
  return [channel(0), channel(1), channel(2)];
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length > longestLabel ? `${characters.slice(0, longestLabel - 1).join('')}…` : name;
}

/** Every letter is as wide as every other, but ideographs and their like, which are twice as wide. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += advanceOf(character);
  return width;
}

export function advanceOf(character: string): number {
  if (/\p{M}/u.test(character)) return 0;
  const isWide =
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
  return isWide.test(character) ? 2 * letterWidth : letterWidth;
}
