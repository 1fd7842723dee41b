// What the search of one source is, greedy or beam: it reads the scores of its rows and says which rows come next. Runs anywhere.

import type { GenerationConfig } from './generationConfig';
import { logSumExp, topCandidates } from './logits';
import { isForced, type LogitsProcessor, logitsProcessors } from './logitsProcessors';
import type { ScoreRow } from './scoreRow';

export interface SearchSource {
  /** Limit of generated tokens, the end token included, a forced prefix not. */
  readonly maxNewTokens: number;
}

/** A token that could have stood in a place, and how probable it was there. */
export interface Alternative {
  readonly tokenId: number;
  readonly logProbability: number;
}

export interface Hypothesis {
  /** Without the decoder start token, with the end token when it came. */
  readonly tokenIds: readonly number[];
  readonly logProbabilities: readonly number[];
  /** Sum of log-probabilities / length^lengthPenalty; greedy: length penalty 1. Of what follows the forced prefix. */
  readonly score: number;
  /** Ended by the limit, not by an end token. */
  readonly truncated: boolean;
  /** `[step][rank]`: the most probable tokens among those that the rules allowed, best first. Absent: not asked for. */
  readonly alternatives?: readonly (readonly Alternative[])[];
}

/** A row of the next step: a token after the row `parent` of this source in this step. */
export interface Continuation {
  readonly tokenId: number;
  readonly parent: number;
}

export interface SourceSearch {
  /** Rows that the next step must have. */
  readonly rowCount: number;
  /** So many of the best tokens of each row `advance` must see. Infinity: all. */
  bestCount(): number;
  /** Takes the scores (changed in place) before each token of the forced prefix. */
  readPrefix(rows: readonly ScoreRow[]): void;
  /** Takes one step's scores (changed in place). Gives the rows of the next step; none: finished. */
  advance(rows: readonly ScoreRow[]): readonly Continuation[];
  /** What can no longer change. */
  certain(): readonly number[];
  /** Best first, once finished. */
  hypotheses(): readonly Hypothesis[];
}

/** What a search is told of a source, and what follows from it. */
export class SearchRules {
  readonly processors: readonly LogitsProcessor[];
  /** Of the target, the start token and the forced prefix counted. */
  readonly maxLength: number;

  constructor(
    readonly config: GenerationConfig,
    { maxNewTokens }: SearchSource,
    readonly forcedPrefixIds: readonly number[],
    readonly alternativeCount: number,
  ) {
    this.maxLength = Math.min(config.maxLength, forcedPrefixIds.length + maxNewTokens + 1);
    this.processors = logitsProcessors(config, this.maxLength);
  }

  process(generated: readonly number[], row: ScoreRow): void {
    for (const processor of this.processors) processor.apply(generated, row);
  }

  /** The token after `generatedCount` others is given, whatever the model says. */
  isForced(generatedCount: number): boolean {
    return isForced(this.config, this.maxLength, generatedCount);
  }

  /** Of a row whose scores went through the rules. Undefined when none are wanted. */
  alternativesOf(row: ScoreRow): readonly Alternative[] | undefined {
    if (this.alternativeCount === 0) return undefined;
    const best = topCandidates([row.values], [-logSumExp(row.values)], this.alternativeCount);
    return best.map(({ index, total }) => ({ tokenId: row.tokenIdAt(index), logProbability: total }));
  }

  /** Log-probability of each token of the forced prefix, as the model gives it, and what could have stood there. */
  readPrefix(
    rows: readonly ScoreRow[],
  ): { logProbability: number; alternatives: readonly Alternative[] | undefined }[] {
    return rows.map((row, step) => {
      const logProbability = row.values[row.indexOf(this.forcedPrefixIds[step])] - row.logSum();
      this.process(this.forcedPrefixIds.slice(0, step), row);
      return { logProbability, alternatives: this.alternativesOf(row) };
    });
  }

  /** True when the limit ended it, with an end token that was forced there or without one. */
  isTruncated(tokenIds: readonly number[]): boolean {
    const lastIndex = tokenIds.length - 1;
    if (!this.config.eosTokenIds.includes(tokenIds[lastIndex])) return true;
    return lastIndex + 2 >= this.maxLength && this.isForced(lastIndex);
  }
}
