// Attention as text for other programs: CSV of what is shown, and Pharaoh alignments. Pure.

import type { AttentionPicture } from './attentionDocument';
import { isUnavailable, type Unavailable, type WordAlignment } from './methods';

/** One line for each cell that its row could see: `segment,row,rowName,column,columnName,weight`, with a heading; quoted as RFC 4180 says. */
export function csvOf(pictures: readonly AttentionPicture[]): string {
  const lines = ['segment,row,rowName,column,columnName,weight'];
  for (const [segment, { rows, columns, weights, visibleCounts }] of pictures.entries())
    for (const [row, rowName] of rows.entries())
      for (let column = 0; column < (visibleCounts?.[row] ?? columns.length); column++) {
        const weight = weights.data[row * columns.length + column];
        lines.push([segment, row, quoted(rowName), column, quoted(columns[column]), weight.toPrecision(7)].join(','));
      }
  return `${lines.join('\r\n')}\r\n`;
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** One line for each segment: `i-j` for each link, source word first, as fast_align and Moses write it. A segment without alignment has an empty line. */
export function pharaohOf(alignments: readonly (WordAlignment | Unavailable)[]): string {
  return alignments
    .map(alignment => (isUnavailable(alignment) ? [] : sortedLinks(alignment)).join(' '))
    .map(line => `${line}\n`)
    .join('');
}

function sortedLinks({ links }: WordAlignment): string[] {
  const inOrder = [...links].sort((left, right) => left[0] - right[0] || left[1] - right[1]);
  return inOrder.map(([source, target]) => `${source}-${target}`);
}
