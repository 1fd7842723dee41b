// Greedy and beam search over a batch of sources. Finished sources leave the batch. Runs anywhere; the model is a `Decoder`.
//
// Beam search follows `GenerationMixin._beam_search` of Hugging Face transformers 5.17 for each source on its own: 2 x beams
// candidates a step, finished hypotheses ranked by score, the same three stopping rules.

import { HeadlightError, throwIfAborted } from '../errors';
import type { GenerationConfig } from './generationConfig';
import { argMax, logSoftmaxInPlace, logSumExp, topCandidates } from './logits';
import { isForced, type LogitsProcessor, logitsProcessors } from './logitsProcessors';

/** A decoder in the middle of a batch: one row per live hypothesis. */
export interface Decoder {
  readonly vocabularySize: number;
  /**
   * Decodes one token for each row. `parents[i]` is the row of the previous step that row i continues (in the first step: the
   * source). Returns logits `[row, vocabulary]` that the caller may change.
   */
  step(tokenIds: readonly number[], parents: readonly number[]): Promise<Float32Array>;
  /** Releases what the steps kept. */
  dispose(): void;
}

export interface Hypothesis {
  /** Without the decoder start token, with the end token when it came. */
  readonly tokenIds: readonly number[];
  readonly logProbabilities: readonly number[];
  /** Sum of log-probabilities / length^lengthPenalty; greedy: length penalty 1. */
  readonly score: number;
  /** Ended by the limit, not by an end token. */
  readonly truncated: boolean;
}

export interface SearchSource {
  /** Limit of generated tokens, the end token included. */
  readonly maxNewTokens: number;
}

export interface SearchOptions {
  readonly signal?: AbortSignal;
  /**
   * Called when more of the output of a source is certain: the tokens that every hypothesis that can still win begins with.
   * For one source each list is a prefix of the next one and of the final output.
   */
  readonly onCertain?: (sourceIndex: number, tokenIds: readonly number[]) => void;
  /** Called when a source is finished, with its hypotheses, best first. */
  readonly onFinished?: (sourceIndex: number, hypotheses: readonly Hypothesis[]) => void;
}

/**
 * The hypotheses of each source, best first: one for greedy, up to `config.beamCount` for beams.
 * Cancelled between steps. Does not dispose the decoder.
 */
export async function search(
  decoder: Decoder,
  sources: readonly SearchSource[],
  config: GenerationConfig,
  { signal, onCertain, onFinished }: SearchOptions = {},
): Promise<(readonly Hypothesis[])[]> {
  const results: (readonly Hypothesis[])[] = new Array(sources.length);
  let live = sources.map((source, sourceIndex) => ({
    sourceIndex,
    state: config.beamCount === 1 ? new GreedyState(config, source) : new BeamState(config, source),
    /** First row of this source in the batch. */
    firstRow: sourceIndex,
  }));
  let tokenIds = live.map(() => config.decoderStartTokenId);
  let parents = live.map((_, row) => row);
  while (live.length > 0) {
    throwIfAborted(signal);
    const logits = await decoder.step(tokenIds, parents);
    throwIfAborted(signal);
    const next: typeof live = [];
    tokenIds = [];
    parents = [];
    for (const { sourceIndex, state, firstRow } of live) {
      const rows: Float32Array[] = [];
      for (let row = firstRow; row < firstRow + state.rowCount; row++)
        rows.push(logits.subarray(row * decoder.vocabularySize, (row + 1) * decoder.vocabularySize));
      const continuations = state.advance(rows);
      if (continuations.length === 0) {
        results[sourceIndex] = state.hypotheses();
        onCertain?.(sourceIndex, results[sourceIndex][0].tokenIds);
        onFinished?.(sourceIndex, results[sourceIndex]);
        continue;
      }
      if (onCertain) onCertain(sourceIndex, state.certain());
      next.push({ sourceIndex, state, firstRow: tokenIds.length });
      for (const { tokenId, parent } of continuations) {
        tokenIds.push(tokenId);
        parents.push(firstRow + parent);
      }
    }
    live = next;
  }
  return results;
}

/**
 * One NaN or positive infinity among the logits of a row makes their sum one too, so one look is enough. A device that computes
 * wrong must not end in a wrong translation.
 */
function requireFinite(normalizer: number): number {
  if (Number.isFinite(normalizer)) return normalizer;
  throw new HeadlightError('device-failed', `expected logits that are numbers, found the sum ${normalizer}`, {
    rule: 'logits are numbers',
    found: String(normalizer),
  });
}

/** A row of the next step: a token after the row `parent` of this source in this step. */
interface Continuation {
  readonly tokenId: number;
  readonly parent: number;
}

/** The search of one source. */
interface SourceState {
  /** Rows that the next step must have. */
  readonly rowCount: number;
  /** Takes one step's logits (changed in place). Gives the rows of the next step; none: finished. */
  advance(rows: readonly Float32Array[]): readonly Continuation[];
  /** What can no longer change. */
  certain(): readonly number[];
  /** Best first, once finished. */
  hypotheses(): readonly Hypothesis[];
}

/** Tokens with the start token counted; the start token is always one. */
function lengthLimit(config: GenerationConfig, source: SearchSource): number {
  return Math.min(config.maxLength, source.maxNewTokens + 1);
}

/** True when the limit ended it, with an end token that was forced there or without one. */
function isTruncated(config: GenerationConfig, maxLength: number, tokenIds: readonly number[]): boolean {
  const lastIndex = tokenIds.length - 1;
  if (!config.eosTokenIds.includes(tokenIds[lastIndex])) return true;
  return lastIndex + 2 >= maxLength && isForced(config, maxLength, lastIndex);
}

