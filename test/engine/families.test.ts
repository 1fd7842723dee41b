// Every family from a folder alone, through the engine: languages and tasks come from the model's own files.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Task } from '../../src/model/types';
import { startEngine, translation } from '../support/engine';
import { root } from '../support/paths';

interface GoldenCase {
  readonly source: string;
  readonly task: { readonly prefix?: string; readonly from?: string; readonly to?: string };
  readonly target: string;
}

/** What a person asks for where transformers wants a prefix or language codes. */
const requests: Readonly<Record<string, Task>> = {
  '': { kind: 'translate' },
  'translate English to German: ': { kind: 'translate', from: 'en', to: 'de' },
  'summarize: ': { kind: 'summarize', from: 'en' },
  '>>deu<< ': { kind: 'translate', from: 'en', to: 'de' },
  '>>spa<< ': { kind: 'translate', from: 'en', to: 'es' },
  'en_XX ro_RO': { kind: 'translate', from: 'en', to: 'ro' },
  'en es': { kind: 'translate', from: 'en', to: 'es' },
  'de en': { kind: 'translate', from: 'de', to: 'en' },
  'eng_Latn spa_Latn': { kind: 'translate', from: 'en', to: 'es' },
  'deu_Latn eng_Latn': { kind: 'translate', from: 'de', to: 'en' },
};

describe('the engine, given nothing but a folder', () => {
  const { engine } = startEngine();
  after(() => engine.dispose());

  for (const name of [
    't5Split',
    'mt5Merged',
    'bartSplit',
    'mbartHalf',
    'pegasusExternal',
    'm2m100Dynamo',
    'nllbMerged',
    'opusMtDynamo',
    't5Uncached',
    'bartBmm',
    'bartFused',
  ])
    it(`runs ${name} as transformers does`, async () => {
      const folder = path.join(root, 'test', 'fixtures', 'models', name);
      const file = path.join(root, 'test', 'golden', 'families', `${name}.json`);
      const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: GoldenCase[] };
      for (const { source, task, target } of cases.filter(({ source }) => source !== '')) {
        const request = requests[task.prefix ?? [task.from, task.to].filter(Boolean).join(' ')];
        const result = await engine.call(
          'run',
          translation(source, { folder, task: request, segmentation: 'whole', options: {} }),
        );
        assert.equal(result.target, target.trim(), JSON.stringify({ source, ...request }));
      }
    });

  it('warns of a decoder without cache, and of no other', async () => {
    const warningsOf = async (name: string) =>
      (await engine.call('describe', { folder: path.join(root, 'test', 'fixtures', 'models', name) })).warnings;
    assert.deepEqual(await warningsOf('t5Uncached'), ['decoder-without-cache']);
    assert.deepEqual(await warningsOf('t5Split'), []);
  });

  it('names the languages of a multilingual model', async () => {
    const folder = path.join(root, 'test', 'fixtures', 'models', 'nllbMerged');
    const { translate } = await engine.call('describe', { folder });
    assert.deepEqual(translate, { es: ['en', 'de'], de: ['en', 'es'], en: ['es', 'de'] });
  });
});
