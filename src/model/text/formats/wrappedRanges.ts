// Ranges inside of prose over several lines, as ranges of its document. Runs anywhere.

import type { CharacterRange } from '../../types';

/** Ranges of the prose of lines with one space between them, in order, as ranges of the document. One may go on over a line break. */
export function rangesIn(lines: readonly CharacterRange[], ranges: Iterable<CharacterRange>): CharacterRange[] {
  const found: CharacterRange[] = [];
  let line = 0;
  let lineStart = 0;
  const documentOffset = (offset: number) => {
    while (offset > lineStart + lines[line][1] - lines[line][0]) {
      lineStart += lines[line][1] - lines[line][0] + 1;
      line++;
    }
    return lines[line][0] + offset - lineStart;
  };
  for (const [start, end] of ranges) found.push([documentOffset(start), documentOffset(end)]);
  return found;
}

/** Lines as pieces; those with markup over their break are one piece, whose layout stays. */
export function heldTogether(lines: readonly CharacterRange[], ranges: readonly CharacterRange[]): CharacterRange[] {
  const pieces: [start: number, end: number][] = [];
  let next = 0;
  for (const [start, end] of lines) {
    const last = pieces.at(-1);
    while (last && next < ranges.length && ranges[next][1] <= last[1]) next++;
    if (last && next < ranges.length && ranges[next][0] < last[1]) last[1] = end;
    else pieces.push([start, end]);
  }
  return pieces;
}

/** The asterisks around `**strong words**`, which many write in texts of any kind. */
export function* strongMarks(prose: string): Generator<CharacterRange> {
  for (const { 0: found, index } of prose.matchAll(/(?<![\w*])\*\*(?=[^\s*])[^*\n]*[^\s*]\*\*(?![\w*])/g)) {
    const end = index + found.length;
    yield [index, index + 2];
    yield [end - 2, end];
  }
}
