// Texts of an HTML page: between the tags that end one, and in comments. Tags, attributes, scripts, styles and preformatted text stay.
// Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { htmlRuns } from './htmlRuns';
import { hasWord, lineBreakOf, lineStartOf, linesOf, skipSpaces, skipSpacesBack } from './lines';
import { heldTogether } from './wrappedRanges';

/** Lazy. */
export function* htmlBlocks(text: string): Generator<ProseBlock> {
  const lineBreak = lineBreakOf(text);
  for (const { range, protected: inside, isComment } of htmlRuns(text, [0, text.length])) {
    const block = blockOf(text, range, inside, lineBreak);
    if (!block) continue;
    yield isComment
      ? { ...block, kind: 'comment', forbidden: ['--', '>'] }
      : { ...block, kind: 'html', forbidden: ['<', '&'] };
  }
}

/** Lines that were broken by hand are broken again; each of them begins where the second one does. */
function blockOf(
  text: string,
  [start, end]: CharacterRange,
  inside: readonly CharacterRange[],
  lineBreak: string,
): ProseBlock | undefined {
  const lines: CharacterRange[] = [];
  for (const line of linesOf(text, start, end)) {
    const first = skipSpaces(text, line.start, line.end);
    const last = skipSpacesBack(text, first, line.end);
    if (first < last) lines.push([first, last]);
  }
  const pieces = heldTogether(lines, inside);
  if (!hasWord(withoutRanges(text, pieces, inside))) return undefined;
  const block = { kind: 'html', pieces, protected: inside };
  if (pieces.length === 1) return block;
  const width = Math.max(...pieces.map(([from, to]) => to - lineStartOf(text, from)));
  const [second] = pieces[1];
  return { ...block, wrap: { width, continuation: lineBreak + text.slice(lineStartOf(text, second), second) } };
}

function withoutRanges(text: string, pieces: readonly CharacterRange[], inside: readonly CharacterRange[]): string {
  let rest = '';
  let next = 0;
  for (const [start, end] of pieces) {
    let from = start;
    for (; next < inside.length && inside[next][0] < end; next++) {
      rest += `${text.slice(from, inside[next][0])} `;
      from = inside[next][1];
    }
    rest += `${text.slice(from, end)} `;
  }
  return rest;
}
