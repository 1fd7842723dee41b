import assert from 'node:assert/strict';
import { families, familyOf, firstInteger, supportedModelTypes } from '../../../src/model/config/families';
import { JsonReader } from '../../../src/model/config/jsonReader';
import { HeadlightError } from '../../../src/model/errors';

const read = (value: object) => JsonReader.parse(JSON.stringify(value), 'config.json');

describe('the families of models', () => {
  it('each have model types that no other has', () => {
    assert.equal(new Set(supportedModelTypes).size, supportedModelTypes.length);
    for (const family of families)
      for (const modelType of family.modelTypes)
        assert.equal(familyOf(read({ model_type: modelType }), 'config.json'), family);
  });

  it('are refused by name when Headlight runs none of that type', () => {
    assert.throws(
      () => familyOf(read({ model_type: 'gpt2' }), 'config.json'),
      (error: HeadlightError) =>
        error.code === 'unsupported-architecture' &&
        error.message.includes('"gpt2"') &&
        error.message.includes('m2m_100'),
    );
    assert.throws(() => familyOf(read({}), 'config.json'), HeadlightError);
  });

  it('take the first field that is there, then the default', () => {
    const names = ['num_decoder_layers', 'num_layers'];
    assert.equal(firstInteger(read({ num_layers: 6, num_decoder_layers: 2 }), names), 2);
    assert.equal(firstInteger(read({ num_layers: 6, num_decoder_layers: null }), names), 6);
    assert.equal(firstInteger(read({}), ['n_positions'], 512), 512);
    assert.throws(() => firstInteger(read({}), names), /num_decoder_layers/);
    assert.throws(() => firstInteger(read({ num_layers: 'six' }), names), /num_layers/);
  });
});
