// Translations in a gettext file: the texts of `msgstr`, and where one is empty, that of the message id, which is written into it.
// Message ids are keys and are never touched. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { Cell, ProseBlock } from '../document';
import { hasWord, lineBreakOf, linesOf, skipSpaces, skipSpacesBack } from './lines';
import { cellAt } from './tables';
import { placeholdersIn, valueBlocks, withoutRanges } from './values';

const wrapWidth = 79;

type Strings = readonly CharacterRange[];

/** Lazy. The header, which has an empty id, holds no prose. */
export function* poBlocks(text: string): Generator<ProseBlock> {
  const lineBreak = lineBreakOf(text);
  let field = '';
  let id: Strings = [];
  let plural: Strings = [];
  let strings: CharacterRange[] = [];
  function* close(): Generator<ProseBlock> {
    if (field === 'msgid') [id, plural] = [strings, []];
    else if (field === 'msgid_plural') plural = strings;
    // Only the first string of an id is empty where the id goes on under it.
    else if (field.startsWith('msgstr') && !isEmpty(id)) {
      if (!isEmpty(strings)) yield* stringsOf(text, strings, lineBreak);
      else yield* missingTranslation(text, /\[0*[1-9]/.test(field) ? plural : id, strings[0], lineBreak);
    }
    strings = [];
  }
  for (const { start, end } of linesOf(text)) {
    const match = /^(\s*(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+)?")((?:[^"\\]|\\.)*)"\s*$/.exec(
      text.slice(start, end),
    );
    if (match?.[2] || !match) {
      yield* close();
      field = match?.[2] ?? '';
    }
    if (match) strings.push([start + match[1].length, start + match[1].length + match[3].length]);
  }
  yield* close();
}

function isEmpty(strings: Strings): boolean {
  return strings.every(([start, end]) => start === end);
}

/** One text over several strings. A string that ends with an escape for a line break ends a run of prose. */
function* stringsOf(text: string, strings: Strings, lineBreak: string): Generator<ProseBlock> {
  let run: CharacterRange[] = [];
  for (const [start, end] of strings) {
    if (start === end) continue;
    const value = text.slice(start, end);
    const goesOn = / $/.test(value) && !/\\[nrt]/.test(value);
    run.push([start, goesOn ? skipSpacesBack(text, start, end) : end]);
    if (goesOn) continue;
    yield* runBlocks(text, run, lineBreak);
    run = [];
  }
  yield* runBlocks(text, run, lineBreak);
}

/** Options and the space before what they do, as a program prints them. */
const optionColumn = /^ *--?\w[^"\\]*? {2,}(?=\S)/;

function afterOptions(text: string, [start, end]: CharacterRange): CharacterRange {
  return [start + (optionColumn.exec(text.slice(start, end))?.[0].length ?? 0), end];
}

function* runBlocks(text: string, strings: Strings, lineBreak: string): Generator<ProseBlock> {
  const run = strings.map(range => afterOptions(text, range));
  const parts = run.map(range => [...valueBlocks(text, range, { kind: 'value', escape: 'po' })]);
  const isPlain = parts.every(blocks => blocks.length === 1);
  if (run.length < 2 || !isPlain) {
    yield* parts.flat();
    return;
  }
  const blocks = parts.flat();
  if (!hasWord(blocks.map(({ pieces: [[start, end]] }) => text.slice(start, end)).join(' '))) return;
  yield {
    ...blocks[0],
    pieces: blocks.flatMap(({ pieces }) => pieces),
    protected: blocks.flatMap(block => block.protected),
    wrap: wrapOf(lineBreak),
  };
}

/**
 * An id as one block. Strings that go on with a space are wrapped anew; from the end of a line to the next string everything is
 * written as it stands there.
 */
function* missingTranslation(
  text: string,
  id: Strings,
  into: CharacterRange,
  lineBreak: string,
): Generator<ProseBlock> {
  const strings = id.filter(([start, end]) => start < end);
  if (strings.some(range => optionColumn.test(text.slice(...range)))) {
    yield* missingColumns(text, strings, into, lineBreak);
    return;
  }
  const pieces: [number, number][] = [];
  const inside: CharacterRange[] = [];
  let prose = '';
  for (const [start, end] of strings) {
    const first = skipSpaces(text, start, end);
    const last = skipSpacesBack(text, first, end);
    if (first === last) continue;
    const open = pieces.at(-1);
    if (open && text.slice(...open).endsWith('\\n')) {
      inside.push([open[1], first]);
      open[1] = last;
    } else if (!open || /\s/.test(text[open[1]])) pieces.push([first, last]);
    // A word that goes on in the next string would be two.
    else return;
    const placeholders = placeholdersIn(text, [first, last], 'po');
    inside.push(...placeholders);
    prose += withoutRanges(text, [first, last], placeholders).replace(/\\[nrt]/g, ' ');
  }
  if (!hasWord(prose)) return;
  const [from, to] = [pieces[0][0], pieces[pieces.length - 1][1]];
  yield {
    kind: 'value',
    pieces,
    protected: inside,
    escape: 'po',
    wrap: wrapOf(lineBreak),
    into: {
      range: into,
      before: (strings.length > 1 ? `"${lineBreak}"` : '') + text.slice(strings[0][0], from),
      after: text.slice(to, strings[strings.length - 1][1]),
    },
  };
}

/**
 * An id in columns, as the help text of a program: each string is a row. What goes on in the next string otherwise than under what
 * an option does stays missing.
 */
function* missingColumns(
  text: string,
  strings: Strings,
  into: CharacterRange,
  lineBreak: string,
): Generator<ProseBlock> {
  const rows: Cell[][] = [];
  for (const [index, [start, end]] of strings.entries()) {
    const value = text.slice(start, end);
    const to = skipSpacesBack(text, start, end - (/(?:\\n)*$/.exec(value)?.[0].length ?? 0));
    const first = skipSpaces(text, start, to);
    if (first === to) continue;
    if (index < strings.length - 1 && !value.endsWith('\\n')) return;
    const from = afterOptions(text, [start, to])[0];
    const last = rows.at(-1)?.at(-1);
    if (from > start) {
      const options = skipSpacesBack(text, first, from);
      rows.push([cellAt(text, start, [first, options]), cellAt(text, start, [from, to])]);
    } else if (last && rows.at(-1)!.length > 1 && last.column === first - start)
      rows.at(-1)!.splice(-1, 1, { ...last, lines: [...last.lines, [first, to]] });
    else rows.push([cellAt(text, start, [first, to])]);
  }
  const pieces = rows.flatMap(row => row[row.length - 1].lines).filter(range => hasWord(text.slice(...range)));
  if (pieces.length === 0) return;
  const end = rows[rows.length - 1][rows[rows.length - 1].length - 1].lines.at(-1)![1];
  yield {
    kind: 'value',
    pieces,
    protected: pieces.flatMap(range => placeholdersIn(text, range, 'po')),
    escape: 'po',
    table: { rows, isFixed: false },
    into: {
      range: into,
      before: (strings.length > 1 ? `"${lineBreak}"` : '') + text.slice(strings[0][0], rows[0][0].lines[0][0]),
      after: text.slice(end, strings[strings.length - 1][1]),
    },
  };
}

function wrapOf(lineBreak: string): ProseBlock['wrap'] {
  return { width: wrapWidth, continuation: ` "${lineBreak}"` };
}
