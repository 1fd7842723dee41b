// `npm run test:text`: every file of the corpus comes back with its prose changed and nothing else.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GrammarStore } from '../../src/model/engine/grammarStore';
import { root } from '../support/paths';
import { blocksOf, checkTranslation } from './checkTranslation';
import { type CorpusFile, corpusFiles } from './corpusFiles';
import { spliceLetters } from './spliceLetters';

interface Tally {
  files: number;
  blocks: number;
  unchanged: number;
  faults: string[];
}

describe('the text corpus', () => {
  const folder = process.env.HEADLIGHT_CORPUS;
  assert.ok(folder, 'HEADLIGHT_CORPUS names the folder of the unpacked packages: run this by `npm run test:text`');
  const grammars = new GrammarStore({ folder: path.join(root, 'dist'), installed: [] });
  const files = corpusFiles(folder);
  const byKind = new Map<string, CorpusFile[]>();
  for (const file of files) byKind.set(file.kind, [...(byKind.get(file.kind) ?? []), file]);
  const tallies: Record<string, Tally> = {};

  async function check({ file, text, format, kind }: CorpusFile, tally: Tally): Promise<void> {
    const grammar = format === 'comments' ? await grammars.grammarFor(kind, undefined) : undefined;
    const target = spliceLetters(text, blocksOf(text, format, grammar));
    const { faults, blockCount, unchangedCount } = checkTranslation({ format, grammar, source: text, target });
    tally.files++;
    tally.blocks += blockCount;
    tally.unchanged += unchangedCount;
    tally.faults.push(...faults.map(fault => `${file}: ${fault}`));
  }

  for (const [kind, ofKind] of byKind)
    it(`keeps everything but the prose of ${ofKind.length} files of ${kind}`, async () => {
      const tally: Tally = { files: 0, blocks: 0, unchanged: 0, faults: [] };
      tallies[kind] = tally;
      for (const file of ofKind) await check(file, tally);
      assert.deepEqual(tally.faults, []);
      assert.ok(tally.blocks > 0, 'there is prose');
    });

  it('has 25 languages and 200 Markdown documents', () => {
    const formats = new Set(files.filter(({ format }) => format === 'comments').map(({ kind }) => kind));
    assert.ok(formats.size >= 25, `${formats.size} languages`);
    assert.ok((byKind.get('markdown')?.length ?? 0) >= 200);
  });

  after(() => {
    mkdirSync(path.join(root, 'out'), { recursive: true });
    writeFileSync(path.join(root, 'out', 'textCorpus.json'), JSON.stringify(tallies, undefined, 2));
  });
});
