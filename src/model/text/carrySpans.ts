// Puts protected spans and markup into a translation, by what the model looked at, and verifies every one of them. Pure.

import type { CharacterRange } from '../types';
import { isPictograph } from './markup';
import { placeMarks } from './placeMarks';
import type { Anchor, ProseSentence } from './proseSentences';
import { findProtectedSpans, hasMoreSyntax } from './protectedSpans';

/** A token of the translation and the token of the source that it was made from. */
export interface AlignmentLink {
  readonly source: CharacterRange;
  readonly target: CharacterRange;
}

/** A stretch of a translation. */
export interface TargetPart {
  /** As it is read. */
  readonly text: string;
  /** As it is written in the document; undefined: `text`, escaped. */
  readonly raw: string | undefined;
}

/** How the spans of a sentence came into its translation: as the translator wrote them, or by alignment. */
export type CarryOutcome = 'copied' | 'aligned';

export interface CarriedSentence {
  readonly parts: readonly TargetPart[];
  readonly outcome: CarryOutcome;
  /** Offset in the translator's output -> offset in the parts' text. */
  readonly moved: (offset: number) => number;
}

/** A stretch of the output that becomes an anchor; `start === end` never. */
export interface AnchorPlace {
  readonly anchor: Anchor;
  /** In the output as the translator wrote it. */
  readonly range: CharacterRange;
}

/**
 * The translation `output` with every anchor and mark of the sentence exactly once, or undefined when that cannot be had from it.
 * `links`: undefined when there is no alignment; then only what the translator copied counts, and markup inside cannot be placed.
 * `hasNoLinks`: nor will there be one; then pictographs go between the words about as far on as in the source.
 */
export function carrySpans(
  sentence: ProseSentence,
  output: string,
  links: readonly AlignmentLink[] | undefined,
  hasNoLinks = false,
): CarriedSentence | undefined {
  const places = placeAnchors(sentence.anchors, output, links);
  if (!places) return undefined;
  const spaced = places.map(place => ({ ...place, lead: leadOf(sentence.text, output, place) }));
  const isCopied = places.every(({ anchor, range }) => output.slice(...range) === anchor.required);
  const rewritten = new Rewriting(output, spaced);
  if (!isVerified(sentence, rewritten.text)) return undefined;
  if (sentence.marks.length === 0)
    return {
      parts: rewritten.parts([]),
      outcome: isCopied ? 'copied' : 'aligned',
      moved: offset => rewritten.moved(offset),
    };
  const isRough = hasNoLinks && sentence.marks.every(({ raw }) => isPictograph(raw));
  const placing = links
    ? rewritten.moveLinks(links)
    : isRough
      ? linksInOrder(sentence.text, rewritten.text)
      : undefined;
  if (!placing) return undefined;
  const placed = placeMarks(sentence, rewritten.text, placing, rewritten.anchorLinks());
  if (!placed) return undefined;
  const insertions = placed.map(({ at, raw }) => ({ at, raw }));
  const shift = (offset: number) =>
    insertions.reduce((sum, { at, raw }) => (at <= offset ? sum + raw.length : sum), offset);
  return {
    parts: rewritten.parts(insertions),
    outcome: 'aligned',
    moved: offset => shift(rewritten.moved(offset)),
  };
}

