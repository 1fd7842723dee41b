import assert from 'node:assert/strict';
import { findLanguage, primaryLanguage } from '../../../src/model/text/languageTag';

describe('primaryLanguage', () => {
  it('takes the first part in lower case', () => {
    assert.equal(primaryLanguage('pt-BR'), 'pt');
    assert.equal(primaryLanguage('ZH_hans'), 'zh');
  });
});

describe('findLanguage', () => {
  it('takes a tag whatever its case and region, and the same tag first', () => {
    const offered = ['pt', 'pt-br', 'es', 'en_XX'];
    assert.equal(findLanguage('ES', offered), 'es');
    assert.equal(findLanguage('es-MX', offered), 'es');
    assert.equal(findLanguage('pt-BR', offered), 'pt-br');
    assert.equal(findLanguage('pt-PT', offered), 'pt');
    assert.equal(findLanguage('en', offered), 'en_XX');
    assert.equal(findLanguage('de', offered), undefined);
  });
});
