// The n-grams of the language detector in one string: as the object that `eld` ships they take 190 MB and 0.6 s to load,
// as a string 2 MB and no time. Runs anywhere; `esbuild.mjs` writes the string when it bundles.

/** Scores of an n-gram by the index of the language. */
export type NgramScores = Readonly<Record<string, number>>;

/** Numbers are written as characters from this one on, so that none is a separator. */
const firstDigit = 32;

/** One line for each n-gram, sorted by code units: the n-gram, a tab, and two characters for each language and its score. */
export function writeNgramTable(ngrams: Readonly<Record<string, NgramScores>>): string {
  const lines = Object.entries(ngrams).map(([ngram, scores]) => {
    const numbers = Object.entries(scores).flatMap(([language, score]) => [Number(language), score]);
    return `${ngram}\t${String.fromCharCode(...numbers.map(number => number + firstDigit))}\n`;
  });
  return lines.sort().join('');
}

/** What `eld` reads of its n-grams, one at a time, from a string that `writeNgramTable` wrote. */
export function readNgramTable(table: string): Readonly<Record<string, NgramScores | undefined>> {
  return new Proxy({}, { get: (_, ngram) => find(table, `${String(ngram)}\t`) });
}

function find(table: string, wanted: string): NgramScores | undefined {
  let low = 0;
  let high = table.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const start = table.lastIndexOf('\n', middle - 1) + 1;
    const end = table.indexOf('\n', start);
    if (table.startsWith(wanted, start)) return scoresOf(table.slice(start + wanted.length, end));
    if (table.slice(start, end) < wanted) low = end + 1;
    else high = start;
  }
  return undefined;
}

function scoresOf(numbers: string): NgramScores {
  const scores: Record<string, number> = {};
  for (let index = 0; index < numbers.length; index += 2)
    scores[numbers.charCodeAt(index) - firstDigit] = numbers.charCodeAt(index + 1) - firstDigit;
  return scores;
}
