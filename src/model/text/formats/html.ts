// Texts of an HTML page: between the tags that end one, and in comments. Tags, attributes, scripts, styles and preformatted text stay.
// Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { htmlRuns } from './htmlRuns';
import { hasWord, lineBreakOf, linesOf, skipSpaces, skipSpacesBack } from './lines';
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
  const held = inside.filter(range => pieces.some(piece => piece[0] <= range[0] && range[1] <= piece[1]));
  if (!hasWord(withoutRanges(text, pieces, held))) return undefined;
  const block = { kind: 'html', pieces, protected: held };
  if (pieces.length === 1) return block;
  const lineStart = (offset: number) =>
    Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const width = Math.max(...pieces.map(([from, to]) => to - lineStart(from)));
  const [second] = pieces[1];
  return { ...block, wrap: { width, continuation: lineBreak + text.slice(lineStart(second), second) } };
}

function withoutRanges(text: string, pieces: readonly CharacterRange[], inside: readonly CharacterRange[]): string {
  const kept = pieces.flatMap(([start, end]) => {
    const own = inside.filter(range => start <= range[0] && range[1] <= end);
    const edges = [start, ...own.flat(), end];
    return edges.flatMap((edge, index) => (index % 2 === 0 ? [text.slice(edge, edges[index + 1])] : []));
  });
  return kept.join(' ');
}
