// Beam search of one source, as `GenerationMixin._beam_search` of Hugging Face transformers 5.17: 2 x beams candidates a step, finished
// hypotheses ranked by score, the same three stopping rules. Runs anywhere.

import { normalizeInPlace, topCandidates } from './logits';
import { bestCountFor } from './logitsProcessors';
import type { ScoreRow } from './scoreRow';
import type { Alternative, Continuation, Hypothesis, SearchRules, SourceSearch } from './sourceSearch';

/** A token and all before it: hypotheses share their beginnings. */
interface Beam {
  readonly previous: Beam | undefined;
  readonly tokenId: number;
  readonly logProbability: number;
  /** Sum of the log-probabilities, those of the forced prefix left out. */
  readonly total: number;
  /** The forced prefix counted. */
  readonly length: number;
  readonly alternatives: readonly Alternative[] | undefined;
}

interface FinishedBeam {
  readonly beam: Beam;
  readonly score: number;
}

export class BeamSearch implements SourceSearch {
  private running: readonly (Beam | undefined)[] = [undefined];
  private finished: FinishedBeam[] = [];
  private readonly candidateCount: number;
  /** Tokens of each running beam, the forced prefix counted. */
  private length = 0;

  constructor(private readonly rules: SearchRules) {
    const { config } = rules;
    this.candidateCount = Math.max(2, 1 + config.eosTokenIds.length) * config.beamCount;
  }

  get rowCount(): number {
    return this.running.length;
  }

  bestCount(): number {
    const { config, processors } = this.rules;
    const counts = this.running.map(beam => bestCountFor(this.candidateCount, config, processors, tokensOf(beam)));
    return Math.max(...counts);
  }

  readPrefix(rows: readonly ScoreRow[]): void {
    let beam: Beam | undefined;
    for (const [step, read] of this.rules.readPrefix(rows).entries())
      beam = { previous: beam, tokenId: this.rules.forcedPrefixIds[step], ...read, total: 0, length: ++this.length };
    this.running = [beam];
  }

  advance(rows: readonly ScoreRow[]): readonly Continuation[] {
    const { config, maxLength } = this.rules;
    for (const [index, row] of rows.entries()) this.process(this.running[index], row);
    const alternatives = rows.map(row => this.rules.alternativesOf(row));
    const bases = this.running.map(beam => beam?.total ?? 0);
    const values = rows.map(row => row.values);
    const candidates = topCandidates(values, bases, this.candidateCount);
    this.length++;
    const atLimit = this.length + 1 >= maxLength;
    const isFull = config.earlyStopping === true && this.finished.length === config.beamCount;

    const live: { beam: Beam; parent: number }[] = [];
    for (const [rank, { rowIndex, index, value, total }] of candidates.entries()) {
      const tokenId = rows[rowIndex].tokenIdAt(index);
      const beam: Beam = {
        previous: this.running[rowIndex],
        tokenId,
        logProbability: value,
        total,
        length: this.length,
        alternatives: alternatives[rowIndex],
      };
      const ended = atLimit || config.eosTokenIds.includes(tokenId);
      if (!ended) {
        if (live.length < config.beamCount) live.push({ beam, parent: rowIndex });
      } else if (rank < config.beamCount && !isFull) {
        this.finish(beam);
      }
    }
    this.running = live.map(({ beam }) => beam);
    if (live.length === 0 || this.isDone()) {
      this.running = [];
      return [];
    }
    return live.map(({ beam, parent }) => ({ tokenId: beam.tokenId, parent }));
  }

  certain(): readonly number[] {
    const candidates = [
      ...this.running.map(beam => tokensOf(beam)),
      ...this.finished.map(({ beam }) => tokensOf(beam)),
    ];
    return commonPrefix(candidates);
  }

  hypotheses(): readonly Hypothesis[] {
    return this.finished.map(({ beam, score }) => {
      const tokenIds = tokensOf(beam);
      return {
        tokenIds,
        logProbabilities: alongBeam(beam, node => node.logProbability),
        score,
        truncated: this.rules.isTruncated(tokenIds),
        alternatives: beam.alternatives && alongBeam(beam, node => node.alternatives!),
      };
    });
  }

  private process(beam: Beam | undefined, row: ScoreRow): void {
    normalizeInPlace(row.values, row.logSum());
    if (this.rules.processors.length > 0) this.rules.process(tokensOf(beam), row);
    if (this.rules.config.renormalizeLogits) normalizeInPlace(row.values);
  }

  private finish(beam: Beam): void {
    const { beamCount, lengthPenalty } = this.rules.config;
    const score = beam.total / this.newLength(beam.length) ** lengthPenalty;
    const position = this.finished.findIndex(other => other.score < score);
    this.finished.splice(position === -1 ? this.finished.length : position, 0, { beam, score });
    if (this.finished.length > beamCount) this.finished.pop();
  }

  /** `_check_early_stop_heuristic` and `_beam_search_has_unfinished_sequences`. */
  private isDone(): boolean {
    const { beamCount, earlyStopping, lengthPenalty } = this.rules.config;
    if (this.finished.length < beamCount) return false;
    if (earlyStopping === true) return true;
    const length = earlyStopping === 'never' && lengthPenalty > 0 ? this.rules.maxLength - 1 : this.length;
    const bestPossible = this.running[0]!.total / this.newLength(length) ** lengthPenalty;
    return bestPossible <= this.finished[this.finished.length - 1].score;
  }

  /** Without the forced prefix. */
  private newLength(length: number): number {
    return length - this.rules.forcedPrefixIds.length;
  }
}

function tokensOf(beam: Beam | undefined): number[] {
  return alongBeam(beam, node => node.tokenId);
}

/** What each token of a beam gives, first token first. */
function alongBeam<T>(beam: Beam | undefined, read: (node: Beam) => T): T[] {
  const values: T[] = new Array(beam?.length ?? 0);
  for (let node = beam; node; node = node.previous) values[node.length - 1] = read(node);
  return values;
}

/** What all lists begin with. */
export function commonPrefix(lists: readonly (readonly number[])[]): readonly number[] {
  if (lists.length === 0) return [];
  const [first, ...others] = lists;
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && same < other.length && other[same] === first[same]) same++;
    length = same;
  }
  return first.slice(0, length);
}
