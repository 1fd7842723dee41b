import assert from 'node:assert/strict';
import { chooseTarget, rememberLanguage, type TargetQuestion } from '../../../src/extension/targetChoice';

const question: TargetQuestion = { setting: '', displayLanguage: 'en', offered: ['en', 'es'], recent: [] };

describe('chooseTarget', () => {
  it('follows the display language when nothing is set', () => {
    assert.deepEqual(chooseTarget(question), { to: 'en', alternateTo: undefined, insteadOf: undefined });
    assert.equal(chooseTarget({ ...question, displayLanguage: 'es' }).to, 'es');
  });

  it('matches a regional display language by its first part', () => {
    assert.deepEqual(chooseTarget({ ...question, displayLanguage: 'es-MX' }), {
      to: 'es',
      alternateTo: undefined,
      insteadOf: undefined,
    });
  });

  it('prefers the exact tag over the first part', () => {
    assert.equal(chooseTarget({ ...question, setting: 'pt-BR', offered: ['pt', 'pt-br'] }).to, 'pt-br');
  });

  it('sends a text that is in the target already to the language chosen last', () => {
    const offered = ['en', 'es', 'fr'];
    assert.equal(chooseTarget({ ...question, offered, recent: ['en', 'fr', 'es'] }).alternateTo, 'fr');
  });

  it('sends it to the display language when no other language was ever chosen', () => {
    assert.deepEqual(chooseTarget({ ...question, setting: 'es' }), {
      to: 'es',
      alternateTo: 'en',
      insteadOf: undefined,
    });
  });

  it('never sends a text back to its own language', () => {
    for (const setting of ['', 'en', 'es'])
      for (const recent of [[], ['en'], ['es'], ['en', 'es'], ['es', 'en']]) {
        const { to, alternateTo } = chooseTarget({ ...question, setting, recent });
        assert.notEqual(alternateTo, to);
      }
  });

  it('takes the language chosen last for a display language that the model lacks, and says so', () => {
    const offered = ['es', 'en', 'fr'];
    const german = { ...question, displayLanguage: 'de', offered };
    assert.deepEqual(chooseTarget({ ...german, recent: ['fr'] }), {
      to: 'fr',
      alternateTo: undefined,
      insteadOf: 'de',
    });
    assert.equal(chooseTarget(german).to, 'en', 'without one: English');
    assert.equal(chooseTarget({ ...german, offered: ['fr', 'es'] }).to, 'fr', 'without English: the first');
  });

  it('refuses a set language that the model lacks, naming what it offers', () => {
    assert.throws(() => chooseTarget({ ...question, setting: 'fr' }), {
      code: 'unsupported-task',
      details: { task: 'translate', from: null, to: 'fr', sources: [], targets: ['en', 'es'] },
    });
  });

  it('asks for nothing when the model declares no languages', () => {
    const nothing = { to: undefined, alternateTo: undefined, insteadOf: undefined };
    assert.deepEqual(chooseTarget({ ...question, setting: 'es', offered: undefined }), nothing);
  });
});

describe('rememberLanguage', () => {
  it('puts the language first, once, and forgets the oldest', () => {
    assert.deepEqual(rememberLanguage(['en', 'es'], 'es'), ['es', 'en']);
    assert.deepEqual(rememberLanguage(['a', 'b'], 'c', 2), ['c', 'a']);
  });
});
