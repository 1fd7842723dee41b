import assert from 'node:assert/strict';
import type { LanguageTokens } from '../../../src/model/config/languageTokens';
import type { Manifest } from '../../../src/model/config/manifest';
import { withToldTasks } from '../../../src/model/config/tasks';

const nothing = { languages: undefined, prompts: undefined, direction: undefined };
const empty: Manifest = {
  name: undefined,
  translate: undefined,
  summarize: undefined,
  alignment: undefined,
  files: {},
  license: undefined,
};
const languages: LanguageTokens = {
  tokens: new Map([
    ['es', { token: '__es__', id: 5 }],
    ['en', { token: '__en__', id: 4 }],
  ]),
  target: 'forcedBos',
  targets: ['es', 'en'],
  sources: ['en', 'es'],
  template: undefined,
};

describe('the tasks of a model', () => {
  it('are those of headlight.json, whatever else is told', () => {
    const manifest = { ...empty, summarize: { prefix: '<sum>', sources: ['en'] } };
    assert.equal(withToldTasks(manifest, { ...nothing, languages }), manifest);
  });

  it('go from every language to every other one where the model has language tokens', () => {
    assert.deepEqual(withToldTasks(undefined, { ...nothing, languages }), {
      ...empty,
      translate: { es: { prefix: '', sources: ['en'] }, en: { prefix: '', sources: ['es'] } },
    });
  });

  it('have the language as prefix where it goes before the source', () => {
    const told = withToldTasks(empty, { ...nothing, languages: { ...languages, target: 'sourcePrefix', sources: [] } });
    assert.deepEqual(told?.translate, { es: { prefix: '__es__', sources: [] }, en: { prefix: '__en__', sources: [] } });
  });

  it('are the one direction of the tokenizer', () => {
    const told = withToldTasks(undefined, { ...nothing, direction: { from: 'en', to: 'de' } });
    assert.deepEqual(told?.translate, { de: { prefix: '', sources: ['en'] } });
  });

  it('keep what headlight.json says of all else', () => {
    const told = withToldTasks({ ...empty, name: 'mine' }, { ...nothing, direction: { from: 'en', to: 'de' } });
    assert.equal(told?.name, 'mine');
  });

  it('are not known when nobody tells them', () => {
    assert.equal(withToldTasks(undefined, nothing), undefined);
    assert.equal(withToldTasks(empty, nothing), empty);
  });
});
