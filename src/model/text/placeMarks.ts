// Finds the place of markup in a translation: around the words made from those it stood around. Pure.

import type { CharacterRange } from '../types';
import type { AlignmentLink } from './carrySpans';
import type { ProseSentence, SentenceMark } from './proseSentences';

export interface PlacedMark {
  /** Offset in the target. */
  readonly at: number;
  readonly raw: string;
}

/** A word of the target and the places in the source that its tokens were made from. */
interface TargetWord {
  readonly range: CharacterRange;
  readonly sources: readonly { readonly range: CharacterRange; readonly weight: number }[];
}

/**
 * Every mark of the sentence once, in the order in which they stand in `target`; undefined when a mark has no place, or when what it
 * encloses cannot be kept together.
 * `anchors`: each anchor and its place in the target, which no mark may cut. What stood between two marks still does, and nothing else.
 */
export function placeMarks(
  sentence: ProseSentence,
  target: string,
  links: readonly AlignmentLink[],
  anchors: readonly AlignmentLink[],
): PlacedMark[] | undefined {
  const solid = anchors.map(anchor => anchor.target);
  const placer = new MarkPlacer(sentence, target, targetWords(target, [...anchors, ...links], solid), anchors);
  return placer.place();
}

class MarkPlacer {
  private readonly offsets: (number | undefined)[];

  constructor(
    private readonly sentence: ProseSentence,
    private readonly target: string,
    private readonly words: readonly TargetWord[],
    private readonly anchors: readonly AlignmentLink[],
  ) {
    this.offsets = sentence.marks.map(() => undefined);
  }

  place(): PlacedMark[] | undefined {
    const { marks } = this.sentence;
    if (!this.placeRun(0, marks.length, [0, this.words.length])) return undefined;
    const placed = marks.map((mark, index) => ({ mark, index, at: this.offsets[index]! }));
    placed.sort((left, right) => left.at - right.at || this.rank(left) - this.rank(right) || left.index - right.index);
    if (
      !isNested(
        placed.map(({ index }) => marks[index].partner),
        placed.map(({ index }) => index),
      )
    )
      return undefined;
    return placed.map(({ at, mark }) => ({ at, raw: mark.raw }));
  }

  /** What ends somewhere goes before what begins there. */
  private rank({ mark, index }: { readonly mark: SentenceMark; readonly index: number }): number {
    if (mark.partner === index) return 1;
    if (mark.partner < index) return this.isEmpty(mark.partner, index) ? 1 : 0;
    return this.isEmpty(index, mark.partner) ? 1 : 2;
  }

  private isEmpty(open: number, close: number): boolean {
    return this.offsets[open] === this.offsets[close];
  }

  /** Places marks `[first, limit)` among the words `[low, high)`. */
  private placeRun(first: number, limit: number, [low, high]: CharacterRange): boolean {
    const { marks, text } = this.sentence;
    for (let index = first; index < limit; index++) {
      const { at, partner } = marks[index];
      if (partner <= index || !/[\p{L}\p{N}]/u.test(text.slice(at, marks[partner].at))) {
        // Alone, or around nothing, such as an image: what belongs together stays together.
        const last = partner > index ? partner : index;
        const offset = this.singleOffset(at, [low, high]);
        if (offset === undefined) return false;
        this.offsets.fill(offset, index, last + 1);
        index = last;
        continue;
      }
      const run = this.runOf([at, marks[partner].at], [low, high]);
      if (!run) return false;
      const [start, end] = this.trimmed(run, [at, marks[partner].at]);
      this.offsets[index] = start;
      this.offsets[partner] = end;
      if (!this.placeRun(index + 1, partner, run)) return false;
      index = partner;
    }
    return true;
  }

  /** The words of a range of the source, those of the anchors in it among them. */
  private runOf(source: CharacterRange, limits: CharacterRange): CharacterRange | undefined {
    const runs: CharacterRange[] = [];
    const others: CharacterRange[] = [];
    for (const {
      source: [start, end],
      target,
    } of this.anchors) {
      const isInside = source[0] <= start && end <= source[1];
      (isInside ? runs : others).push(this.wordsAt(target));
    }
    const own = this.wordsOf(source, limits);
    if (own) runs.push(own);
    if (runs.length === 0) return undefined;
    const low = Math.min(...runs.map(([start]) => start));
    const high = Math.max(...runs.map(([, end]) => end));
    const isFree = !others.some(([start, end]) => start < high && low < end);
    return isFree && limits[0] <= low && high <= limits[1] ? [low, high] : undefined;
  }

  private wordsAt([start, end]: CharacterRange): CharacterRange {
    const first = this.words.findIndex(({ range }) => start < range[1]);
    const last = this.words.findLastIndex(({ range }) => range[0] < end);
    return [first, last + 1];
  }

