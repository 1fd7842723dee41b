// Finds what a translator must not touch in a run of prose: code, addresses, placeholders, names, numbers with units. Pure.

import type { CharacterRange } from '../types';

/** What a protected span is; `strict` ones are never written by a translator that did not read them. */
export interface ProtectedSpan {
  readonly range: CharacterRange;
  readonly strict: boolean;
}

/**
 * Earlier kinds win where two overlap. Every pattern is linear: no two neighbouring parts of one match the same character, or
 * what they match is bounded.
 */
const strictPatterns: readonly string[] = [
  // As GNU wrote it before there were other quotes.
  "(?<![`\\w])`(?![`\\s])[^`'\\n]{0,119}[^`'\\n\\s(=,[]'(?=[\\s.,;:!?)]|$)",
  // Code between backticks, as many to close as to open.
  '(?<!`)(`{1,3})(?!`)[^\\n]{1,300}?(?<!`)\\1(?!`)',
  // Addresses: no closing punctuation at the end, brackets only in pairs.
  '\\b(?:https?|ftp|file|wss?|git|ssh)://[^\\s<>"\'`，。、）]{0,2000}[^\\s<>"\'`.,;:!?)\\]}*，。、）]',
  '\\b(?:mailto:)?[\\w.+-]{1,64}@[\\w-]{1,64}(?:\\.[\\w-]{1,64}){1,4}',
  '\\bwww\\.[\\w-]{1,64}(?:\\.[\\w-]{1,64}){1,4}(?:/[^\\s<>"\'`.,;:!?)]{1,300})?',
  // Tags, comments and entities.
  '<!--[^\\n]{0,500}?-->',
  '</?[A-Za-z][\\w:.-]{0,64}(?:\\s[^<>\\n]{0,500})?/?>',
  '&(?:[A-Za-z]{2,12}|#\\d{1,7}|#[xX][\\dA-Fa-f]{1,6});',
  // Placeholders.
  '\\{\\{[^{}\\n]{1,80}\\}\\}',
  '\\$\\{[^{}\\n]{1,120}\\}',
  '[#%]\\{[\\w.]{1,64}\\}',
  '\\{[\\w.$:,!<>|+-]{0,64}\\}',
  '%\\([\\w.]{1,64}\\)[sdifr]',
  '%(?:\\d{1,2}\\$)?[-+#0]{0,3}(?:\\d{1,3}|\\*)?(?:\\.(?:\\d{1,3}|\\*))?(?:hh|ll|[hlLzjt])?[diouxXeEfFgGcsSpn@](?![\\w%])',
  '%\\d{1,2}(?![\\w%])',
  '\\$(?:\\d{1,2}|[A-Za-z_]\\w{0,64})\\b',
  '(?<![\\w:)/]):[a-z]\\w{1,40}\\b:?',
];

/** Every strict span has one of these in its first word; the others are markup of one format or another. */
const inventedBeginning = /[`<>&{}[\]$%@*|~\\]|:\/\/|(?:^|[^\w:)/]):[a-z]|\bwww\./;

/** False for a word in which no strict span and no markup begins, whatever follows it. */
export function mayBeginInvention(word: string): boolean {
  return inventedBeginning.test(word);
}

/** Characters of code and markup: a stray one changes what stands around it. */
const syntaxCharacter = /[`<>{}[\]*|~\\]/g;

/** True when a text has more of a character of code or markup than its source. */
export function hasMoreSyntax(text: string, source: string): boolean {
  return [...new Set(text.match(syntaxCharacter))].some(character => hasMore(character, text, source));
}

function hasMore(character: string, text: string, source: string): boolean {
  return text.split(character).length > source.split(character).length;
}

/**
 * Offset of the first span of a strict kind that the source lacks, or of a character of code or markup of which it has fewer;
 * undefined: nothing was invented.
 */
export function firstInvention(text: string, source: string): number | undefined {
  const spans = findProtectedSpans(text).filter(
    ({ range, strict }) => strict && !source.includes(text.slice(...range)),
  );
  const characters = [...text.matchAll(syntaxCharacter)].filter(({ 0: found }) => hasMore(found, text, source));
  const offsets = [...spans.map(({ range }) => range[0]), ...characters.map(({ index }) => index)];
  return offsets.length === 0 ? undefined : Math.min(...offsets);
}

