import assert from 'node:assert/strict';
import { Cancelled } from '../../../src/model/errors';
import { commonPrefix } from '../../../src/model/generation/beamSearch';
import type { GenerationConfig } from '../../../src/model/generation/generationConfig';
import { logSumExp, topCandidates } from '../../../src/model/generation/logits';
import type { StepScores } from '../../../src/model/generation/scoreRow';
import { type Decoder, search } from '../../../src/model/generation/search';
import type { Hypothesis } from '../../../src/model/generation/sourceSearch';

const eos = 0;
const start = 1;
const vocabularySize = 6;

const baseConfig: GenerationConfig = {
  beamCount: 1,
  lengthPenalty: 1,
  earlyStopping: false,
  maxLength: 8,
  minLength: 0,
  noRepeatNgramSize: 0,
  repetitionPenalty: 1,
  badWordsIds: [],
  suppressTokenIds: [],
  forcedBosTokenId: undefined,
  forcedEosTokenIds: undefined,
  renormalizeLogits: false,
  decoderStartTokenId: start,
  padTokenId: start,
  eosTokenIds: [eos],
};

/** A model that is a function of source and prefix: seeded noise, so that every prefix has its own distribution. */
function logitsAfter(seed: number, prefix: readonly number[]): Float32Array {
  const row = new Float32Array(vocabularySize);
  let state = seed * 7919 + 17;
  for (const id of prefix) state = (state * 31 + id * 101 + 7) % 2147483647;
  for (let id = 0; id < vocabularySize; id++) {
    state = (state * 48271) % 2147483647;
    row[id] = (state / 2147483647) * 4;
  }
  row[eos] += prefix.length * 0.5;
  return row;
}

/** Follows parents as a real decoder does, and refuses rows that don't follow. */
class ToyDecoder implements Decoder {
  readonly vocabularySize = vocabularySize;
  readonly rowCounts: number[] = [];
  bestSteps = 0;
  private prefixes: { source: number; tokens: number[] }[];

  /** `givesBest`: answers with the best tokens only, where these are enough. */
  constructor(
    private readonly seeds: readonly number[],
    private readonly givesBest = false,
  ) {
    this.prefixes = seeds.map((_, source) => ({ source, tokens: [] }));
  }

  async start(inputIds: readonly number[], bestCount?: number): Promise<StepScores> {
    this.rowCounts.push(this.seeds.length);
    const rows = this.seeds.flatMap(seed =>
      inputIds.map((_, index) => logitsAfter(seed, inputIds.slice(1, index + 1))),
    );
    this.prefixes = this.seeds.map((_, source) => ({ source, tokens: [...inputIds] }));
    return this.scores(rows, bestCount);
  }

  async step(tokenIds: readonly number[], parents: readonly number[], bestCount?: number): Promise<StepScores> {
    this.rowCounts.push(tokenIds.length);
    this.prefixes = tokenIds.map((id, row) => {
      const parent = this.prefixes[parents[row]];
      assert.ok(parent, `row ${row} continues row ${parents[row]}, which does not exist`);
      return { source: parent.source, tokens: [...parent.tokens, id] };
    });
    const rows = this.prefixes.map(({ source, tokens }) => logitsAfter(this.seeds[source], tokens.slice(1)));
    return this.scores(rows, bestCount);
  }

  private scores(rows: readonly Float32Array[], bestCount: number | undefined): StepScores {
    if (bestCount === undefined || !this.givesBest)
      return { kind: 'whole', logits: Float32Array.from(rows.flatMap(row => [...row])) };
    this.bestSteps++;
    const best = rows.map(row => topCandidates([row], [0], bestCount));
    return {
      kind: 'best',
      count: bestCount,
      tokenIds: Int32Array.from(best.flatMap(row => row.map(({ index }) => index))),
      logits: Float32Array.from(best.flatMap(row => row.map(({ value }) => value))),
      logSums: Float32Array.from(rows.map(logSumExp)),
    };
  }

  dispose(): void {}
}

function run(seeds: readonly number[], config: Partial<GenerationConfig>, options = {}) {
  const decoder = new ToyDecoder(seeds);
  const merged = { ...baseConfig, ...config };
  return search(
    decoder,
    seeds.map(() => ({ maxNewTokens: merged.maxLength - 1 })),
    merged,
    options,
  );
}

function logProbabilities(seed: number, prefix: readonly number[]): number[] {
  const row = [...logitsAfter(seed, prefix)];
  const normalizer = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0));
  return row.map(value => value - normalizer);
}

