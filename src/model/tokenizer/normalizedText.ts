// Which character of the original text each character of the normalised text came from. Runs anywhere.

/** A text after the tokenizer's normaliser, with the way back. */
export interface NormalizedText {
  readonly text: string;
  /** `starts[i]`, `ends[i]`: the range of the original that `text[i]` came from, in UTF-16 code units. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** A base character with the marks and joiners that follow it: what a Unicode normaliser may turn into something else as a whole. */
const cluster = /\r\n|[\s\S](?:\p{M}|\u200D|[\u1160-\u11FF])*/gu;

/**
 * Aligns `text` with `normalize(text)`. Exact when the normaliser changes clusters on their own (NFC, NFKC, lower case) and
 * collapses or strips whitespace; where it does more, the rest of the stretch up to the next sure place is shared.
 */
export function normalizeWithOffsets(text: string, normalize: ((text: string) => string) | undefined): NormalizedText {
  const normalized = normalize ? normalize(text) : text;
  const starts = new Int32Array(normalized.length);
  const ends = new Int32Array(normalized.length);
  if (normalized === text) {
    for (let index = 0; index < text.length; index++) {
      starts[index] = index;
      ends[index] = index + 1;
    }
    return { text: normalized, starts, ends };
  }

  let position = 0;
  /** Start of the original stretch that found no counterpart yet. */
  let pendingStart = 0;
  const assign = (length: number, start: number, end: number) => {
    for (let index = position; index < position + length; index++) {
      starts[index] = start;
      ends[index] = end;
    }
    position += length;
  };
  for (const match of text.matchAll(cluster)) {
    const start = match.index;
    const end = start + match[0].length;
    const isSpace = match[0].trim() === '';
    const expected = isSpace ? ' ' : normalize!(match[0]).trim();
    if (
      isSpace ? /\s/.test(normalized[position] ?? '') : expected !== '' && normalized.startsWith(expected, position)
    ) {
      assign(isSpace ? 1 : expected.length, start, end);
      pendingStart = end;
      continue;
    }
    if (isSpace || expected === '') {
      // Stripped or collapsed: it stands for no character of the normalised text.
      if (pendingStart === start) pendingStart = end;
      continue;
    }
    // The normaliser did more than the cluster alone tells: everything up to the next sure place came from this stretch.
    const found = normalized.indexOf(expected, position);
    if (found === -1) continue;
    assign(found - position, pendingStart, start);
    assign(expected.length, start, end);
    pendingStart = end;
  }
  if (position < normalized.length) assign(normalized.length - position, pendingStart, text.length);
  return { text: normalized, starts, ends };
}
