// Greedy and beam search over a batch of sources. Finished sources leave the batch. Runs anywhere; the model is a `Decoder`.

import { throwIfAborted } from '../errors';
import { BeamSearch } from './beamSearch';
import type { GenerationConfig } from './generationConfig';
import { GreedySearch } from './greedySearch';
import { rowsOf, type StepScores } from './scoreRow';
import { type Hypothesis, SearchRules, type SearchSource, type SourceSearch } from './sourceSearch';

/** A decoder in the middle of a batch: one row per live hypothesis. */
export interface Decoder {
  readonly vocabularySize: number;
  /**
   * The first step: decodes `inputIds` for each source. Gives the scores after each of them, `[source, input]`.
   * `bestCount`: so many of the best tokens are enough; undefined: all are wanted. A decoder may always give all.
   */
  start(inputIds: readonly number[], bestCount: number | undefined): Promise<StepScores>;
  /**
   * Decodes one token for each row. `parents[i]` is the row of the previous step that row i continues (after `start`: the source).
   * Gives the scores after each.
   */
  step(tokenIds: readonly number[], parents: readonly number[], bestCount: number | undefined): Promise<StepScores>;
  /** Releases what the steps kept. */
  dispose(): void;
}

export interface SearchOptions {
  readonly signal?: AbortSignal;
  /** What every output begins with, as `decoder_input_ids` of Hugging Face, without the decoder start token. Default: nothing. */
  readonly forcedPrefixIds?: readonly number[];
  /** So many of the most probable tokens of each step in `Hypothesis.alternatives`. Default 0: none, which is faster. */
  readonly alternativeCount?: number;
  /**
   * Called when more of the output of a source is certain: the tokens that every hypothesis that can still win begins with.
   * For one source each list is a prefix of the next one and of the final output.
   */
  readonly onCertain?: (sourceIndex: number, tokenIds: readonly number[]) => void;
  /** Called when a source is finished, with its hypotheses, best first. */
  readonly onFinished?: (sourceIndex: number, hypotheses: readonly Hypothesis[]) => void;
}

/** To find 512 of 58,000 tokens takes onnxruntime 0.24 ms, 2,048 take 0.75 ms; the sum over all in JavaScript alone 0.54 ms. */
const largestBestCount = 512;

interface LiveSource {
  readonly sourceIndex: number;
  readonly state: SourceSearch;
}

/**
 * The hypotheses of each source, best first: one for greedy, up to `config.beamCount` for beams.
 * Cancelled between steps. Does not dispose the decoder.
 */
export async function search(
  decoder: Decoder,
  sources: readonly SearchSource[],
  config: GenerationConfig,
  { signal, forcedPrefixIds = [], alternativeCount = 0, onCertain, onFinished }: SearchOptions = {},
): Promise<(readonly Hypothesis[])[]> {
  throwIfAborted(signal);
  const results: (readonly Hypothesis[])[] = new Array(sources.length);
  let live: LiveSource[] = sources.map((source, sourceIndex) => {
    const rules = new SearchRules(config, source, forcedPrefixIds, alternativeCount);
    return { sourceIndex, state: config.beamCount === 1 ? new GreedySearch(rules) : new BeamSearch(rules) };
  });
  // The sum over a row with tokens taken away is not known from its best ones.
  const wanted = () => (alternativeCount > 0 ? undefined : bestCountOf(live, decoder.vocabularySize));

  const inputIds = [config.decoderStartTokenId, ...forcedPrefixIds];
  const prefixLength = forcedPrefixIds.length;
  const first = await decoder.start(inputIds, prefixLength > 0 ? undefined : wanted());
  let rows = rowsOf(first, decoder.vocabularySize);
  if (prefixLength > 0) {
    for (const { sourceIndex, state } of live) {
      const start = sourceIndex * inputIds.length;
      state.readPrefix(rows.slice(start, start + prefixLength));
    }
    rows = rows.filter((_, index) => index % inputIds.length === prefixLength);
  }

  for (;;) {
    throwIfAborted(signal);
    const next: LiveSource[] = [];
    const tokenIds: number[] = [];
    const parents: number[] = [];
    let firstRow = 0;
    for (const source of live) {
      const { sourceIndex, state } = source;
      const { rowCount } = state;
      const continuations = state.advance(rows.slice(firstRow, firstRow + rowCount));
      for (const { tokenId, parent } of continuations) {
        tokenIds.push(tokenId);
        parents.push(firstRow + parent);
      }
      firstRow += rowCount;
      if (continuations.length > 0) {
        onCertain?.(sourceIndex, state.certain());
        next.push(source);
        continue;
      }
      results[sourceIndex] = state.hypotheses();
      onCertain?.(sourceIndex, results[sourceIndex][0].tokenIds);
      onFinished?.(sourceIndex, results[sourceIndex]);
    }
    live = next;
    if (live.length === 0) return results;
    throwIfAborted(signal);
    rows = rowsOf(await decoder.step(tokenIds, parents, wanted()), decoder.vocabularySize);
  }
}

/** What the next step must give for every source; undefined: whole rows. */
function bestCountOf(live: readonly LiveSource[], vocabularySize: number): number | undefined {
  const count = Math.max(...live.map(({ state }) => state.bestCount()));
  return count > largestBestCount || count >= vocabularySize ? undefined : count;
}
