// `npm run test:text`: every file of the corpus goes through the engine as the terminal program sends it, and comes back with its
// prose changed and nothing else. HEADLIGHT_CORPUS: the unpacked packages. HEADLIGHT_CORPUS_MODEL: `pseudo` when absent, `default` for
// the shipped model, or a model folder. HEADLIGHT_CORPUS_FILES: so many files of each kind at most.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GrammarStore } from '../../src/model/engine/grammarStore';
import { HeadlightError } from '../../src/model/errors';
import type { RunResult } from '../../src/model/types';
import { startEngine, translation } from '../support/engine';
import { defaultModel, root } from '../support/paths';
import { checkTranslation } from './checkTranslation';
import { type CorpusFile, corpusFiles } from './corpusFiles';

/** What became of the files of one kind. */
interface Tally {
  files: number;
  blocks: number;
  unchanged: number;
  sentences: number;
  /** Sentences that stayed as they were because their spans could not be kept. */
  left: number;
  already: number;
  /** Files in a language that the model does not take. */
  unsupported: number;
  readonly faults: string[];
}

const folder = process.env.HEADLIGHT_CORPUS;
const wanted = process.env.HEADLIGHT_CORPUS_MODEL ?? 'pseudo';
const model = wanted === 'default' ? defaultModel : wanted;
/** Sentences that may stay in the source because their spans could not be kept. */
const mostLeft = 0.02;
const fileLimit = Number(process.env.HEADLIGHT_CORPUS_FILES ?? Number.POSITIVE_INFINITY);

describe(`the text corpus, translated by ${path.basename(model)}`, () => {
  assert.ok(folder, 'HEADLIGHT_CORPUS names the folder of the unpacked packages: run this by `npm run test:text`');
  const grammars = new GrammarStore({ folder: path.join(root, 'dist'), installed: [] });
  const files = corpusFiles(folder);
  const byKind = new Map<string, CorpusFile[]>();
  for (const file of files) byKind.set(file.kind, [...(byKind.get(file.kind) ?? []), file]);
  const tallies: Record<string, Tally> = {};
  const { engine } = startEngine({ stepLimitMs: 600_000 });

  for (const [kind, all] of byKind) {
    const ofKind = all.slice(0, fileLimit);
    it(`keeps everything but the prose of ${ofKind.length} files of ${kind}`, async () => {
      const tally: Tally = {
        files: 0,
        blocks: 0,
        unchanged: 0,
        sentences: 0,
        left: 0,
        already: 0,
        unsupported: 0,
        faults: [],
      };
      tallies[kind] = tally;
      for (const file of ofKind) await check(file, tally);
      assert.deepEqual(tally.faults, []);
    });
  }

  it('has 25 languages and 200 Markdown documents', () => {
    const languages = new Set(files.filter(({ format }) => format === 'comments').map(({ kind }) => kind));
    assert.ok(languages.size >= 25, `${languages.size} languages`);
    assert.ok((byKind.get('markdown')?.length ?? 0) >= 200);
  });

  it('leaves at most 2 % of the sentences as they are because their spans could not be kept', () => {
    const [sentences, left] = (['sentences', 'left'] as const).map(count =>
      Object.values(tallies).reduce((sum, tally) => sum + tally[count], 0),
    );
    console.log(`      ${left} of ${sentences} sentences left in the source`);
    assert.ok(left <= mostLeft * sentences);
  });

  after(() => {
    engine.dispose();
    mkdirSync(path.join(root, 'out'), { recursive: true });
    writeFileSync(path.join(root, 'out', 'textCorpus.json'), JSON.stringify(tallies, undefined, 2));
  });

  async function check({ file, text, format, kind }: CorpusFile, tally: Tally): Promise<void> {
    const result = await translate(file, text);
    if (result === 'unsupported') {
      tally.unsupported++;
      return;
    }
    const grammar = format === 'comments' ? await grammars.grammarFor(kind, undefined) : undefined;
    const target = result?.target ?? text;
    const { faults, blockCount, unchangedCount } = checkTranslation({ format, grammar, source: text, target });
    tally.files++;
    tally.blocks += blockCount;
    tally.unchanged += unchangedCount;
    tally.sentences += result?.counts?.sentences ?? 0;
    tally.left += result?.counts?.left ?? 0;
    tally.already += result?.counts?.already ?? 0;
    tally.faults.push(...faults.map(fault => `${file}: ${fault}`));
  }

  /** Undefined for a file without a word; `unsupported` for one in a language that the model does not take. */
  async function translate(file: string, text: string): Promise<RunResult | 'unsupported' | undefined> {
    const document = { format: 'auto', fileName: file } as const;
    const task = { kind: 'translate', to: 'es' } as const;
    try {
      return await engine.call(
        'run',
        translation(text, { folder: model, task, document, segmentsByProgressOnly: true }),
      );
    } catch (error) {
      const code = error instanceof HeadlightError ? error.code : undefined;
      if (code === 'source-empty') return undefined;
      if (code === 'unsupported-task') return 'unsupported';
      throw error;
    }
  }
});
