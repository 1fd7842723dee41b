// What a decoder gives for each hypothesis: the score of every token that may come next, or of the best ones only. Runs anywhere.

import { HeadlightError } from '../errors';
import { logSumExp } from './logits';

/** Logits of every token: `[row, vocabulary]`. The search may change them. */
export interface WholeScores {
  readonly kind: 'whole';
  readonly logits: Float32Array;
}

/** The best tokens of each row, found where the logits are, so that these need not be copied. The search may change the logits. */
export interface BestScores {
  readonly kind: 'best';
  /** Tokens of each row. */
  readonly count: number;
  /** `[row, rank]`, best first. */
  readonly tokenIds: Int32Array;
  /** `[row, rank]`. */
  readonly logits: Float32Array;
  /** `[row]`: log of the sum of exponentials over the whole vocabulary. */
  readonly logSums: Float32Array;
}

export type StepScores = WholeScores | BestScores;

/** One row: `values[i]` is the score of the token `tokenIdAt(i)`. */
export class ScoreRow {
  constructor(
    public values: Float32Array,
    /** Undefined: the whole vocabulary in its order. */
    private tokenIds: Int32Array | undefined,
    private readonly knownLogSum: number | undefined,
  ) {}

  tokenIdAt(index: number): number {
    return this.tokenIds ? this.tokenIds[index] : index;
  }

  /** -1: not among the best. */
  indexOf(tokenId: number): number {
    return this.tokenIds ? this.tokenIds.indexOf(tokenId) : tokenId;
  }

  /** Gives a token no chance; one that is not among the best has none already. */
  remove(tokenId: number): void {
    const index = this.indexOf(tokenId);
    if (index !== -1) this.values[index] = Number.NEGATIVE_INFINITY;
  }

  /** Leaves nothing but `tokenIds`, each with score 0. */
  replaceBy(tokenIds: readonly number[]): void {
    this.tokenIds = Int32Array.from(tokenIds);
    this.values = new Float32Array(tokenIds.length);
  }

  /**
   * log of the sum of exponentials of the logits of every token; for a row that no rule has changed yet. One NaN or positive infinity
   * among them makes the sum one too, so one look is enough: a device that computes wrong must not end in a wrong translation.
   * Errors: `device-failed` for such a sum.
   */
  logSum(): number {
    const sum = this.knownLogSum ?? logSumExp(this.values);
    if (Number.isFinite(sum)) return sum;
    throw new HeadlightError('device-failed', `expected logits that are numbers, found the sum ${sum}`, {
      rule: 'logits are numbers',
      found: String(sum),
    });
  }
}

/** Views into `scores`, one for each row. */
export function rowsOf(scores: StepScores, vocabularySize: number): ScoreRow[] {
  const rows: ScoreRow[] = [];
  if (scores.kind === 'whole') {
    for (let start = 0; start < scores.logits.length; start += vocabularySize)
      rows.push(new ScoreRow(scores.logits.subarray(start, start + vocabularySize), undefined, undefined));
    return rows;
  }
  const { count, tokenIds, logits, logSums } = scores;
  for (const [row, logSum] of logSums.entries()) {
    const start = row * count;
    rows.push(new ScoreRow(logits.subarray(start, start + count), tokenIds.subarray(start, start + count), logSum));
  }
  return rows;
}