const loosePatterns: readonly string[] = [
  // Paths and files.
  '(?<![\\w/.])(?:~|\\.{1,2})?(?:/[\\w@.+-]{1,80}){2,12}/?(?<![.,])',
  '(?<![\\w/.])(?:~|\\.{1,2})/[\\w@.+-]{1,80}(?<![.,])',
  '(?<![\\w/.])[\\w@.+-]{1,80}(?:/[\\w@.+-]{1,80}){1,12}/[\\w@+-]{0,80}\\.[A-Za-z]\\w{0,7}\\b',
  '\\b[\\w@+-]{1,80}/[\\w@+-]{1,80}\\.[A-Za-z]\\w{0,7}\\b',
  '\\b[A-Za-z]:\\\\[^\\s"\'<>|:*?]{1,200}(?<![.,;)])',
  '(?<![\\w.])\\.?[\\w-]{1,80}\\.(?:[cm]?[jt]sx?|json[c5]?|ya?ml|toml|ini|md|mdx|rst|txt|html?|css|scss|less|vue|py|pyi|rb|go|rs|java|kt|swift|php|cs|cpp|hpp|cc|sh|bat|ps1|sql|xml|csv|lock|env|cfg|conf|log|gradle|ipynb|exe|dll|so|zip|tar|gz|png|jpe?g|gif|svg|pdf|wasm|onnx)\\b(?!\\.\\w)',
  // Names with ::, with dots and a capital or an underscore or a call, in snake or camel case; options.
  '\\b[A-Za-z_]\\w{0,80}(?:::~?[A-Za-z_]\\w{0,80}){1,8}(?:\\(\\))?',
  '\\b[A-Za-z_$][\\w$]{0,80}(?:\\.[A-Za-z_$][\\w$]{1,80}){1,8}(?:\\([\\w., ]{0,40}\\))?',
  '\\b[A-Za-z_$][\\w$]{0,80}\\([\\w., ]{0,40}\\)',
  '\\b[A-Za-z]\\w{0,80}_\\w{1,80}\\b|(?<!\\w)_{1,2}[A-Za-z]\\w{1,80}\\b',
  '\\b[a-z][a-z\\d]{1,40}(?:[A-Z][a-z\\d]{1,40}){1,8}\\b',
  '(?<![\\w-])--?[A-Za-z][\\w-]{1,60}(?:=[^\\s,;)]{1,80})?(?<![-.])',
  '(?<![\\w@])@[\\w-]{1,60}(?:/[\\w.-]{1,60})?(?<![.])',
  // Versions, hashes, numbers with units.
  '\\b[vV]?\\d{1,5}(?:\\.\\d{1,5}){2,4}(?:[-+][\\w.-]{1,40})?(?<![.-])',
  '\\bv\\d{1,5}(?:\\.\\d{1,5})?\\b(?![.]\\d)',
  '\\b(?=[\\da-f]{0,40}\\d)(?=\\d{0,40}[a-f])[\\da-f]{7,64}\\b',
  '\\b0[xX][\\dA-Fa-f]{1,32}\\b',
  '(?<![\\w.])\\d{1,12}(?:[.,]\\d{1,6})?\\s?(?:[kKMGTP]i?[Bb]|[munµ]s|ms|[kMG]?Hz|px|em|rem|pt|dpi|fps|[kmcµn]m|kg|mg|°[CF]|[kKMG]?W|[mk]?V|%)(?![\\w])',
];

/** A span of a loose kind that is prose all the same. */
const prose = /^(?:e\.g|i\.e|a\.k\.a|and\/or|or\/and|he\/she|w\/o|n\/a|km\/h|https?|etc)$/i;

const strictPattern = patternOf(strictPatterns);
const loosePattern = patternOf(loosePatterns);
/** Patterns look this far; a longer text is searched in windows that overlap by what one span may be long. */
const windowLength = 20_000;

/** The spans of a text, in order, without overlaps. */
export function findProtectedSpans(text: string): ProtectedSpan[] {
  const strict = matches(text, strictPattern).map((range): ProtectedSpan => ({ range, strict: true }));
  const loose = matches(text, loosePattern)
    .filter(([start, end]) => !prose.test(text.slice(start, end)))
    .map((range): ProtectedSpan => ({ range, strict: false }));
  return withoutOverlaps([...strict, ...loose]);
}

/** Earlier ones of the list win. */
function withoutOverlaps(spans: readonly ProtectedSpan[]): ProtectedSpan[] {
  const ordered = spans
    .map((span, rank) => ({ span, rank }))
    .sort((left, right) => left.span.range[0] - right.span.range[0] || left.rank - right.rank);
  const kept: { readonly span: ProtectedSpan; readonly rank: number }[] = [];
  for (const candidate of ordered) {
    let last = kept.at(-1);
    let wins = true;
    while (last && last.span.range[1] > candidate.span.range[0]) {
      // A strict one that begins inside a loose one takes its place; else the one that began first stays.
      if (!candidate.span.strict || last.span.strict) {
        wins = false;
        break;
      }
      kept.pop();
      last = kept.at(-1);
    }
    if (wins) kept.push(candidate);
  }
  return kept.map(({ span }) => span);
}

function matches(text: string, pattern: RegExp): CharacterRange[] {
  if (text.length <= windowLength) return [...text.matchAll(pattern)].map(found => rangeOf(found, 0));
  const ranges: CharacterRange[] = [];
  let from = 0;
  while (from < text.length) {
    const limit = from + windowLength >= text.length ? text.length : spaceBefore(text, from + windowLength);
    for (const found of text.slice(from, limit).matchAll(pattern)) ranges.push(rangeOf(found, from));
    from = limit;
  }
  return ranges;
}

function spaceBefore(text: string, limit: number): number {
  const space = text.lastIndexOf(' ', limit);
  return space > limit - windowLength / 2 ? space : limit;
}

function rangeOf(found: RegExpMatchArray, offset: number): CharacterRange {
  const start = found.index! + offset;
  return [start, start + found[0].length];
}

/** Each pattern may have a group of its own, for one back reference. */
function patternOf(patterns: readonly string[]): RegExp {
  let groupCount = 0;
  const parts = patterns.map(part => {
    if (!part.includes('\\1')) return part;
    groupCount++;
    return part.replaceAll('\\1', `\\${groupCount}`);
  });
  return new RegExp(parts.map(part => `(?:${part})`).join('|'), 'g');
}
