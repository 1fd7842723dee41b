// Every family against Hugging Face transformers: one tiny model each, exported one way each, made by make_families.py.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { attentionKinds } from '../../src/model/attention/maps';
import { languageSettings } from '../../src/model/config/languageTokens';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import { Seq2SeqModel } from '../../src/model/engine/seq2seqModel';
import type { GenerationConfig } from '../../src/model/generation/generationConfig';
import { search } from '../../src/model/generation/search';
import type { Alternative, Hypothesis } from '../../src/model/generation/sourceSearch';
import type { Token } from '../../src/model/types';
import { root } from '../support/paths';
import { decodeForced, type EncodedForced, type GoldenForcedTarget, type GoldenHypothesis } from './marianGolden';

interface GoldenTask {
  readonly prefix?: string;
  readonly from?: string;
  readonly to?: string;
}

interface GoldenSearch {
  /** What differs from generation_config.json. */
  readonly options: Partial<GenerationConfig>;
  readonly hypotheses: readonly GoldenHypothesis[];
}

interface GoldenCase {
  readonly source: string;
  readonly task: GoldenTask;
  readonly sourceIds: readonly number[];
  /** Text of the best hypothesis of the first search. */
  readonly target: string;
  readonly searches: readonly GoldenSearch[];
}

interface GoldenFamily {
  readonly cases: readonly GoldenCase[];
  readonly forced: readonly (GoldenForcedTarget & { readonly alternatives: readonly (readonly Alternative[])[] })[];
  /** Lines that tokenizers like to differ on, without a task prefix. */
  readonly lines: readonly { readonly text: string; readonly ids: readonly number[]; readonly decoded: string }[];
}

function readGolden(folder: string): GoldenFamily {
  const file = path.join(root, 'test', 'golden', 'families', `${folder}.json`);
  const { cases, forced, lines } = JSON.parse(readFileSync(file, 'utf8'));
  const decoded = (forced as (EncodedForced & { alternatives: Alternative[][] })[]).map(target => ({
    ...decodeForced(target),
    alternatives: target.alternatives,
  }));
  return { cases, forced: decoded, lines };
}

/** How far scores and attention weights may be off. */
const exact = { score: 1e-4, weight: 1e-4 };
const half = { score: 2e-2, weight: 5e-3 };
// The reference of the attention has float32 parameters; a padded batch changes how activations are quantised.
const quantized = { score: 0.1, weight: 5e-2 };

