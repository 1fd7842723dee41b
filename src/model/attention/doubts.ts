// Which words of a translation deserve a second look: source words that may have been left out, output words that may have been made up.
// Pure. What it finds is a hint; `bench/NOTES.md` has how often it is right.
//
// Coverage by attention alone (Tu et al. 2016, "Modeling Coverage for Neural Machine Translation"; Wu et al. 2016, section 7) marks every
// article that the other language has no word for, and takes one head's word for all. So whoever it suspects is hidden from the model (Li
// et al. 2016) and the output is scored anew, as in contrastive conditioning (Vamvas and Sennrich 2022, "As Little as Possible, as Much as
// Necessary: Detecting Over- and Undertranslations"): an output that is as probable without a word does not say it.

import type { Doubt, Word, WordAlignment } from './methods';
import { occludedWordLimit, occlusionMasks } from './occlusion';

/** An omitted word gets no more of any output word's attention. */
export const leastCoverage = 0.15;
/** Hiding an omitted word, or for an invented one the whole source, lowers the log-probability of the output, or of the word, by less. */
const leastChange = 1;
/** An invented word is less probable. */
const leastProbability = 0.1;

/**
 * Indices of source words that no output word reads, at most as many as are hidden in turn. `isJudged`: neither
 * one of the words that every text is full of, nor a character of a script without spaces.
 */
export function omissionCandidates(
  { sourceWords, targetWords, weights }: WordAlignment,
  isJudged: (word: Word) => boolean,
): number[] {
  if (targetWords.length === 0) return [];
  const covers = (column: number) =>
    targetWords.some((_, row) => weights.data[row * weights.columnCount + column] >= leastCoverage);
  const isOmitted = (word: Word, column: number) => !word.isPunctuation && !covers(column) && isJudged(word);
  const found = [...sourceWords.keys()].filter(index => isOmitted(sourceWords[index], index));
  return found.slice(0, occludedWordLimit);
}

/** The ways to hide the source that `doubtsOf` needs: nothing, every word, and each candidate. `[mask][token]`, 1 for what is seen. */
export function doubtMasks(
  { sourceWords }: WordAlignment,
  candidates: readonly number[],
  tokenCount: number,
): readonly (readonly number[])[] {
  const everyWord: Word = { range: [0, 0], tokens: sourceWords.flatMap(word => word.tokens), isPunctuation: false };
  return [
    new Array<number>(tokenCount).fill(1),
    ...occlusionMasks([everyWord], tokenCount),
    ...occlusionMasks(
      candidates.map(index => sourceWords[index]),
      tokenCount,
    ),
  ];
}

/** `logProbabilities`: `[mask][step]` of the output, with the source hidden by `doubtMasks`. In the order of the words, omitted ones first. */
export function doubtsOf(
  { sourceWords, targetWords, weights }: WordAlignment,
  candidates: readonly number[],
  [full, blind, ...hidden]: readonly (readonly number[])[],
): Doubt[] {
  if (sourceWords.length === 0) return [];
  const total = sumOf(full);
  const coverage = (column: number) =>
    targetWords.reduce((most, _, row) => Math.max(most, weights.data[row * weights.columnCount + column]), 0);
  const omitted = candidates
    .filter((_, place) => total - sumOf(hidden[place]) < leastChange)
    .map((word): Doubt => ({ kind: 'omitted', word, value: coverage(word) }));
  const invented = targetWords.flatMap(({ tokens, isPunctuation }, word): Doubt[] => {
    const [seeing, without] = [full, blind].map(steps => sumOf(tokens.map(token => steps[token])));
    const value = Math.exp(seeing);
    const isInvented = !isPunctuation && value < leastProbability && seeing - without < leastChange;
    return isInvented ? [{ kind: 'invented', word, value }] : [];
  });
  return [...omitted, ...invented];
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
