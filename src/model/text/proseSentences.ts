// The sentences of a run of prose, each with the spans and the markup that its translation must hold. Pure.

import type { CharacterRange } from '../types';
import { endsWithAbbreviation } from './abbreviations';
import type { Prose } from './prose';
import { hasLetters, sentencesOfProse, splitRange, withoutSpaces } from './sentences';

/** A part of a sentence whose translation is known. */
export interface Anchor {
  /** In the text of the sentence. */
  readonly range: CharacterRange;
  /** What the translation must hold for it, exactly once. */
  readonly required: string;
  /** How it is written in the document; undefined: `required`, escaped. */
  readonly raw: string | undefined;
  /** A translation may not have one of this kind that its source lacks. */
  readonly strict: boolean;
}

/** Markup inside a sentence. */
export interface SentenceMark {
  /** Offset in the text of the sentence. */
  readonly at: number;
  readonly raw: string;
  /** Index in the marks of the sentence; its own when it stands alone. */
  readonly partner: number;
}

export interface ProseSentence {
  /** What a translator reads. */
  readonly text: string;
  /** In the text of the prose. */
  readonly range: CharacterRange;
  /** In the document: its characters, its markup and the layout between them. */
  readonly source: CharacterRange;
  readonly anchors: readonly Anchor[];
  readonly marks: readonly SentenceMark[];
}

/** A term with its translation, as `glossary.ts` finds it. */
export interface FoundTerm {
  readonly range: CharacterRange;
  readonly translation: string;
}

/**
 * Sentences with something to translate, in order. Markup around a whole sentence is outside it.
 * `terms`: of the glossary, in the text of the prose; those that overlap a protected span are left out. What does not fit is cut.
 */
export function* proseSentences(
  prose: Prose,
  terms: readonly FoundTerm[] = [],
  fits: (text: string) => boolean = () => true,
): Generator<ProseSentence> {
  let nextSpan = 0;
  let nextMark = 0;
  for (const range of fittingSentences(prose, fits)) {
    const [start, end] = range;
    while (nextSpan < prose.spans.length && prose.spans[nextSpan].range[0] < start) nextSpan++;
    const anchors: Anchor[] = [];
    let outside = '';
    let position = start;
    for (let index = nextSpan; index < prose.spans.length && prose.spans[index].range[0] < end; index++) {
      const span = prose.spans[index];
      outside += prose.text.slice(position, span.range[0]);
      position = Math.min(span.range[1], end);
      // A span longer than what the model reads at once was cut with its sentence: both parts are kept by verification.
      const inside: CharacterRange = [span.range[0] - start, position - start];
      const isWhole = span.range[1] <= end;
      const required = prose.text.slice(span.range[0], position);
      anchors.push({ range: inside, required, raw: isWhole ? span.raw : undefined, strict: span.strict });
    }
    outside += prose.text.slice(position, end);
    if (!hasLetters(outside)) continue;
    for (const { range: term, translation } of terms) {
      if (term[0] < start || term[1] > end) continue;
      const inside: CharacterRange = [term[0] - start, term[1] - start];
      if (anchors.some(anchor => anchor.range[0] < inside[1] && inside[0] < anchor.range[1])) continue;
      anchors.push({ range: inside, required: translation, raw: undefined, strict: false });
    }
    anchors.sort((left, right) => left.range[0] - right.range[0]);
    while (nextMark < prose.marks.length && prose.marks[nextMark].at < start) nextMark++;
    yield { text: prose.text.slice(start, end), range, anchors, ...marksOf(prose, range, nextMark) };
  }
}

/** A line that ends with a sentence ends it, whatever the next one begins with. */
function withSentenceEnds({ text, joints }: Prose): string {
  let result = '';
  for (const { at, space } of joints)
    if (space !== '' && /\p{L}{2}[.!?]$/u.test(text.slice(Math.max(0, at - 5), at)))
      if (!endsWithAbbreviation(text.slice(Math.max(0, at - 40), at), text.slice(at + 1, at + 40)))
        result += `${text.slice(result.length, at)}\n`;
  return result + text.slice(result.length);
}

function* fittingSentences(prose: Prose, fits: (text: string) => boolean): Generator<CharacterRange> {
  function* fitting(range: CharacterRange): Generator<CharacterRange> {
    if (range[1] - range[0] < 2 || fits(text.slice(...range))) {
      if (hasLetters(text.slice(...range))) yield range;
      return;
    }
    for (const half of splitRange(text, range)) yield* fitting(withoutSpaces(text, half));
  }
  const { text, spans, parts } = prose;
  const readable = withSentenceEnds(prose);
  let nextSpan = 0;
  for (const [from, to] of parts) {
    const inside: CharacterRange[] = [];
    for (; nextSpan < spans.length && spans[nextSpan].range[0] < to; nextSpan++) {
      const [start, end] = spans[nextSpan].range;
      inside.push([start - from, end - from]);
    }
    for (const [start, end] of sentencesOfProse(readable.slice(from, to), inside))
      yield* fitting([from + start, from + end]);
  }
}

/** The marks of a sentence: those inside, and those at its ends whose partner is inside. */
function marksOf(
  prose: Prose,
  [start, end]: CharacterRange,
  firstMark: number,
): { readonly marks: readonly SentenceMark[]; readonly source: CharacterRange } {
  const { marks } = prose;
  const isInside = (index: number) => marks[index].at > start && marks[index].at < end;
  const own: number[] = [];
  for (let index = firstMark; index < marks.length && marks[index].at <= end; index++) {
    const { partner } = marks[index];
    if (isInside(index) || (partner !== index && isInside(partner))) own.push(index);
  }
  let [from, to] = prose.documentRange([start, end]);
  for (const index of own) {
    from = Math.min(from, marks[index].range[0]);
    to = Math.max(to, marks[index].range[1]);
  }
  return {
    source: [from, to],
    marks: own.map((index, position) => {
      const partner = own.indexOf(marks[index].partner);
      return {
        at: marks[index].at - start,
        raw: marks[index].raw,
        partner: partner === -1 ? position : partner,
      };
    }),
  };
}
