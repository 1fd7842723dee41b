// Texts in a table of comma-separated values. Its titles are keys; a column is prose where one of its cells has two words. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { linesOf, skipSpaces, skipSpacesBack } from './lines';
import { isProseValue } from './values';

/** Between its quotes, if it has some. */
interface Value {
  readonly range: CharacterRange;
  readonly isQuoted: boolean;
}

export function* csvBlocks(text: string): Generator<ProseBlock> {
  const separator = separatorOf(text);
  const [titles, ...rows] = rowsOf(text, separator);
  const contentOf = ({ range }: Value) => text.slice(...range);
  const prose = new Set<number>();
  for (const row of rows)
    for (const [column, value] of row.entries())
      if (/\p{L}{2,}[ ,]+\p{L}{2,}/u.test(contentOf(value))) prose.add(column);
  for (const row of rows)
    for (const [column, value] of row.entries()) {
      const title = titles[column] && contentOf(titles[column]).trim();
      if (prose.has(column) && isProseValue(contentOf(value), title)) yield* blocksOf(text, value, separator);
    }
}

function* blocksOf(text: string, { range, isQuoted }: Value, separator: string): Generator<ProseBlock> {
  const forbidden = isQuoted ? ['"'] : ['"', separator];
  for (const { start, end } of linesOf(text, ...range)) {
    const first = skipSpaces(text, start, end);
    const last = skipSpacesBack(text, first, end);
    const quotes = [...text.slice(first, last).matchAll(/""/g)].map(
      ({ index }): CharacterRange => [first + index, first + index + 2],
    );
    if (first < last) yield { kind: 'value', pieces: [[first, last]], protected: quotes, forbidden };
  }
}

/** The one that parts the first row into most values. */
function separatorOf(text: string): string {
  const [first] = linesOf(text);
  const title = first ? text.slice(first.start, first.end) : '';
  const counts = [',', ';', '\t'].map(mark => [mark, title.split(mark).length] as const);
  return counts.reduce((best, candidate) => (candidate[1] > best[1] ? candidate : best))[0];
}

/** As RFC 4180 says: quotes around a value, doubled inside it, and line breaks only between quotes. */
function rowsOf(text: string, separator: string): Value[][] {
  const rows: Value[][] = [];
  let row: Value[] = [];
  for (let at = 0; at < text.length; ) {
    const isQuoted = text[at] === '"';
    const start = isQuoted ? at + 1 : at;
    let end = start;
    if (isQuoted) {
      while (end < text.length && (text[end] !== '"' || text[end + 1] === '"')) end += text[end] === '"' ? 2 : 1;
      end = Math.min(end, text.length);
      at = end + 1;
    } else at = end;
    while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++;
    row.push({ range: [start, isQuoted ? end : at], isQuoted });
    if (text[at] === separator) {
      at++;
      continue;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    rows.push(row);
    row = [];
  }
  return row.length > 0 ? [...rows, row] : rows;
}
