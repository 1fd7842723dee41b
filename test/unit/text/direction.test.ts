import assert from 'node:assert/strict';
import type { Manifest } from '../../../src/model/config/manifest';
import { planSummary, planTranslation } from '../../../src/model/text/direction';

const manifest: Manifest = {
  name: 'test',
  translate: {
    es: { prefix: '<2es>', sources: ['en'] },
    en: { prefix: '<2en>', sources: ['es', 'fr'] },
  },
  summarize: { prefix: '<sum>', sources: ['en'] },
  alignment: undefined,
  files: {},
  license: undefined,
};
const sure = (language: string) => () => ({ language, reliable: true });
const unsure = (language: string | undefined) => () => ({ language, reliable: false });

describe('planTranslation', () => {
  it('takes the detected language into the wanted one', () => {
    assert.deepEqual(planTranslation(manifest, { kind: 'translate', to: 'es' }, sure('en')), {
      from: 'en',
      to: 'es',
      prefix: '<2es>',
    });
  });

  it('sends a text that is already there to the other language, never back to itself', () => {
    const task = { kind: 'translate', to: 'en', alternateTo: 'es' } as const;
    assert.deepEqual(planTranslation(manifest, task, sure('en')), { from: 'en', to: 'es', prefix: '<2es>' });
    assert.deepEqual(planTranslation(manifest, { ...task, alternateTo: 'any' }, sure('en')).to, 'es');
    assert.deepEqual(planTranslation(manifest, { ...task, alternateTo: 'xx' }, sure('en')).to, 'es');
  });

  it('without another language runs the text all the same', () => {
    assert.deepEqual(planTranslation(manifest, { kind: 'translate', to: 'es' }, sure('es')), {
      from: 'en',
      to: 'es',
      prefix: '<2es>',
    });
  });

  it('takes any text where the model names no sources', () => {
    const translate = { de: { prefix: '>>deu<<', sources: [] }, es: { prefix: '>>spa<<', sources: [] } };
    const plan = (task: object) =>
      planTranslation({ ...manifest, translate }, { kind: 'translate', ...task }, sure('es'));
    assert.deepEqual(plan({ to: 'de' }), { from: undefined, to: 'de', prefix: '>>deu<<' });
    assert.deepEqual(plan({ to: 'es', from: 'fr' }), { from: 'fr', to: 'es', prefix: '>>spa<<' });
    assert.throws(() => plan({ to: 'es', from: 'es' }), /cannot translate from es to es/);
  });

  it('names some of very many directions in its error, and how many more there are', () => {
    const codes = Array.from({ length: 200 }, (_, index) => `x${index}`);
    const translate = Object.fromEntries(
      codes.map(to => [to, { prefix: '', sources: codes.filter(from => from !== to) }]),
    );
    assert.throws(
      () => planTranslation({ ...manifest, translate }, { kind: 'translate', to: 'es' }, sure('x1')),
      (error: Error) => error.message.endsWith(', 39776 more') && error.message.length < 1000,
    );
  });

  it('chooses a direction that takes the language when none is wanted', () => {
    assert.equal(planTranslation(manifest, { kind: 'translate' }, sure('fr')).to, 'en');
    assert.equal(planTranslation(manifest, { kind: 'translate' }, sure('en')).to, 'es');
  });

  it('trusts an uncertain detection only as far as it fits', () => {
    assert.deepEqual(planTranslation(manifest, { kind: 'translate', to: 'es' }, unsure('fr')), {
      from: 'en',
      to: 'es',
      prefix: '<2es>',
    });
    assert.deepEqual(planTranslation(manifest, { kind: 'translate', to: 'es' }, unsure(undefined)).from, 'en');
  });

  it('refuses a language that the direction does not take, and says what there is', () => {
    assert.throws(() => planTranslation(manifest, { kind: 'translate', to: 'es' }, sure('fr')), {
      code: 'unsupported-task',
      message: 'the model cannot translate from fr to es; it has: en to es, es to en, fr to en',
      details: { task: 'translate', from: 'fr', to: 'es', sources: ['en'], targets: ['en'] },
    });
    assert.throws(() => planTranslation(manifest, { kind: 'translate', to: 'de' }, sure('en')), {
      code: 'unsupported-task',
      details: { task: 'translate', from: 'en', to: 'de', sources: [], targets: ['es', 'en'] },
    });
    assert.throws(() => planTranslation(manifest, { kind: 'translate', from: 'es', to: 'es' }, sure('en')), {
      code: 'unsupported-task',
    });
  });

  it('takes a language by any tag of it, and gives the one of the model', () => {
    assert.deepEqual(planTranslation(manifest, { kind: 'translate', from: 'EN', to: 'es-MX' }, sure('en')), {
      from: 'en',
      to: 'es',
      prefix: '<2es>',
    });
    assert.equal(planSummary(manifest, { kind: 'summarize', to: 'en_US' }, sure('en')).to, 'en');
  });

  it('takes no property that every object has for a language', () => {
    for (const to of ['constructor', 'toString', '__proto__'])
      assert.throws(() => planTranslation(manifest, { kind: 'translate', to }, sure('en')), {
        code: 'unsupported-task',
      });
  });

  it('takes the named source language without asking', () => {
    const never = () => assert.fail('detected all the same');
    assert.equal(planTranslation(manifest, { kind: 'translate', from: 'fr', to: 'en' }, never).from, 'fr');
  });

  it('runs a model without a manifest in its one direction', () => {
    assert.deepEqual(planTranslation(undefined, { kind: 'translate', to: 'de' }, sure('en')), {
      from: undefined,
      to: 'de',
      prefix: '',
    });
  });
});

describe('planSummary', () => {
  it('summarises a language that the model takes', () => {
    assert.deepEqual(planSummary(manifest, { kind: 'summarize' }, sure('en')), {
      from: 'en',
      to: 'en',
      prefix: '<sum>',
      pivot: undefined,
    });
  });

  it('translates another language first', () => {
    assert.deepEqual(planSummary(manifest, { kind: 'summarize' }, sure('es')), {
      from: 'es',
      to: 'en',
      prefix: '<sum>',
      pivot: { from: 'es', to: 'en', prefix: '<2en>' },
    });
  });

  it('refuses a wanted language that it makes no summaries in', () => {
    assert.throws(() => planSummary(manifest, { kind: 'summarize', to: 'es' }, sure('en')), {
      code: 'unsupported-task',
      message: 'the model cannot summarize from en to es; it has: en',
    });
    assert.equal(planSummary(manifest, { kind: 'summarize', to: 'en' }, sure('es')).pivot?.to, 'en');
  });

  it('translates into the wanted one of several languages', () => {
    const both = { ...manifest, summarize: { prefix: '<sum>', sources: ['en', 'es'] } };
    assert.deepEqual(planSummary(both, { kind: 'summarize', to: 'es' }, sure('en')), {
      from: 'en',
      to: 'es',
      prefix: '<sum>',
      pivot: { from: 'en', to: 'es', prefix: '<2es>' },
    });
    assert.equal(planSummary(both, { kind: 'summarize' }, sure('es')).pivot, undefined);
  });

  it('refuses a language with no way into the summariser', () => {
    assert.throws(() => planSummary(manifest, { kind: 'summarize' }, sure('ja')), { code: 'unsupported-task' });
  });

  it('refuses when the model declares no summaries', () => {
    assert.throws(() => planSummary({ ...manifest, summarize: undefined }, { kind: 'summarize' }, sure('en')), {
      code: 'unsupported-task',
    });
  });
});
