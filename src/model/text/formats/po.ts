// Translations in a gettext file: the texts of `msgstr`. Message ids are keys and are never touched. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { hasWord, lineBreakOf, linesOf, skipSpacesBack } from './lines';
import { valueBlocks } from './values';

const wrapWidth = 79;

/** Lazy. The header, which has an empty id, holds no prose. */
export function* poBlocks(text: string): Generator<ProseBlock> {
  const lineBreak = lineBreakOf(text);
  let field = '';
  let isHeader = false;
  let strings: CharacterRange[] = [];
  for (const { start, end } of linesOf(text)) {
    const match = /^(\s*(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s+)?")((?:[^"\\]|\\.)*)"\s*$/.exec(
      text.slice(start, end),
    );
    if (match?.[2] || !match) {
      if (field.startsWith('msgstr') && !isHeader) yield* stringsOf(text, strings, lineBreak);
      // Only the first string of the id is empty where the id goes on under it.
      if (field === 'msgid') isHeader = strings.every(([from, to]) => from === to);
      strings = [];
      field = match?.[2] ?? '';
    }
    if (match) strings.push([start + match[1].length, start + match[1].length + match[3].length]);
  }
  if (field.startsWith('msgstr') && !isHeader) yield* stringsOf(text, strings, lineBreak);
}

/** One text over several strings. A string that ends with an escape for a line break ends a run of prose. */
function* stringsOf(text: string, strings: readonly CharacterRange[], lineBreak: string): Generator<ProseBlock> {
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

function* runBlocks(text: string, run: readonly CharacterRange[], lineBreak: string): Generator<ProseBlock> {
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
    wrap: { width: wrapWidth, continuation: ` "${lineBreak}"` },
  };
}
