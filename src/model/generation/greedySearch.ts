// Greedy search of one source: the most probable token that the rules allow, step by step. Runs anywhere.

import { argMax, logSumExp } from './logits';
import { bestCountFor } from './logitsProcessors';
import type { ScoreRow } from './scoreRow';
import type { Alternative, Continuation, Hypothesis, SearchRules, SourceSearch } from './sourceSearch';

export class GreedySearch implements SourceSearch {
  readonly rowCount = 1;
  private readonly tokenIds: number[];
  private readonly logProbabilities: number[] = [];
  private readonly alternatives: (readonly Alternative[])[] = [];

  constructor(private readonly rules: SearchRules) {
    this.tokenIds = [...rules.forcedPrefixIds];
  }

  bestCount(): number {
    return bestCountFor(1, this.rules.config, this.rules.processors, this.tokenIds);
  }

  readPrefix(rows: readonly ScoreRow[]): void {
    for (const { logProbability, alternatives } of this.rules.readPrefix(rows)) this.push(logProbability, alternatives);
  }

  advance([row]: readonly ScoreRow[]): readonly Continuation[] {
    const { config, maxLength } = this.rules;
    // Chosen from the processed logits, as Hugging Face does; scored by the model's own distribution, as its beam search does.
    const normalizer = row.logSum();
    const raw = config.repetitionPenalty === 1 ? undefined : row.values.slice();
    this.rules.process(this.tokenIds, row);
    const index = argMax(row.values);
    const tokenId = row.tokenIdAt(index);
    const alternatives = this.rules.alternativesOf(row);
    if (config.renormalizeLogits) this.push(row.values[index] - logSumExp(row.values), alternatives);
    else if (this.rules.isForced(this.tokenIds.length)) this.push(0, alternatives);
    else this.push((raw ?? row.values)[index] - normalizer, alternatives);
    this.tokenIds.push(tokenId);
    const ended = config.eosTokenIds.includes(tokenId) || this.tokenIds.length + 1 >= maxLength;
    return ended ? [] : [{ tokenId, parent: 0 }];
  }

  certain(): readonly number[] {
    return this.tokenIds;
  }

  hypotheses(): readonly Hypothesis[] {
    const { tokenIds, logProbabilities, rules } = this;
    const prefixLength = rules.forcedPrefixIds.length;
    const sum = logProbabilities.slice(prefixLength).reduce((total, value) => total + value, 0);
    return [
      {
        tokenIds,
        logProbabilities,
        score: sum / (tokenIds.length - prefixLength),
        truncated: rules.isTruncated(tokenIds),
        alternatives: rules.alternativeCount > 0 ? this.alternatives : undefined,
      },
    ];
  }

  private push(logProbability: number, alternatives: readonly Alternative[] | undefined): void {
    this.logProbabilities.push(logProbability);
    if (alternatives) this.alternatives.push(alternatives);
  }
}
