import assert from 'node:assert/strict';
import { readArchitecture } from '../../../src/model/config/architecture';
import { HeadlightError } from '../../../src/model/errors';

const read = (config: object) => readArchitecture(JSON.stringify(config), 'config.json');
const bart = {
  model_type: 'bart',
  vocab_size: 100,
  d_model: 32,
  encoder_layers: 3,
  decoder_layers: 2,
  encoder_attention_heads: 2,
  decoder_attention_heads: 4,
  max_position_embeddings: 64,
};
const t5 = { model_type: 't5', vocab_size: 100, d_model: 32, d_kv: 16, num_layers: 3, num_heads: 4 };

const failsWith = (code: string, message: RegExp) => (error: unknown) =>
  error instanceof HeadlightError && error.code === code && message.test(error.message);

describe('readArchitecture', () => {
  it('reads the sizes of a BART, with the special tokens of its config class', () => {
    assert.deepEqual(read(bart), {
      modelType: 'bart',
      family: 'bart',
      vocabularySize: 100,
      modelDimension: 32,
      encoderLayerCount: 3,
      decoderLayerCount: 2,
      encoderHeadCount: 2,
      decoderHeadCount: 4,
      headDimension: 8,
      maxPositions: 64,
      hasRelativePositions: false,
      decoderStartTokenId: 2,
      padTokenId: 1,
      eosTokenIds: [2],
    });
  });

  it('reads the sizes of a T5: heads of their own dimension, positions by distance, a decoder as deep as its encoder', () => {
    const { decoderLayerCount, headDimension, maxPositions, hasRelativePositions, eosTokenIds } = read(t5);
    assert.deepEqual(
      { decoderLayerCount, headDimension, maxPositions, hasRelativePositions, eosTokenIds },
      { decoderLayerCount: 3, headDimension: 16, maxPositions: 512, hasRelativePositions: true, eosTokenIds: [1] },
    );
    assert.equal(read({ ...t5, num_decoder_layers: 1 }).decoderLayerCount, 1);
  });

  it('takes the special tokens of config.json before those of the family', () => {
    const { decoderStartTokenId, eosTokenIds } = read({ ...bart, decoder_start_token_id: 0, eos_token_id: [2, 3] });
    assert.deepEqual([decoderStartTokenId, eosTokenIds], [0, [2, 3]]);
  });

  it('names the field that is missing or does not fit', () => {
    assert.throws(() => read({ ...bart, d_model: undefined }), failsWith('model-file-corrupt', /"d_model"/));
    assert.throws(() => read({ ...bart, d_model: 30 }), failsWith('model-file-corrupt', /a divisor of d_model 30/));
    assert.throws(() => read({ ...bart, pad_token_id: 100 }), failsWith('model-file-corrupt', /"pad_token_id"/));
    assert.throws(() => read({ ...t5, d_kv: 0 }), failsWith('model-file-corrupt', /greater than 0/));
    assert.throws(() => read({ ...bart, model_type: 'marian' }), failsWith('model-file-corrupt', /start_token_id/));
  });

  it('refuses a model type that Headlight does not run', () => {
    assert.throws(() => read({ model_type: 'bert' }), failsWith('unsupported-architecture', /"bert".*m2m_100/));
  });

  it('refuses sizes that nothing could be made in', () => {
    for (const edit of [{ decoder_layers: 1e9 }, { vocab_size: 2 ** 40 }, { max_position_embeddings: 2 ** 50 }])
      assert.throws(() => read({ ...bart, ...edit }), failsWith('model-file-corrupt', /at most \d+, found \d+/));
  });

  it('names a field that is deeper than the stack, in few words', () => {
    const text = `{"model_type": "bart", "d_model": ${'['.repeat(1e5)}${']'.repeat(1e5)}}`;
    assert.throws(
      () => readArchitecture(text, 'config.json'),
      failsWith('model-file-corrupt', /"d_model" is a non-negative integer, found a list of 1$/),
    );
  });
});
