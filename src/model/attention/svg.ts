// A drawing as SVG. Pure.

import type { Rgb } from './colorScale';
import { type Drawing, letterAscent, type Rectangle } from './drawing';

/** A whole SVG file. Cells tell their words and weight when pointed at. */
export function svgOf({ width, height, style, rectangles, texts }: Drawing): string {
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="${hex(style.background)}"/>`,
    '<g shape-rendering="crispEdges">',
    ...rectangles.map(rectangleElement),
    '</g>',
    // Letters of 10 pixels are 6 wide in nearly every monospaced font, as the layout takes them to be.
    `<g font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="10" fill="${hex(style.foreground)}" style="white-space: pre">`,
    ...texts.map(({ left, top, text, upright }) =>
      upright
        ? `<text transform="translate(${left + letterAscent - 1} ${top}) rotate(-90)" text-anchor="end">${escaped(text)}</text>`
        : `<text x="${left}" y="${top + letterAscent - 1}">${escaped(text)}</text>`,
    ),
    '</g>',
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function rectangleElement({ left, top, width, height, color, note }: Rectangle): string {
  const attributes = `x="${left}" y="${top}" width="${width}" height="${height}" fill="${hex(color)}"`;
  return note === undefined ? `<rect ${attributes}/>` : `<rect ${attributes}><title>${escaped(note)}</title></rect>`;
}

function hex(color: Rgb): string {
  return `#${color.map(channel => channel.toString(16).padStart(2, '0')).join('')}`;
}

/** XML has no place for control characters, written out or not. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\p{Cc}\ufffe\uffff]|\p{Cs}/gu, '\ufffd');
}
