// Reads sentences that were aligned by hand, for tests and benchmarks; `test/fixtures/alignment` says how they are written. Pure.

export interface AlignedPair {
  readonly source: string;
  readonly target: string;
  /** Words of the source and of the target, counted from 0 as `wordsOf` cuts them. */
  readonly links: readonly (readonly [sourceWord: number, targetWord: number])[];
  /** The target's words as they were written down: they must be those that `wordsOf` finds. */
  readonly targetWords: readonly string[];
}

export function readAlignedPairs(text: string): AlignedPair[] {
  const paragraphs = text.split('\n\n').slice(1); // the first says how to read the others
  return paragraphs.map(paragraph => {
    const [source, target, words] = paragraph.trim().split('\n');
    const parsed = words.split(' ').map(word => {
      const cut = word.lastIndexOf('/');
      const numbers = word.slice(cut + 1);
      return { word: word.slice(0, cut), sources: numbers === '-' ? [] : numbers.split(',').map(Number) };
    });
    return {
      source,
      target,
      links: parsed.flatMap(({ sources }, index) => sources.map(number => [number, index] as const)),
      targetWords: parsed.map(({ word }) => word),
    };
  });
}