/** `GenerationMixin._beam_search`, written out naively with whole arrays, for one source. */
function referenceBeamSearch(seed: number, config: GenerationConfig): { tokens: number[]; score: number }[] {
  const low = -1e9;
  let running = Array.from({ length: config.beamCount }, (_, beam) => ({
    tokens: [] as number[],
    total: beam === 0 ? 0 : low,
  }));
  let finished: { tokens: number[]; score: number; done: boolean }[] = running.map(() => ({
    tokens: [],
    score: low,
    done: false,
  }));
  for (let length = 1; length < config.maxLength; length++) {
    const all = running.flatMap(({ tokens, total }) =>
      logProbabilities(seed, tokens).map((value, id) => ({ tokens: [...tokens, id], total: total + value })),
    );
    const top = all.sort((left, right) => right.total - left.total).slice(0, 2 * config.beamCount);
    const stops = top.map(({ tokens }) => tokens[tokens.length - 1] === eos || length + 1 >= config.maxLength);
    const candidates = top.map(({ tokens, total }, rank) => {
      const full = config.earlyStopping === true && finished.every(({ done }) => done);
      const counts = stops[rank] && rank < config.beamCount && !full;
      return { tokens, score: total / length ** config.lengthPenalty + (counts ? 0 : low), done: counts };
    });
    finished = [...finished, ...candidates].sort((left, right) => right.score - left.score).slice(0, config.beamCount);
    running = top
      .map(({ tokens, total }, rank) => ({ tokens, total: total + (stops[rank] ? low : 0) }))
      .sort((left, right) => right.total - left.total)
      .slice(0, config.beamCount);
    const hypotheticalLength =
      config.earlyStopping === 'never' && config.lengthPenalty > 0 ? config.maxLength - 1 : length;
    const bestPossible = running[0].total / hypotheticalLength ** config.lengthPenalty;
    const worst = Math.min(...finished.map(({ score }) => score));
    const canImprove = finished.some(({ done }) => bestPossible > (done ? worst : low));
    if (!canImprove || (config.earlyStopping === true && finished.every(({ done }) => done))) break;
  }
  return finished.filter(({ done }) => done);
}

/** The same tokens; numbers may differ by float32 rounding. */
function assertSame(
  actual: readonly (readonly Hypothesis[])[],
  expected: readonly (readonly Hypothesis[])[],
  what: string,
): void {
  const tokens = (results: typeof actual) => results.map(hypotheses => hypotheses.map(({ tokenIds }) => tokenIds));
  assert.deepEqual(tokens(actual), tokens(expected), what);
  for (const [source, hypotheses] of expected.entries())
    for (const [rank, { score, logProbabilities }] of hypotheses.entries()) {
      const found = actual[source][rank];
      assert.ok(Math.abs(found.score - score) < 1e-5, what);
      for (const [step, value] of logProbabilities.entries())
        assert.ok(Math.abs(found.logProbabilities[step] - value) < 1e-5, what);
    }
}

