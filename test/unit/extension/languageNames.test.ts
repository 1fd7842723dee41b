import assert from 'node:assert/strict';
import { languageName, shortModelName } from '../../../src/extension/languageNames';

describe('languageName', () => {
  it('names a language in the display language', () => {
    assert.equal(languageName('es', 'en'), 'Spanish');
    assert.equal(languageName('es', 'es'), 'español');
  });

  it('gives back what is no language tag', () => {
    assert.equal(languageName('spa_Latn!', 'en'), 'spa_Latn!');
  });
});

describe('shortModelName', () => {
  it('leaves out what stands in parentheses, and what is too long', () => {
    assert.equal(shortModelName('Headlight starter (English, Spanish)'), 'Headlight starter');
    assert.equal(shortModelName('(unnamed)'), '(unnamed)');
    assert.equal(shortModelName('x'.repeat(40)), `${'x'.repeat(31)}…`);
  });
});
