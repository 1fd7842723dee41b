// The words that a person reads, in each language that Headlight speaks: none missing, none left over, no placeholder lost.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

type Words = Readonly<Record<string, string>>;

const languages = ['es', 'fr', 'pt-br'];

const readWords = (file: string): Words => JSON.parse(readFileSync(file, 'utf8'));

/** What must stand in a translation as often as in the original: placeholders, commands, addresses, code but for examples of JSON. */
const keptParts = (text: string) =>
  [...text.matchAll(/\{\d\}|\(command:[^)]+\)|https:[^)]+|`[^`]+`/g)]
    .map(([part]) => part)
    .filter(part => !part.startsWith('`{"'))
    .sort();

/** `l10n.t` takes its words as a literal, else they could not be found here. */
function wordsOfSources(): Set<string> {
  const words = new Set<string>();
  const files = ['src/extension', 'webview'].flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => `${folder}/${name}`),
  );
  for (const file of files) {
    if (!file.endsWith('.ts')) continue;
    const source = readFileSync(file, 'utf8');
    for (const { index } of source.matchAll(/\bl10n\.t\(/g)) {
      const literal = /^l10n\.t\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/.exec(source.slice(index))?.[1];
      assert.ok(literal, `${file}: l10n.t without a literal: ${source.slice(index, index + 60)}`);
      const inner = literal.slice(1, -1).replaceAll("\\'", "'").replaceAll('\\"', '"').replaceAll('\\n', '\n');
      words.add(inner);
    }
  }
  return words;
}

describe('localization', () => {
  const sources = wordsOfSources();
  const manifest = readFileSync('package.json', 'utf8');
  const original = readWords('package.nls.json');

  it('finds the words of the shell and of the panel', () => {
    assert.ok(sources.size > 300);
    for (const word of ['Export Attention', 'Hide sinks']) assert.ok(sources.has(word));
  });

  it('names each text of the manifest once, and no other', () => {
    const named = [...manifest.matchAll(/"%([\w.-]+)%"/g)].map(([, key]) => key);
    assert.deepEqual([...new Set(named)].sort(), Object.keys(original).sort());
  });

  it('shows no text of the manifest in one language only', () => {
    const shown = /"(?:title|description|\w+Description|\w*[eE]rrorMessage|displayName|altText)": "(?!%)([^"]+)"/g;
    const { name, displayName, contributes } = JSON.parse(manifest);
    const forAgents = JSON.stringify(contributes.languageModelTools);
    const untranslated = [...manifest.matchAll(shown)].map(([, text]) => text);
    assert.equal(displayName.toLowerCase(), name);
    assert.deepEqual(
      untranslated.filter(text => text !== displayName && !forAgents.includes(text)),
      [],
    );
  });

  for (const language of languages) {
    it(`translates every text to ${language}`, () => {
      const shell = readWords(`l10n/bundle.l10n.${language}.json`);
      assert.deepEqual(Object.keys(shell).sort(), [...sources].sort());
      for (const [text, translation] of Object.entries(shell))
        assert.deepEqual(keptParts(translation), keptParts(text));
      const texts = readWords(`package.nls.${language}.json`);
      assert.deepEqual(Object.keys(texts).sort(), Object.keys(original).sort());
      for (const [key, translation] of Object.entries(texts))
        assert.deepEqual(keptParts(translation), keptParts(original[key]), key);
    });
  }
});