for (const [folder, description, tolerance] of [
  ['t5Split', 'T5, split decoder', exact],
  ['mt5Merged', 'mT5, merged decoder, SDPA', exact],
  ['bartSplit', 'BART, split decoder, opset 11', exact],
  ['bartQuantized', 'BART, merged decoder, int8', quantized],
  ['mbartHalf', 'mBART, split decoder, fp16', half],
  ['pegasusExternal', 'Pegasus, external data, SDPA', exact],
  ['m2m100Dynamo', 'M2M100, SentencePiece files, dynamo export, opset 18', exact],
  ['nllbMerged', 'NLLB, merged decoder, SDPA', exact],
  ['opusMtDynamo', 'opus-mt, SentencePiece files, dynamo export, opset 23, SDPA', exact],
  ['t5Uncached', 'T5, a decoder without cache alone, opset 13', exact],
  ['bartBmm', 'BART, split decoder, attention in three axes as exports had it before 2025, opset 12', exact],
  ['bartFused', 'BART, split decoder, attention fused into one operator of onnxruntime', exact],
] as const)
  describe(`${description}: as Hugging Face transformers`, () => {
    const golden = readGolden(folder);
    let model: Seq2SeqModel;

    before(async () => {
      model = await Seq2SeqModel.load(
        await openModelFolder(path.join(root, 'test', 'fixtures', 'models', folder)),
        'cpu',
      );
    });
    after(() => model.release());

    const run = async (sources: readonly (readonly number[])[], options: Partial<GenerationConfig>) => {
      const config = { ...model.folder.generation, ...options };
      const limits = sources.map(() => ({ maxNewTokens: config.maxLength - 1 }));
      return search(await model.decoderFor(sources), limits, config);
    };

    const check = (actual: Hypothesis, expected: GoldenHypothesis, what: string) => {
      assert.deepEqual(actual.tokenIds, expected.targetIds, what);
      assertNear(actual.score, expected.score, tolerance.score, `${what}: score`);
      for (const [step, value] of expected.logProbabilities.entries())
        assertNear(actual.logProbabilities[step], value, tolerance.score, `${what}: log-probability of step ${step}`);
    };

    it('tokenizes each source with its prefix and languages', () => {
      for (const { source, task, sourceIds } of golden.cases)
        assert.deepEqual(
          encodeSource(model, source, task).map(({ id }) => id),
          sourceIds,
          JSON.stringify({ source, task }),
        );
    });

    it('tokenizes and decodes lines that tokenizers differ on', () => {
      for (const { text, ids, decoded } of golden.lines) {
        assert.deepEqual(
          model.folder.tokenizer.encodeRaw(text).map(({ id }) => id),
          ids,
          JSON.stringify(text),
        );
        assert.equal(model.folder.tokenizer.decode(ids), decoded, JSON.stringify(text));
      }
    });

    it('searches token for token under every rule', async () => {
      for (const { source, sourceIds, searches } of golden.cases)
        for (const { options, hypotheses } of searches) {
          const [actual] = await run([sourceIds], options);
          for (const [rank, hypothesis] of hypotheses.entries())
            check(actual[rank], hypothesis, `${JSON.stringify({ source, ...options })}, rank ${rank}`);
        }
    });

    it('gives the same in one padded batch', async () => {
      const { task } = golden.cases[0];
      const cases = golden.cases.filter(other => other.task.to === task.to);
      const results = await run(
        cases.map(({ sourceIds }) => sourceIds),
        cases[0].searches[0].options,
      );
      for (const [index, [best]] of results.entries())
        check(best, cases[index].searches[0].hypotheses[0], cases[index].source);
    });

    it('decodes the best output', () => {
      for (const { target, searches } of golden.cases)
        assert.equal(model.folder.tokenizer.decode(searches[0].hypotheses[0].targetIds), target);
    });

    if (folder === 'bartFused') {
      it('says that and why there is no attention', async () => {
        assert.equal(model.hidesAttention, true);
        for (const { sourceIds, targetIds } of golden.forced)
          await assert.rejects(model.forcedPass(sourceIds, targetIds), {
            code: 'attention-unavailable',
            message: /softmaxes, not as fused operators; found com\.microsoft\.MultiHeadAttention$/,
          });
      });
      return;
    }

    it('gives the five most probable tokens of each step', async () => {
      assert.equal(model.hidesAttention, false);
      for (const { sourceIds, targetIds, alternatives } of golden.forced) {
        const forced = await model.forcedPass(sourceIds, targetIds, 5);
        assert.equal(forced.alternatives.length, targetIds.length);
        for (const [step, best] of alternatives.entries())
          for (const [rank, { tokenId, logProbability }] of best.entries()) {
            const what = `${rank + 1} of step ${step}`;
            const actual = forced.alternatives[step][rank];
            if (tolerance === exact) assert.equal(actual.tokenId, tokenId, what);
            assertNear(actual.logProbability, logProbability, 10 * tolerance.score, what);
          }
      }
    });

    it('gives the attention and log-probabilities of a forced target', async () => {
      assert.ok(golden.forced.length >= 2);
      for (const { sourceIds, targetIds, attention, logProbabilities } of golden.forced) {
        const forced = await model.forcedPass(sourceIds, targetIds);
        for (const [step, value] of forced.logProbabilities.entries())
          assertNear(value, logProbabilities[step], 10 * tolerance.score, `log-probability of step ${step}`);
        for (const kind of attentionKinds) {
          assert.deepEqual(forced.maps[kind].shape, attention[kind].shape);
          for (const [index, weight] of forced.maps[kind].data.entries())
            assertNear(weight, attention[kind].data[index], tolerance.weight, `${kind} attention at ${index}`);
        }
      }
    });
  });

/** As a run of the engine does it; `task` has the languages in the words of the family. */
function encodeSource({ folder }: Seq2SeqModel, source: string, { prefix, from, to }: GoldenTask): Token[] {
  const tagOf = (code: string | undefined) =>
    [...(folder.languages?.tokens ?? [])].find(([, { token }]) => token === code || token === `__${code}__`)?.[0];
  const { template } = languageSettings(folder.languages, tagOf(from), tagOf(to));
  return folder.tokenizer.encode(source, prefix, 0, template);
}

function assertNear(actual: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} is ${actual}, expected ${expected}`);
}
