// Translations in an XLIFF file (1.2 and 2.0): what stands in `<target>`. Sources, notes and everything else stay. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { hasWord, linesOf, skipSpaces, skipSpacesBack } from './lines';

/** A comment, a section of raw text, or the start of a target that has content. */
const opening = /<!--|<!\[CDATA\[|<(?:[\w.-]+:)?target(?:\s[^<>]*)?(?<!\/)>/g;
const closing = /<\/(?:[\w.-]+:)?target\s*>/g;
/** Elements that hold code of the original format, and all tags. */
const markup =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<((?:\w+:)?(?:ph|bpt|ept|it|ut))(?:\s[^<>]*)?(?<!\/)>[\s\S]*?<\/\1\s*>|<\/?[\w:-]+(?:\s[^<>]*)?\/?>|\{\{?[^{}\n]*\}?\}/g;

/** Lazy. */
export function* xliffBlocks(text: string): Generator<ProseBlock> {
  let from = 0;
  for (;;) {
    opening.lastIndex = from;
    const found = opening.exec(text);
    if (!found) return;
    const start = found.index + found[0].length;
    if (found[0].startsWith('<!')) {
      const mark = found[0] === '<!--' ? '-->' : ']]>';
      const end = text.indexOf(mark, start);
      if (end === -1) return;
      from = end + mark.length;
      continue;
    }
    closing.lastIndex = start;
    const close = closing.exec(text);
    if (!close) return;
    from = close.index + close[0].length;
    yield* contentOf(text, start, close.index);
  }
}

function* contentOf(text: string, start: number, end: number): Generator<ProseBlock> {
  const inside = [...text.slice(start, end).matchAll(markup)].map(
    (match): CharacterRange => [start + match.index, start + match.index + match[0].length],
  );
  let pieces: CharacterRange[] = [];
  for (const line of linesOf(text, start, end)) {
    const first = skipSpaces(text, line.start, line.end);
    const last = skipSpacesBack(text, first, line.end);
    // A tag over several lines holds them together.
    const holder = inside.find(range => range[0] < first && first <= range[1]);
    if (holder && pieces.length > 0)
      pieces[pieces.length - 1] = [pieces[pieces.length - 1][0], Math.max(last, holder[1])];
    else if (first < last) pieces.push([first, last]);
  }
  pieces = pieces.filter(([from, to]) => from < to);
  const contained = inside.filter(range => pieces.some(([from, to]) => from <= range[0] && range[1] <= to));
  if (contained.length !== inside.length || !hasWord(text.slice(start, end).replace(markup, ' '))) return;
  yield { kind: 'value', pieces, protected: contained, escape: 'xml' };
}
