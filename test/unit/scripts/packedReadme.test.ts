import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { packedReadme } from '../../../scripts/packaging/packedReadme.mjs';

describe('the README of the packed extension', () => {
  it('has every line but those of pictures', () => {
    const readme = readFileSync('README.md', 'utf8');
    const page = packedReadme(readme);
    assert.doesNotMatch(page, /!\[/);
    const left = new Set(page.split('\n'));
    const gone = readme.split('\n').filter(line => !left.has(line));
    assert.deepEqual(
      gone.filter(line => !line.includes('![')),
      ['| hover summary | high contrast |'],
    );
  });

  it('keeps tables of words', () => {
    const table = '| a | b |\n|---|---|\n| c | d |\n';
    assert.equal(packedReadme(`x\n\n${table}\ny\n`), `x\n\n${table}\ny\n`);
  });
});
