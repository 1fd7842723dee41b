// The goldens themselves: that they say something, and that every rule of the search is in one of them.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/paths';
import { readMarianGolden } from './marianGolden';

interface Search {
  readonly options: Readonly<Record<string, unknown>>;
  readonly hypotheses: readonly { readonly targetIds: readonly number[]; readonly score: number }[];
}

const goldenFolder = path.join(root, 'test', 'golden', 'families');
const names = readdirSync(goldenFolder).map(file => path.basename(file, '.json'));

const read = (...parts: readonly string[]): unknown => JSON.parse(readFileSync(path.join(...parts), 'utf8'));

function searchesOf(name: string): readonly Search[] {
  const { cases } = read(goldenFolder, `${name}.json`) as { cases: readonly { searches: readonly Search[] }[] };
  return cases.flatMap(({ searches }) => searches);
}

/** What a search of a family is asked for: its own options before those of generation_config.json, in the words of Hugging Face. */
function settingsOf(name: string, { options }: Search): Record<string, unknown> {
  const config = read(root, 'test', 'fixtures', 'models', name, 'generation_config.json') as Record<string, unknown>;
  const inWordsOfHuggingFace = Object.entries(options).map(([option, value]) => [huggingFaceName[option], value]);
  return { ...config, ...Object.fromEntries(inWordsOfHuggingFace) };
}

const huggingFaceName: Readonly<Record<string, string>> = {
  beamCount: 'num_beams',
  lengthPenalty: 'length_penalty',
  earlyStopping: 'early_stopping',
  maxLength: 'max_length',
  minLength: 'min_length',
  noRepeatNgramSize: 'no_repeat_ngram_size',
  repetitionPenalty: 'repetition_penalty',
  badWordsIds: 'bad_words_ids',
  suppressTokenIds: 'suppress_tokens',
  forcedBosTokenId: 'forced_bos_token_id',
};

describe('the goldens of the search', () => {
  for (const name of names)
    it(`are of a model that says something: ${name}`, () => {
      const config = read(root, 'test', 'fixtures', 'models', name, 'config.json') as { eos_token_id: number };
      const outputs = searchesOf(name).flatMap(({ hypotheses }) => hypotheses.map(({ targetIds }) => targetIds));
      const share = (test: (ids: readonly number[]) => boolean) => outputs.filter(test).length / outputs.length;
      assert.ok(share(ids => new Set(ids).size >= 4) > 1 / 2, 'most outputs have several different tokens');
      assert.ok(share(ids => ids.at(-1) === config.eos_token_id) > 1 / 3, 'many end by themselves');
      assert.ok(new Set(outputs.map(String)).size > outputs.length / 4, 'outputs differ');
    });

  const rules: readonly (readonly [
    rule: string,
    test: (settings: Record<string, unknown>, search: Search) => boolean,
  ])[] = [
    ['greedy search', ({ num_beams: beams }) => (beams ?? 1) === 1],
    ['beam search', ({ num_beams: beams }) => Number(beams ?? 1) > 1],
    ['n-best', (_, { hypotheses }) => hypotheses.length > 1],
    ['a length penalty above 1', ({ length_penalty: penalty }) => Number(penalty) > 1],
    ['a length penalty below 1', ({ length_penalty: penalty }) => Number(penalty) < 1],
    ['early stopping', settings => settings.early_stopping === true && Number(settings.num_beams) > 1],
    ['no early stopping', settings => settings.early_stopping !== true && Number(settings.num_beams) > 1],
    ['early stopping never', settings => settings.early_stopping === 'never'],
    ['no n-gram twice', ({ no_repeat_ngram_size: size }) => Number(size) > 0],
    ['a repetition penalty', ({ repetition_penalty: penalty }) => Number(penalty ?? 1) !== 1],
    ['a least length', ({ min_length: length }) => Number(length) > 0],
    [
      'a greatest length that cuts',
      ({ max_length: most }, { hypotheses }) =>
        hypotheses.some(({ targetIds }) => targetIds.length === Number(most) - 1),
    ],
    ['a forced first token', ({ forced_bos_token_id: id }) => typeof id === 'number'],
    ['a forced last token', ({ forced_eos_token_id: id }) => typeof id === 'number'],
    ['forbidden tokens', ({ suppress_tokens: ids }) => Array.isArray(ids)],
    [
      'forbidden words of several tokens',
      ({ bad_words_ids: words }) => Array.isArray(words) && words.some(ids => ids.length > 1),
    ],
    ['probabilities made whole again', ({ renormalize_logits: isOn }) => isOn === true],
  ];
  for (const [rule, test] of rules)
    it(`have ${rule}`, () => {
      const found = names.filter(name => searchesOf(name).some(search => test(settingsOf(name, search), search)));
      assert.notEqual(found.length, 0);
    });

  it('go on from a given beginning', () => {
    const { cases } = readMarianGolden() as unknown as { cases: { continuations?: { prefixIds: number[] }[] }[] };
    assert.ok(cases.some(({ continuations }) => continuations?.some(({ prefixIds }) => prefixIds.length > 0)));
  });
});
