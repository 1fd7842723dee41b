// Cuts blocks that are very long, so that no step of the work takes long: a file may be one line of a megabyte. Pure.

import type { CharacterRange } from '../types';
import type { ProseBlock } from './document';

/** Longer blocks are cut at a line, a sentence, a space. */
const largestLength = 6000;

/**
 * The blocks, long ones in parts; what is protected is never cut, unless it is longer than a part. A long source of a missing
 * translation is left out: its parts would have one place. Tables are as short as their parser makes them.
 */
export function* boundedBlocks(document: string, blocks: Iterable<ProseBlock>): Generator<ProseBlock> {
  for (const block of blocks) {
    if (block.table || lengthOf(block.pieces) <= largestLength) yield block;
    else if (!block.into) yield* partsOf(document, block);
  }
}

function* partsOf(document: string, block: ProseBlock): Generator<ProseBlock> {
  let pieces: CharacterRange[] = [];
  let length = 0;
  let nextProtected = 0;
  const close = (): ProseBlock => {
    const end = pieces[pieces.length - 1][1];
    const inside: CharacterRange[] = [];
    while (nextProtected < block.protected.length && block.protected[nextProtected][0] < end)
      inside.push(block.protected[nextProtected++]);
    const part = { ...block, pieces, protected: inside };
    pieces = [];
    length = 0;
    return part;
  };
  for (const [start, end] of block.pieces) {
    let from = start;
    while (length + end - from > largestLength) {
      const room = largestLength - length;
      // A piece that fits into a part of its own is not cut.
      const cut =
        end - from <= largestLength && length > 0 ? from : cutBefore(document, from, from + room, block.protected);
      if (cut > from) pieces.push([from, cut]);
      yield close();
      from = cut;
    }
    if (from < end) {
      pieces.push([from, end]);
      length += end - from;
    }
  }
  if (pieces.length > 0) yield close();
}

function cutBefore(document: string, start: number, limit: number, protectedRanges: readonly CharacterRange[]): number {
  const window = document.slice(start, limit);
  const sentenceEnd = Math.max(...['. ', '! ', '? ', '。'].map(mark => window.lastIndexOf(mark)));
  const space = window.lastIndexOf(' ');
  const best = sentenceEnd > window.length / 2 ? sentenceEnd + 1 : space > window.length / 2 ? space : window.length;
  const cut = start + best;
  const covering = coveringRange(protectedRanges, cut);
  if (covering) return covering[0] > start ? covering[0] : covering[1];
  const code = document.charCodeAt(cut);
  return code >= 0xdc00 && code <= 0xdfff ? cut - 1 : cut;
}

/** The range that has `offset` inside, found by halves. */
function coveringRange(ranges: readonly CharacterRange[], offset: number): CharacterRange | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ranges[middle][1] <= offset) low = middle + 1;
    else high = middle;
  }
  const found = ranges[low];
  return found && found[0] < offset ? found : undefined;
}

function lengthOf(pieces: readonly CharacterRange[]): number {
  return pieces.reduce((sum, [start, end]) => sum + end - start, 0);
}