  /** The longest run of words that were made from a range of the source; words made from nowhere may stand between. */
  private wordsOf(source: CharacterRange, [low, high]: CharacterRange): CharacterRange | undefined {
    let best: CharacterRange | undefined;
    let bestLength = 0;
    let start = -1;
    let end = -1;
    for (let index = low; index <= high; index++) {
      const share = index < high ? shareOf(this.words[index], source) : 0;
      if (share > 0.5) {
        if (start === -1) start = index;
        end = index + 1;
      } else if (start !== -1 && (index === high || this.words[index].sources.length > 0)) {
        const length = this.words[end - 1].range[1] - this.words[start].range[0];
        if (length > bestLength) {
          best = [start, end];
          bestLength = length;
        }
        start = -1;
      }
    }
    return best;
  }

  /** Without the punctuation around the words, where the source has it outside too. */
  private trimmed([first, limit]: CharacterRange, source: CharacterRange): CharacterRange {
    let start = this.words[first].range[0];
    let end = this.words[limit - 1].range[1];
    const inner = this.sentence.text.slice(...source).trim();
    const opening = /^[([{«"'¿¡“‘]/;
    const closing = /[.,;:!?)\]}»"'”’。，、；：！？]$/;
    while (start < end && opening.test(this.target[start]) && !opening.test(inner)) start++;
    while (end > start && closing.test(this.target[end - 1]) && !closing.test(inner)) end--;
    return [start, end];
  }

  /** After the word that it follows, else before the one that it precedes. */
  private singleOffset(at: number, [low, high]: CharacterRange): number | undefined {
    const { text } = this.sentence;
    const before = /\S+$/.exec(text.slice(0, at));
    const after = /^\s*\S+/.exec(text.slice(at));
    if (before) {
      const word = this.lastWordFrom([at - before[0].length, at], [low, high]);
      if (word) return this.trimmedEnd(word.range, text.slice(at - 1, at));
    }
    if (after) {
      const word = this.firstWordFrom([at, at + after[0].length], [low, high]);
      if (word) return word.range[0];
    }
    const previous = /(\S+)\s+$/.exec(text.slice(0, at));
    const word = previous && this.lastWordFrom([previous.index, previous.index + previous[1].length], [low, high]);
    return word?.range[1];
  }

  private trimmedEnd([start, limit]: CharacterRange, lastCharacter: string): number {
    const closing = /[.,;:!?)\]}»"'”’。，、；：！？]/;
    let end = limit;
    if (!closing.test(lastCharacter)) while (end > start && closing.test(this.target[end - 1])) end--;
    return end;
  }

  private lastWordFrom(source: CharacterRange, [low, high]: CharacterRange): TargetWord | undefined {
    return this.words.slice(low, high).findLast(word => shareOf(word, source) > 0);
  }

  private firstWordFrom(source: CharacterRange, [low, high]: CharacterRange): TargetWord | undefined {
    return this.words.slice(low, high).find(word => shareOf(word, source) > 0);
  }
}

/** Share of a word that was made from a range of the source, by its letters. */
function shareOf({ sources }: TargetWord, [start, end]: CharacterRange): number {
  let own = 0;
  let all = 0;
  for (const { range, weight } of sources) {
    const middle = (range[0] + range[1]) / 2;
    all += weight;
    if (middle >= start && middle <= end) own += weight;
  }
  return all === 0 ? 0 : own / all;
}

/** Runs of visible characters; in a script without spaces, tokens. A solid range is never cut. */
function targetWords(target: string, links: readonly AlignmentLink[], solid: readonly CharacterRange[]): TargetWord[] {
  const isSpaced = !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u.test(target);
  const runs = isSpaced
    ? [...target.matchAll(/\S+/g)].map(({ 0: run, index }): CharacterRange => [index, index + run.length])
    : links.map(link => link.target).sort((left, right) => left[0] - right[0]);
  const ranges: [number, number][] = [];
  for (const [start, end] of runs) {
    const last = ranges.at(-1);
    const isGlued =
      last && (start < last[1] || solid.some(([from, to]) => from < start && start < to && last[1] > from));
    if (isGlued) last[1] = Math.max(last[1], end);
    else ranges.push([start, end]);
  }
  return ranges.map(range => ({
    range,
    sources: links
      .filter(({ source, target: [start, end] }) => start < range[1] && range[0] < end && source[0] < source[1])
      .map(({ source, target: own }) => ({ range: source, weight: weightOf(target.slice(...own)) })),
  }));
}

/** Punctuation goes with the word that it touches. */
function weightOf(text: string): number {
  return (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) + 0.01;
}

function isNested(partners: readonly number[], indexes: readonly number[]): boolean {
  const open: number[] = [];
  for (const [position, index] of indexes.entries()) {
    const partner = partners[position];
    if (partner === index) continue;
    if (partner > index) open.push(index);
    else if (open.pop() !== partner) return false;
  }
  return open.length === 0;
}
