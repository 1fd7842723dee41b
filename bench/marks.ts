// Measures the marks of doubtful words: how often they stand on what the model itself wrote, and how often they find what was taken out or put
// in. `npm run bench:marks -- FOLDER`: FOLDER holds pairs as `en-es.tsv` (origin, text, translation).

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EngineProcess } from '../src/client/engineProcess';
import { leastCoverage } from '../src/model/attention/doubts';
import { isUnavailable, type WordAlignment } from '../src/model/attention/methods';
import { wordsOf } from '../src/model/attention/words';
import type { RunResult, TranslateTask } from '../src/model/types';
import { improbableBelow } from '../webview/suspicions';

const lineCount = 60;
const model = { folder: path.resolve('models/default'), device: 'cpu' } as const;
const directions: readonly (readonly [file: string, from: string, to: string])[] = [
  ['en-es', 'en', 'es'],
  ['en-es', 'es', 'en'],
  ['en-fr', 'en', 'fr'],
  ['en-pt', 'pt', 'en'],
];

const engine = new EngineProcess({
  enginePath: path.resolve('dist/engine.js'),
  log: { info: () => {}, warn: message => console.error(message) },
  idleTimeoutMs: () => 0,
  stepLimitMs: 60_000,
});

/** A source with a target, as the view sees it. */
interface Sight {
  readonly result: RunResult;
  readonly task: TranslateTask;
  readonly alignment: WordAlignment;
}

/** Counts of one kind of text. */
class Tally {
  private words = { source: 0, target: 0, tokens: 0 };
  private marks = { omitted: 0, invented: 0, improbable: 0, uncovered: 0 };
  private planted = 0;
  private found = 0;

  /** `planted`: where words were taken out or put in; marks on them are counted apart. */
  add(
    { result, alignment }: Sight,
    planted?: { kind: 'omitted' | 'invented'; isAt: (start: number) => boolean },
  ): void {
    const [{ targetTokens, logProbabilities }] = result.segments;
    const { sourceWords, targetWords, doubts, weights } = alignment;
    const isPlanted = (kind: string, start: number) => planted?.kind === kind && planted.isAt(start);
    const startOf = ({ kind, word }: (typeof doubts)[number]) =>
      (kind === 'omitted' ? sourceWords : targetWords)[word].range[0];
    for (const doubt of doubts) if (!isPlanted(doubt.kind, startOf(doubt))) this.marks[doubt.kind]++;
    for (const [kind, words] of [
      ['omitted', sourceWords],
      ['invented', targetWords],
    ] as const) {
      for (const [word, { range, isPunctuation }] of words.entries()) {
        if (isPunctuation) continue;
        if (!isPlanted(kind, range[0])) {
          this.words[kind === 'omitted' ? 'source' : 'target']++;
          const covers = (row: number) => weights.data[row * weights.columnCount + word] >= leastCoverage;
          if (kind === 'omitted' && ![...targetWords.keys()].some(covers)) this.marks.uncovered++;
        } else {
          this.planted++;
          if (doubts.some(doubt => doubt.kind === kind && doubt.word === word)) this.found++;
        }
      }
    }
    for (const [index, { special }] of targetTokens.entries()) {
      if (special) continue;
      this.words.tokens++;
      if (Math.exp(logProbabilities[index]) < improbableBelow) this.marks.improbable++;
    }
  }

  print(name: string): void {
    const { marks, words } = this;
    const share = (count: number, of: number) => `${((100 * count) / Math.max(of, 1)).toFixed(2).padStart(5)} %`;
    const found = this.planted > 0 ? `${share(this.found, this.planted)} of ${this.planted}` : '';
    console.log(
      `| ${name.padEnd(34)} | ${share(marks.omitted, words.source)} | ${share(marks.uncovered, words.source)} | ` +
        `${share(marks.invented, words.target)} | ${share(marks.improbable, words.tokens)} | ${found} |`,
    );
  }
}

async function sightOf(result: RunResult, task: TranslateTask): Promise<Sight> {
  const [{ sourceTokens, targetTokens }] = result.segments;
  const alignment = await engine.call('align', {
    ...model,
    priority: 'interactive',
    sourceIds: sourceTokens.map(token => token.id),
    targetIds: targetTokens.map(token => token.id),
    sourceWords: wordsOf(result.source, sourceTokens),
    targetWords: wordsOf(result.target, targetTokens),
  });
  if (isUnavailable(alignment)) throw new Error(`${alignment.rule}; found ${alignment.found}`);
  return { result, task, alignment };
}

