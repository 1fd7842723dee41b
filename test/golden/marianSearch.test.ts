import assert from 'node:assert/strict';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import { Seq2SeqModel } from '../../src/model/engine/seq2seqModel';
import { search } from '../../src/model/generation/search';
import type { Hypothesis } from '../../src/model/generation/sourceSearch';
import { type GoldenHypothesis, marianMerged, marianSplit, readMarianGolden } from './marianGolden';

const golden = readMarianGolden();

function checkHypothesis(actual: Hypothesis, expected: GoldenHypothesis, what: string): void {
  assert.deepEqual(actual.tokenIds, expected.targetIds, what);
  assert.ok(
    Math.abs(actual.score - expected.score) < 1e-4,
    `${what}: score ${actual.score}, expected ${expected.score}`,
  );
  actual.logProbabilities.forEach((value, step) => {
    assert.ok(Math.abs(value - expected.logProbabilities[step]) < 1e-4, `${what}: log-probability of step ${step}`);
  });
}

for (const [layout, folder] of [
  ['split', marianSplit],
  ['merged', marianMerged],
] as const)
  describe(`a ${layout} Marian export searches as Hugging Face generate`, () => {
    let model: Seq2SeqModel;
    before(async () => {
      model = await Seq2SeqModel.load(await openModelFolder(folder), 'cpu');
    });
    after(() => model.release());

    const run = async (
      sources: readonly (readonly number[])[],
      beamCount: number,
      lengthPenalty: number,
      maxNewTokens: number,
    ) => {
      const { generation } = model.folder;
      const config = { ...generation, beamCount, lengthPenalty, maxLength: maxNewTokens + 1 };
      return search(
        await model.decoderFor(sources),
        sources.map(() => ({ maxNewTokens })),
        config,
      );
    };

    it('tokenizes as the reference', () => {
      for (const { source, sourceIds } of golden.cases)
        assert.deepEqual(
          model.folder.tokenizer.encodeRaw(source).map(({ id }) => id),
          sourceIds,
          source,
        );
    });

    it('decodes as the reference', () => {
      for (const { target, greedy } of golden.cases)
        assert.equal(model.folder.tokenizer.decode(greedy.targetIds), target);
    });

    it('is greedy token for token', async () => {
      for (const { source, sourceIds, greedy, greedyLimited } of golden.cases) {
        const [[best]] = await run([sourceIds], 1, 1, model.folder.generation.maxLength - 1);
        checkHypothesis(best, greedy, source);
        const [[limited]] = await run([sourceIds], 1, 1, greedyLimited.maxNewTokens);
        checkHypothesis(limited, greedyLimited, `${source}, limited`);
      }
    });

    it('gives every hypothesis of every beam search', async () => {
      for (const { source, sourceIds, beams } of golden.cases)
        for (const { beamCount, lengthPenalty, maxNewTokens, hypotheses } of beams) {
          const [actual] = await run([sourceIds], beamCount, lengthPenalty, maxNewTokens);
          const what = `${source}: ${beamCount} beams, length penalty ${lengthPenalty}`;
          assert.equal(actual.length, hypotheses.length, what);
          for (const [rank, hypothesis] of actual.entries())
            checkHypothesis(hypothesis, hypotheses[rank], `${what}, rank ${rank}`);
        }
    });

    it('goes on from a forced prefix, with the five most probable tokens of each step', async () => {
      for (const { source, sourceIds, continuations } of golden.cases)
        for (const expected of continuations) {
          const { prefixIds, beamCount, alternatives } = expected;
          const config = { ...model.folder.generation, beamCount };
          const [[best]] = await search(await model.decoderFor([sourceIds]), [{ maxNewTokens: 1000 }], config, {
            forcedPrefixIds: prefixIds,
            alternativeCount: 5,
          });
          const what = `${source}: ${beamCount} beams from ${prefixIds}`;
          checkHypothesis(best, expected, what);
          assert.equal(best.alternatives!.length, expected.targetIds.length, what);
          for (const [step, tokenIds] of alternatives.tokenIds.entries()) {
            const actual = best.alternatives![prefixIds.length + step];
            assert.deepEqual(
              actual.map(({ tokenId }) => tokenId),
              tokenIds,
              `${what}: step ${step}`,
            );
            for (const [rank, value] of alternatives.logProbabilities[step].entries())
              assert.ok(Math.abs(actual[rank].logProbability - value) < 1e-4, `${what}: ${rank} of step ${step}`);
          }
        }
    });

    it('gives the same from a forced prefix in one padded batch', async () => {
      const { cases } = golden;
      const config = { ...model.folder.generation, beamCount: 4 };
      const sources = cases.map(() => ({ maxNewTokens: 1000 }));
      const forcedPrefixIds = cases[0].greedy.targetIds.slice(0, 2);
      const decoder = await model.decoderFor(cases.map(({ sourceIds }) => sourceIds));
      const together = await search(decoder, sources, config, { forcedPrefixIds, alternativeCount: 2 });
      for (const [index, { source, sourceIds }] of cases.entries()) {
        const alone = await model.decoderFor([sourceIds]);
        const [expected] = await search(alone, [sources[index]], config, { forcedPrefixIds, alternativeCount: 2 });
        checkHypothesis(together[index][0], { ...expected[0], targetIds: expected[0].tokenIds }, source);
      }
    });

    it('gives the same in one padded batch', async () => {
      const sources = golden.cases.map(({ sourceIds }) => sourceIds);
      const batch = await run(sources, 1, 1, model.folder.generation.maxLength - 1);
      for (const [index, [best]] of batch.entries())
        checkHypothesis(best, golden.cases[index].greedy, golden.cases[index].source);
      const [{ beamCount, lengthPenalty, maxNewTokens }] = golden.cases[0].beams;
      const beams = await run(sources, beamCount, lengthPenalty, maxNewTokens);
      beams.forEach((hypotheses, index) => {
        checkHypothesis(hypotheses[0], golden.cases[index].beams[0].hypotheses[0], golden.cases[index].source);
      });
    });

    it('gives the attention and log-probabilities of a forced target', async () => {
      for (const { sourceIds, targetIds, attention, logProbabilities } of golden.forced) {
        const forced = await model.forcedPass(sourceIds, targetIds);
        for (const [step, value] of forced.logProbabilities.entries())
          assert.ok(Math.abs(value - logProbabilities[step]) < 1e-4, `log-probability of step ${step}`);
        for (const kind of ['encoder', 'decoder', 'cross'] as const) {
          assert.deepEqual(forced.maps[kind].shape, attention[kind].shape);
          forced.maps[kind].data.forEach((weight, index) => {
            assert.ok(Math.abs(weight - attention[kind].data[index]) < 1e-4, `${kind} attention at ${index}`);
          });
        }
      }
    });
  });