class GreedyState implements SourceState {
  readonly rowCount = 1;
  private readonly tokenIds: number[] = [];
  private readonly logProbabilities: number[] = [];
  private readonly processors: readonly LogitsProcessor[];
  private readonly maxLength: number;

  constructor(
    private readonly config: GenerationConfig,
    source: SearchSource,
  ) {
    this.maxLength = lengthLimit(config, source);
    this.processors = logitsProcessors(config, this.maxLength);
  }

  advance([row]: readonly Float32Array[]): readonly Continuation[] {
    // Chosen from the processed logits, as Hugging Face does; scored by the model's own distribution, as its beam search does.
    const normalizer = requireFinite(logSumExp(row));
    const raw = this.processors.length > 0 ? row.slice() : row;
    for (const process of this.processors) process(this.tokenIds, row);
    const tokenId = argMax(row);
    if (this.config.renormalizeLogits) this.logProbabilities.push(row[tokenId] - logSumExp(row));
    else if (isForced(this.config, this.maxLength, this.tokenIds.length)) this.logProbabilities.push(0);
    else this.logProbabilities.push(raw[tokenId] - normalizer);
    this.tokenIds.push(tokenId);
    const ended = this.config.eosTokenIds.includes(tokenId) || this.tokenIds.length + 1 >= this.maxLength;
    return ended ? [] : [{ tokenId, parent: 0 }];
  }

  certain(): readonly number[] {
    return this.tokenIds;
  }

  hypotheses(): readonly Hypothesis[] {
    const { tokenIds, logProbabilities } = this;
    const sum = logProbabilities.reduce((total, value) => total + value, 0);
    const truncated = isTruncated(this.config, this.maxLength, tokenIds);
    return [{ tokenIds, logProbabilities, score: sum / tokenIds.length, truncated }];
  }
}

/** A token and all before it: hypotheses share their beginnings. */
interface Beam {
  readonly previous: Beam | undefined;
  readonly tokenId: number;
  readonly logProbability: number;
  readonly total: number;
  readonly length: number;
}

interface FinishedBeam {
  readonly beam: Beam;
  readonly score: number;
}

class BeamState implements SourceState {
  private running: readonly (Beam | undefined)[] = [undefined];
  private finished: FinishedBeam[] = [];
  private readonly processors: readonly LogitsProcessor[];
  private readonly maxLength: number;
  private readonly candidateCount: number;
  /** Generated tokens of each running beam. */
  private length = 0;

  constructor(
    private readonly config: GenerationConfig,
    source: SearchSource,
  ) {
    this.maxLength = lengthLimit(config, source);
    this.processors = logitsProcessors(config, this.maxLength);
    this.candidateCount = Math.max(2, 1 + config.eosTokenIds.length) * config.beamCount;
  }

  get rowCount(): number {
    return this.running.length;
  }

  advance(rows: readonly Float32Array[]): readonly Continuation[] {
    const { config } = this;
    for (const [index, row] of rows.entries()) this.process(this.running[index], row);
    const bases = this.running.map(beam => beam?.total ?? 0);
    const candidates = topCandidates(rows, bases, this.candidateCount);
    this.length++;
    const atLimit = this.length + 1 >= this.maxLength;
    const isFull = config.earlyStopping === true && this.finished.length === config.beamCount;

    const live: { beam: Beam; parent: number }[] = [];
    for (const [rank, { rowIndex, tokenId, logProbability, total }] of candidates.entries()) {
      const beam = { previous: this.running[rowIndex], tokenId, logProbability, total, length: this.length };
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
      const truncated = isTruncated(this.config, this.maxLength, tokenIds);
      return { tokenIds, logProbabilities: logProbabilitiesOf(beam), score, truncated };
    });
  }

  private process(beam: Beam | undefined, row: Float32Array): void {
    requireFinite(logSoftmaxInPlace(row));
    if (this.processors.length > 0) {
      const generated = tokensOf(beam);
      for (const process of this.processors) process(generated, row);
    }
    if (this.config.renormalizeLogits) logSoftmaxInPlace(row);
  }

  private finish(beam: Beam): void {
    const { beamCount, lengthPenalty } = this.config;
    const score = beam.total / beam.length ** lengthPenalty;
    const position = this.finished.findIndex(other => other.score < score);
    this.finished.splice(position === -1 ? this.finished.length : position, 0, { beam, score });
    if (this.finished.length > beamCount) this.finished.pop();
  }

  /** `_check_early_stop_heuristic` and `_beam_search_has_unfinished_sequences`. */
  private isDone(): boolean {
    const { beamCount, earlyStopping, lengthPenalty } = this.config;
    if (this.finished.length < beamCount) return false;
    if (earlyStopping === true) return true;
    const length = earlyStopping === 'never' && lengthPenalty > 0 ? this.maxLength - 1 : this.length;
    const bestPossible = this.running[0]!.total / length ** lengthPenalty;
    return bestPossible <= this.finished[this.finished.length - 1].score;
  }
}

function tokensOf(beam: Beam | undefined): number[] {
  const tokens: number[] = new Array(beam?.length ?? 0);
  for (let node = beam; node; node = node.previous) tokens[node.length - 1] = node.tokenId;
  return tokens;
}

function logProbabilitiesOf(beam: Beam): number[] {
  const values: number[] = new Array(beam.length);
  for (let node: Beam | undefined = beam; node; node = node.previous) values[node.length - 1] = node.logProbability;
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
