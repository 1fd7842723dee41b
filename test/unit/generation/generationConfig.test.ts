import assert from 'node:assert/strict';
import type { Architecture } from '../../../src/model/config/architecture';
import { readGenerationConfig } from '../../../src/model/generation/generationConfig';

const architecture: Architecture = {
  modelType: 'marian',
  vocabularySize: 100,
  family: 'marian',
  modelDimension: 8,
  headDimension: 4,
  hasRelativePositions: false,
  encoderLayerCount: 1,
  decoderLayerCount: 1,
  encoderHeadCount: 1,
  decoderHeadCount: 1,
  maxPositions: 64,
  decoderStartTokenId: 1,
  padTokenId: 1,
  eosTokenIds: [0],
};

const read = (generation: object | undefined, config: object = {}) =>
  readGenerationConfig(
    generation && JSON.stringify(generation),
    'generation_config.json',
    JSON.stringify(config),
    'config.json',
    architecture,
  );

describe('readGenerationConfig', () => {
  it('reads config.json only where generation_config.json is missing, as Hugging Face', () => {
    const config = { num_beams: 6, forced_eos_token_id: 0, bad_words_ids: [[1]] };
    assert.deepEqual([read(undefined, config).beamCount, read(undefined, config).badWordsIds], [6, [[1]]]);
    const { beamCount, forcedEosTokenIds, badWordsIds, eosTokenIds, decoderStartTokenId } = read({}, config);
    assert.deepEqual([beamCount, forcedEosTokenIds, badWordsIds], [1, undefined, []]);
    assert.deepEqual([eosTokenIds, decoderStartTokenId], [[0], 1], 'token ids are those of the architecture');
  });

  it('puts numbers of new tokens before lengths, and counts the start token', () => {
    const { maxLength, minLength } = read({ max_new_tokens: 9, max_length: 30, min_new_tokens: 2, min_length: 7 });
    assert.deepEqual([maxLength, minLength], [10, 3]);
    assert.equal(read({ max_length: 500 }).maxLength, 64, 'within the positions');
    assert.equal(read({}).maxLength, 64);
  });

  it('refuses a setting that asks for another search, and takes its neutral value', () => {
    assert.throws(() => read({ do_sample: true }), {
      code: 'unsupported-architecture',
      message: 'generation_config.json: "do_sample" is true; Headlight runs greedy and beam search without it',
    });
    assert.throws(() => read({ encoder_no_repeat_ngram_size: 3 }), { code: 'unsupported-architecture' });
    assert.throws(() => read(undefined, { num_beam_groups: 2 }), /^HeadlightError: config\.json/);
    read({ do_sample: false, num_beam_groups: 1, begin_suppress_tokens: null, temperature: 0.7 });
  });

  it('names the file, the rule and the value that is wrong', () => {
    assert.throws(() => read({ bad_words_ids: [[100]] }), {
      code: 'model-file-corrupt',
      message:
        'generation_config.json: expected that "bad_words_ids" is made of ids below the vocabulary size 100, found 100',
    });
    assert.throws(() => read({ num_beams: 0 }), { code: 'model-file-corrupt' });
    assert.throws(() => read({ max_length: 1 }), { code: 'model-file-corrupt' });
  });

  it('refuses a search that no machine could run', () => {
    for (const edit of [{ num_beams: 65 }, { repetition_penalty: 0 }, { repetition_penalty: -1 }])
      assert.throws(() => read(edit), { code: 'model-file-corrupt' });
  });
});