/** A space that the source has before an anchor, where the translator glued it to a word. */
function leadOf(source: string, output: string, { anchor, range }: AnchorPlace): string {
  const isApart = /(?:^|\s)$/.test(source.slice(0, anchor.range[0]));
  const isGlued = /[\p{L}\p{N}`]$/u.test(output.slice(0, range[0])) && !noSpaces.test(output[range[0] - 1]);
  return isApart && isGlued ? ' ' : '';
}

/** Every word of either text with the one that stands as far on in the other. */
function linksInOrder(source: string, target: string): AlignmentLink[] {
  const [from, to] = [source, target].map(text =>
    [...text.matchAll(word)].map(({ 0: found, index }): CharacterRange => [index, index + found.length]),
  );
  const longer = Math.max(from.length, to.length);
  return Array.from({ length: longer }, (_, index) => ({
    source: from[Math.floor((index * from.length) / longer)],
    target: to[Math.floor((index * to.length) / longer)],
  }));
}

const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|\S+/gu;
const noSpaces = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/**
 * True when each anchor stands in the text exactly as often as in the source, and nothing was invented outside of them: no span of
 * a strict kind, no character of code or markup.
 */
function isVerified(sentence: ProseSentence, text: string): boolean {
  const counts = new Map<string, number>();
  for (const { required } of sentence.anchors) counts.set(required, (counts.get(required) ?? 0) + 1);
  const longestFirst = [...counts].sort(([left], [right]) => right.length - left.length);
  const taken: CharacterRange[] = [];
  for (const [required, count] of longestFirst) {
    const found = occurrences(text, required, taken);
    if (found.length !== count) return false;
    taken.push(...found);
  }
  if (taken.some(range => touchesBacktick(text, range))) return false;
  const ranges = sentence.anchors.map(({ range }) => range);
  if (hasMoreSyntax(outside(text, taken), outside(sentence.text, ranges))) return false;
  return findProtectedSpans(text).every(
    ({ range, strict }) => !strict || overlaps(range, taken) || sentence.text.includes(text.slice(...range)),
  );
}

/** Two backticks side by side open or close another span. */
function touchesBacktick(text: string, [start, end]: CharacterRange): boolean {
  return (text[start] === '`' && text[start - 1] === '`') || (text[end - 1] === '`' && text[end] === '`');
}

/** A text without some ranges of it. */
function outside(text: string, ranges: readonly CharacterRange[]): string {
  let rest = '';
  let done = 0;
  for (const [start, end] of [...ranges].sort((left, right) => left[0] - right[0])) {
    rest += `${text.slice(done, start)} `;
    done = end;
  }
  return rest + text.slice(done);
}

function placeAnchors(
  anchors: readonly Anchor[],
  output: string,
  links: readonly AlignmentLink[] | undefined,
): AnchorPlace[] | undefined {
  const places: AnchorPlace[] = [];
  const taken: CharacterRange[] = [];
  const missing: Anchor[] = [];
  const byText = new Map<string, Anchor[]>();
  for (const anchor of anchors) byText.set(anchor.required, [...(byText.get(anchor.required) ?? []), anchor]);
  // The longest first: a short one may stand inside a long one.
  const longestFirst = [...byText].sort(([left], [right]) => right.length - left.length);
  for (const [required, wanting] of longestFirst) {
    const found = occurrences(output, required, taken);
    if (found.length > wanting.length) return undefined;
    taken.push(...found);
    for (const [index, anchor] of wanting.entries())
      if (index < found.length) places.push({ anchor, range: found[index] });
      else missing.push(anchor);
  }
  for (const anchor of missing) {
    const range = links && alignedRange(anchor, output, links, taken);
    if (!range) return undefined;
    taken.push(range);
    places.push({ anchor, range });
  }
  return places.sort((left, right) => left.range[0] - right.range[0]);
}

/** Where a text stands on its own: `1.2` does not stand in `1.2.3`, nor `foo` in `foobar`. */
function occurrences(text: string, wanted: string, taken: readonly CharacterRange[]): CharacterRange[] {
  const found: CharacterRange[] = [];
  for (let start = text.indexOf(wanted); start !== -1; start = text.indexOf(wanted, start + 1)) {
    const range: CharacterRange = [start, start + wanted.length];
    if (overlaps(range, taken) || overlaps(range, found)) continue;
    if (continuesWord(text, range)) continue;
    found.push(range);
  }
  return found;
}

function continuesWord(text: string, [start, end]: CharacterRange): boolean {
  const isWord = (character: string | undefined) =>
    character !== undefined && /[\p{L}\p{M}\p{N}_]/u.test(character) && !noSpaces.test(character);
  return (isWord(text[start - 1]) && isWord(text[start])) || (isWord(text[end]) && isWord(text[end - 1]));
}

/** The words of the output that were made from the anchor: the longest run of them that is not taken. */
function alignedRange(
  anchor: Anchor,
  output: string,
  links: readonly AlignmentLink[],
  taken: readonly CharacterRange[],
): CharacterRange | undefined {
  const runs: [number, number][] = [];
  let gap = 0;
  for (const { source, target } of links) {
    if (target[0] === target[1]) continue;
    const isOwn = source[0] < anchor.range[1] && anchor.range[0] < source[1] && !overlaps(target, taken);
    if (!isOwn) {
      gap++;
      continue;
    }
    const last = runs.at(-1);
    if (last && gap === 0) last[1] = target[1];
    else if (last && gap === 1 && !overlaps([last[1], target[0]], taken)) last[1] = target[1];
    else runs.push([target[0], target[1]]);
    gap = 0;
  }
  const [longest] = runs.sort((left, right) => right[1] - right[0] - (left[1] - left[0]));
  return longest && wholeWords(output, longest, taken);
}

function wholeWords(
  text: string,
  [from, to]: readonly [number, number],
  taken: readonly CharacterRange[],
): CharacterRange {
  let [start, end] = [from, to];
  const isWord = (index: number) => /[\p{L}\p{N}_]/u.test(text[index] ?? '');
  while (start > 0 && isWord(start - 1) && isWord(start) && !overlaps([start - 1, start], taken)) start--;
  while (end < text.length && isWord(end) && isWord(end - 1) && !overlaps([end, end + 1], taken)) end++;
  while (start < end && /\s/.test(text[start])) start++;
  while (end > start && /\s/.test(text[end - 1])) end--;
  return [start, end];
}

function overlaps([start, end]: CharacterRange, ranges: readonly CharacterRange[]): boolean {
  return ranges.some(([from, to]) => from < end && start < to);
}

/** An output with its anchors written as they must be. */
class Rewriting {
  readonly text: string;
  /** Of each place, in the rewritten text. */
  private readonly starts: number[] = [];

  constructor(
    output: string,
    private readonly places: readonly (AnchorPlace & { readonly lead: string })[],
  ) {
    let text = '';
    let done = 0;
    for (const { anchor, range, lead } of places) {
      text += output.slice(done, range[0]) + lead;
      this.starts.push(text.length);
      text += anchor.required;
      done = range[1];
    }
    this.text = text + output.slice(done);
  }

  /** Offset in the output -> offset in the text; inside a place that was rewritten, its start or end. */
  moved(offset: number): number {
    let shift = 0;
    for (const { anchor, range, lead } of this.places) {
      if (offset < range[0]) break;
      shift += lead.length;
      const grown = anchor.required.length - (range[1] - range[0]);
      if (offset < range[1] || offset === range[0]) {
        const inside = offset - range[0];
        return range[0] + shift + (grown === 0 ? inside : Math.min(inside, anchor.required.length));
      }
      shift += grown;
    }
    return offset + shift;
  }

  anchorRanges(): CharacterRange[] {
    return this.places.map(({ anchor }, index) => [this.starts[index], this.starts[index] + anchor.required.length]);
  }

  anchorLinks(): AlignmentLink[] {
    const ranges = this.anchorRanges();
    return this.places.map(({ anchor }, index) => ({ source: anchor.range, target: ranges[index] }));
  }

  /** Links outside the anchors, which have their own. */
  moveLinks(links: readonly AlignmentLink[]): AlignmentLink[] {
    return links
      .filter(
        ({ target }) =>
          target[0] < target[1] &&
          !overlaps(
            target,
            this.places.map(({ range }) => range),
          ),
      )
      .map(({ source, target }) => ({ source, target: [this.moved(target[0]), this.moved(target[1])] }));
  }

  /** `insertions`: in the order in which they stand. */
  parts(insertions: readonly { readonly at: number; readonly raw: string }[]): TargetPart[] {
    const parts: TargetPart[] = [];
    const ranges = this.anchorRanges();
    let nextInsertion = 0;
    const plain = (start: number, end: number) => {
      let from = start;
      for (; nextInsertion < insertions.length && insertions[nextInsertion].at <= end; nextInsertion++) {
        const { at, raw } = insertions[nextInsertion];
        if (from < at) parts.push({ text: this.text.slice(from, at), raw: undefined });
        parts.push({ text: raw, raw });
        from = Math.max(from, at);
      }
      if (from < end) parts.push({ text: this.text.slice(from, end), raw: undefined });
    };
    let done = 0;
    for (const [index, { anchor }] of this.places.entries()) {
      plain(done, ranges[index][0]);
      parts.push({ text: anchor.required, raw: anchor.raw });
      done = ranges[index][1];
    }
    plain(done, this.text.length);
    return parts;
  }
}
