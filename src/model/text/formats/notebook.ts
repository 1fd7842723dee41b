// Markdown cells of a Jupyter notebook. Code, outputs and metadata stay. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { unescapeText } from '../escapes';
import { type Container, jsonStrings } from './json';
import { markdownBlocks } from './markdown';

/** Lazy. What is no notebook gives no block. */
export function* notebookBlocks(text: string): Generator<ProseBlock> {
  let cell: Container | undefined;
  let type = '';
  let source: CharacterRange[] = [];
  for (const { range, containers } of jsonStrings(text)) {
    if (containers.length < 3 || containers[0].key !== 'cells') continue;
    if (containers[2] !== cell) {
      if (type === 'markdown') yield* cellBlocks(text, source);
      [cell, type, source] = [containers[2], '', []];
    }
    if (cell.key === 'cell_type') type = text.slice(...range);
    if (cell.key === 'source' && containers.length <= 4) source.push(range);
  }
  if (type === 'markdown') yield* cellBlocks(text, source);
}

/** Blocks of the Markdown that is written in strings one after the other, each a line of it. */
function* cellBlocks(text: string, strings: readonly CharacterRange[]): Generator<ProseBlock> {
  let source = '';
  /** In the document, of each character of the source. */
  const ranges: CharacterRange[] = [];
  for (const [start, end] of strings) {
    let at = start;
    for (const { text: characters, length } of unescapeText('json', text.slice(start, end))) {
      const isPlain = characters.length === length;
      for (let index = 0; index < characters.length; index++)
        ranges.push(isPlain ? [at + index, at + index + 1] : [at, at + length]);
      source += characters;
      at += length;
    }
  }
  const inDocument = ([start, end]: CharacterRange): CharacterRange => [ranges[start][0], ranges[end - 1][1]];
  for (const { pieces: own, protected: inside, wrap, ...block } of markdownBlocks(source)) {
    // What is held together over a line break would have the quotes of two strings in it.
    if (own.some(piece => source.slice(...piece).includes('\n'))) continue;
    const pieces = own.map(inDocument);
    const written = { ...block, pieces, protected: inside.map(inDocument), escape: 'json' } as const;
    const continuation = pieces.length > 1 ? text.slice(pieces[0][1], pieces[1][0]) : '';
    // Lines of one string, and of strings on one line, are as many as they were.
    if (!wrap || !continuation.includes('\n')) {
      yield written;
      continue;
    }
    const lineStart = ranges[source.lastIndexOf('\n', own[0][0] - 1) + 1][0];
    const quoteColumn = lineStart - (text.lastIndexOf('\n', lineStart - 1) + 1);
    yield { ...written, wrap: { width: wrap.width + quoteColumn, continuation } };
  }
}