describe('search', () => {
  it('is the same from the best tokens alone as from whole rows, under every rule', async () => {
    const rules: Partial<GenerationConfig>[] = [
      {},
      { badWordsIds: [[2], [3, 4]] },
      { suppressTokenIds: [3, 5] },
      { noRepeatNgramSize: 1, maxLength: 4 },
      { noRepeatNgramSize: 2 },
      { minLength: 4 },
      { repetitionPenalty: 1.7 },
      { repetitionPenalty: 0.6 },
      { renormalizeLogits: true, badWordsIds: [[2]] },
      { forcedBosTokenId: 4, forcedEosTokenIds: [eos] },
    ];
    let bestSteps = 0;
    for (const rule of rules)
      for (const beamCount of [1, 2])
        for (let seed = 1; seed <= 10; seed++) {
          const config = { ...baseConfig, beamCount, ...rule };
          const limits = [{ maxNewTokens: 7 }, { maxNewTokens: 3 }];
          const decoder = new ToyDecoder([seed, seed + 50], true);
          const actual = await search(decoder, limits, config);
          const expected = await search(new ToyDecoder([seed, seed + 50]), limits, config);
          assertSame(actual, expected, JSON.stringify(config));
          bestSteps += decoder.bestSteps;
        }
    assert.ok(bestSteps > 500, 'most steps need the best tokens only');
  });

  it('goes on from a forced prefix as if the search had come there', async () => {
    for (const beamCount of [1, 3])
      for (let seed = 1; seed <= 10; seed++) {
        const prefix = [5, 4, 3];
        const options = { forcedPrefixIds: prefix, alternativeCount: 2 };
        const [[best]] = await run([seed], { beamCount }, options);
        assert.deepEqual(best.tokenIds.slice(0, 3), prefix);
        assert.ok(best.tokenIds.length <= 7, 'the prefix counts towards the length');
        assert.equal(best.alternatives!.length, best.tokenIds.length);
        for (const [step, id] of best.tokenIds.entries()) {
          const row = logProbabilities(seed, best.tokenIds.slice(0, step));
          assert.ok(Math.abs(best.logProbabilities[step] - row[id]) < 1e-5);
          const top = row.map((value, tokenId) => ({ value, tokenId })).sort((left, right) => right.value - left.value);
          assert.deepEqual(
            best.alternatives![step].map(({ tokenId }) => tokenId),
            [top[0].tokenId, top[1].tokenId],
          );
        }
        const sum = best.logProbabilities.slice(3).reduce((total, value) => total + value, 0);
        assert.ok(Math.abs(best.score - sum / (best.tokenIds.length - 3)) < 1e-5);
      }
  });

  it('gives alternatives among the tokens that the rules allow', async () => {
    for (const beamCount of [1, 2]) {
      const [[best]] = await run([3], { beamCount, suppressTokenIds: [2, 3] }, { alternativeCount: 6 });
      for (const step of best.alternatives!) {
        assert.deepEqual(step.map(({ tokenId }) => tokenId).sort(), [0, 1, 4, 5]);
        const sum = step.reduce((total, { logProbability }) => total + Math.exp(logProbability), 0);
        assert.ok(Math.abs(sum - 1) < 1e-5);
      }
    }
  });

  it('follows the most probable token when greedy', async () => {
    const [[best]] = await run([3], {});
    best.tokenIds.forEach((id, index) => {
      const row = logProbabilities(3, best.tokenIds.slice(0, index));
      assert.equal(id, row.indexOf(Math.max(...row)));
      assert.ok(Math.abs(best.logProbabilities[index] - row[id]) < 1e-5);
    });
  });

  for (const earlyStopping of [false, true, 'never'] as const)
    for (const lengthPenalty of [0, 0.6, 1, 2])
      for (const beamCount of [2, 3, 4])
        it(`equals Hugging Face beam search: ${beamCount} beams, length penalty ${lengthPenalty}, early stopping ${earlyStopping}`, async () => {
          for (let seed = 1; seed <= 12; seed++) {
            const config = { ...baseConfig, beamCount, lengthPenalty, earlyStopping };
            const [hypotheses] = await run([seed], config);
            const expected = referenceBeamSearch(seed, config);
            assert.deepEqual(
              hypotheses.map(({ tokenIds }) => tokenIds),
              expected.map(({ tokens }) => tokens),
              `seed ${seed}`,
            );
            hypotheses.forEach(({ score }, rank) => {
              assert.ok(Math.abs(score - expected[rank].score) < 1e-4);
            });
          }
        });

  it('gives each source of a batch what it gets alone', async () => {
    const seeds = [5, 6, 7, 8, 9];
    for (const beamCount of [1, 3]) {
      const together = await run(seeds, { beamCount });
      for (const [index, seed] of seeds.entries()) {
        const [alone] = await run([seed], { beamCount });
        assert.deepEqual(together[index], alone);
      }
    }
  });

  it('lets finished sources leave the batch', async () => {
    const decoder = new ToyDecoder([5, 6, 7, 8, 9]);
    const results = await search(decoder, Array(5).fill({ maxNewTokens: 7 }), baseConfig);
    const lengths = results.map(([best]) => best.tokenIds.length);
    const expected = decoder.rowCounts.map((_, step) => lengths.filter(length => length > step).length);
    assert.deepEqual(decoder.rowCounts, expected);
  });

  it('reports only what can no longer change, and always more of it', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const shown: (readonly number[])[] = [];
      const [[best]] = await run(
        [seed],
        { beamCount: 4 },
        { onCertain: (_: number, ids: readonly number[]) => shown.push([...ids]) },
      );
      let previous: readonly number[] = [];
      for (const ids of shown) {
        assert.deepEqual(ids.slice(0, previous.length), previous);
        previous = ids;
      }
      assert.deepEqual(previous, best.tokenIds);
    }
  });

  it('marks an output that the limit cut as truncated', async () => {
    const [[best]] = await run([3], { maxLength: 3, suppressTokenIds: [eos] });
    assert.equal(best.tokenIds.length, 2);
    assert.equal(best.truncated, true);
  });

  it('marks an output as truncated when the end token was forced on it', async () => {
    for (const beamCount of [1, 3])
      for (const renormalizeLogits of [false, true]) {
        const forced = { beamCount, renormalizeLogits, maxLength: 4, minLength: 4, forcedEosTokenIds: [eos] };
        const [[best]] = await run([4], forced);
        assert.equal(best.tokenIds[2], eos);
        assert.equal(best.truncated, true);
        assert.equal(best.logProbabilities[2], 0, 'what is forced is certain');
        const sum = best.logProbabilities.reduce((total, value) => total + value);
        assert.ok(Math.abs(best.score - sum / 3) < 1e-5);
      }
    const [[ended]] = await run([4], { forcedEosTokenIds: [eos], maxLength: 40 });
    assert.equal(ended.truncated, false);
  });

  it('refuses logits that are no numbers, wherever they stand', async () => {
    for (const beamCount of [1, 3])
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const decoder = new ToyDecoder([7]);
        const step = decoder.step.bind(decoder);
        decoder.step = async (ids, parents) => {
          const scores = await step(ids, parents);
          scores.logits[2] = value;
          return scores;
        };
        await assert.rejects(search(decoder, [{ maxNewTokens: 7 }], { ...baseConfig, beamCount }), {
          code: 'device-failed',
        });
      }
  });

  it('counts the start token into no bad word, as Hugging Face', async () => {
    const [[plain]] = await run([2], { suppressTokenIds: [eos] });
    const [[same]] = await run([2], { suppressTokenIds: [eos], badWordsIds: [[start, plain.tokenIds[0]]] });
    assert.equal(same.tokenIds[0], plain.tokenIds[0]);
  });

  it('keeps bad words, suppressed tokens and repeated n-grams out', async () => {
    const contains = (hypothesis: Hypothesis, id: number) => hypothesis.tokenIds.includes(id);
    for (let seed = 1; seed <= 10; seed++)
      for (const beamCount of [1, 3]) {
        const [[plain]] = await run([seed], { beamCount });
        const unwanted = plain.tokenIds[0];
        if (unwanted === eos) continue;
        const [[without]] = await run([seed], { beamCount, badWordsIds: [[unwanted]] });
        assert.ok(!contains(without, unwanted));
        const [[suppressed]] = await run([seed], { beamCount, suppressTokenIds: [unwanted] });
        assert.ok(!contains(suppressed, unwanted));
        const [[noRepeats]] = await run([seed], { beamCount, noRepeatNgramSize: 1 });
        assert.equal(new Set(noRepeats.tokenIds).size, noRepeats.tokenIds.length);
      }
  });

  it('forces the first token and, at the limit, the end token', async () => {
    const [[best]] = await run([4], {
      beamCount: 2,
      forcedBosTokenId: 5,
      forcedEosTokenIds: [eos],
      maxLength: 4,
      minLength: 4,
    });
    assert.equal(best.tokenIds[0], 5);
    assert.deepEqual(best.tokenIds.length, 3);
    assert.equal(best.tokenIds[2], eos);
  });

  it('stops between steps when cancelled', async () => {
    const controller = new AbortController();
    const decoder = new ToyDecoder([1]);
    const step = decoder.step.bind(decoder);
    decoder.step = async (ids, parents) => {
      if (decoder.rowCounts.length === 1) controller.abort(new Cancelled());
      return step(ids, parents);
    };
    const config = { ...baseConfig, suppressTokenIds: [eos] };
    await assert.rejects(search(decoder, [{ maxNewTokens: 7 }], config, { signal: controller.signal }), Cancelled);
    assert.equal(decoder.rowCounts.length, 2);
  });
});

describe('commonPrefix', () => {
  it('is what all lists begin with', () => {
    assert.deepEqual(commonPrefix([]), []);
    assert.deepEqual(commonPrefix([[1, 2, 3]]), [1, 2, 3]);
    assert.deepEqual(
      commonPrefix([
        [1, 2, 3],
        [1, 2, 4],
        [1, 2],
      ]),
      [1, 2],
    );
    assert.deepEqual(commonPrefix([[1], [2]]), []);
  });
});
