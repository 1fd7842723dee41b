import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { acceptsValue, type SettingSchema } from '../../../src/extension/settingSchema';

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8'));
const schemas = contributes.configuration.properties as Readonly<Record<string, SettingSchema>>;

/** What a person may write by mistake, by setting. */
const mistakes: Readonly<Record<string, readonly unknown[]>> = {
  targetLanguage: [3, null],
  translationModel: [['/m'], null],
  summaryModel: [{}],
  device: ['gpu', '', null],
  cudaLibraries: [true],
  beamCount: ['four', '4', 0, 17, 2.5],
  glossary: ['abc', ['branch'], null, { branch: 3 }, { branch: { es: 3 } }, { branch: ['rama'] }],
  keepTranslations: ['yes', 1],
  'hover.mode': ['selections', true],
  'hover.content': ['both'],
  'hover.minimumParagraphLength': ['x', 39, 1e9],
  highlightAlignedWords: ['on'],
  unloadAfterMinutes: ['never', -1, null],
  logLevel: ['loud'],
};

describe('acceptsValue', () => {
  for (const [id, schema] of Object.entries(schemas)) {
    it(`takes the default of ${id}, and none of the mistakes`, () => {
      assert.ok(acceptsValue(schema, schema.default));
      const wrong = mistakes[id.slice('headlight.'.length)];
      assert.ok(wrong, 'mistakes are named here');
      for (const value of wrong) assert.ok(!acceptsValue(schema, value), JSON.stringify(value));
    });

    it(`has words for what ${id} takes`, () => {
      assert.ok(schema.errorMessage ?? schema.patternErrorMessage);
    });
  }

  it('takes every form of a glossary', () => {
    const glossary = { branch: { es: 'rama' }, Headlight: null, fork: 'fork' };
    assert.ok(acceptsValue(schemas['headlight.glossary'], glossary));
  });
});