async function translated(text: string, task: TranslateTask): Promise<Sight> {
  const run = { ...model, text, task, segmentation: 'whole', options: {}, priority: 'interactive' } as const;
  return sightOf(await engine.call('run', run), task);
}

/** The same special tokens around another target. */
async function forced(text: string, { result, task }: Sight, targetText: string): Promise<Sight> {
  const targetIds = result.segments[0].targetTokens.map(token => token.id);
  return sightOf(await engine.call('force', { ...model, text, task, targetIds, targetText }), task);
}

/** The source word and the output without its words, where one or two output words come from it and from no other. */
function wordTakenOut({ result, alignment }: Sight): { range: readonly number[]; target: string } | undefined {
  const { sourceWords, targetWords, weights } = alignment;
  const strongest = targetWords.map((_, row) => {
    const own = [...weights.data.subarray(row * weights.columnCount, (row + 1) * weights.columnCount)];
    const most = Math.max(...own);
    return most >= 0.5 ? own.indexOf(most) : -1;
  });
  const longest = [...sourceWords.keys()].sort((first, second) => lengthOf(second) - lengthOf(first));
  for (const word of longest) {
    const readers = targetWords.filter(({ isPunctuation }, row) => !isPunctuation && strongest[row] === word);
    if (readers.length < 1 || readers.length > 2) continue;
    const cut = readers.reduceRight(
      (text, { range: [start, end] }) => text.slice(0, start).trimEnd() + text.slice(end),
      result.target,
    );
    return { range: sourceWords[word].range, target: cut.trim() };
  }
  return undefined;

  function lengthOf(word: number): number {
    const [start, end] = sourceWords[word].range;
    return sourceWords[word].isPunctuation ? 0 : end - start;
  }
}

/** A long word of another output, and where in the target it is put. */
function wordPutIn({ result, alignment }: Sight, other: Sight): { at: number; target: string } | undefined {
  const nameOf = ({ result: { target } }: Sight, [start, end]: readonly number[]) => target.slice(start, end);
  const word = other.alignment.targetWords
    .map(({ range }) => nameOf(other, range))
    .find(name => name.length > 5 && /^\p{L}+$/u.test(name) && !result.target.includes(name));
  const places = alignment.targetWords.filter(({ isPunctuation }) => !isPunctuation);
  const at = places[Math.floor(places.length / 2)]?.range[0];
  if (!word || at === undefined || at === 0) return undefined;
  return { at, target: `${result.target.slice(0, at)}${word} ${result.target.slice(at)}` };
}

async function main(): Promise<void> {
  const [folder] = process.argv.slice(2);
  const tallies = {
    own: new Tally(),
    reference: new Tally(),
    taken: new Tally(),
    sentence: new Tally(),
    put: new Tally(),
  };
  for (const [file, from, to] of directions) {
    const task = { kind: 'translate', from, to } as const;
    const lines = readFileSync(path.join(folder, `${file}.tsv`), 'utf8')
      .split('\n')
      .slice(0, lineCount);
    const pairs = lines.map(line => line.split('\t')).map(([, text, translation]) => [text, translation]);
    let before: Sight | undefined;
    for (const [text, translation] of pairs) {
      const [source, reference] = from === 'en' ? [text, translation] : [translation, text];
      const own = await translated(source, task);
      tallies.own.add(own);
      tallies.reference.add(await forced(source, own, reference));
      const taken = wordTakenOut(own);
      if (taken?.target) {
        const isAt = (start: number) => start === taken.range[0];
        tallies.taken.add(await forced(source, own, taken.target), { kind: 'omitted', isAt });
      }
      if (before) {
        const put = wordPutIn(own, before);
        if (put) {
          const isAt = (start: number) => start === put.at;
          tallies.put.add(await forced(source, own, put.target), { kind: 'invented', isAt });
        }
        const isAt = (start: number) => start > source.length;
        const two = await forced(`${source} ${before.result.source}`, own, own.result.target);
        tallies.sentence.add(two, { kind: 'omitted', isAt });
      }
      before = own;
    }
  }
  engine.dispose();
  console.log('| | omitted | omitted by coverage alone | invented | improbable tokens | planted, found |');
  tallies.own.print('as the model wrote it');
  tallies.reference.print('translations by people');
  tallies.taken.print('its longest word taken out');
  tallies.sentence.print('a second sentence not translated');
  tallies.put.print('a word of another sentence put in');
}

void main();
