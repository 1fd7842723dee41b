// Measures word alignments: the alignment error rate on sentences aligned by hand, and how many names, numbers and code spans of given pairs
// are linked right. `npm run bench:links [-- FOLDER]`: FOLDER holds pairs as `en-es.tsv` (origin, text, translation).

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readAlignedPairs } from '../src/model/attention/alignedPairs';
import { alignWords } from '../src/model/attention/alignment';
import { naiveHeads } from '../src/model/attention/calibration';
import { copiedItems, scoreItems } from '../src/model/attention/items';
import { isUnavailable, type WordAlignment } from '../src/model/attention/methods';
import { wordsOf } from '../src/model/attention/words';
import { AttentionRequests, type Turn, withLastStep } from '../src/model/engine/attentionRequests';
import { givenPairs } from '../src/model/engine/calibrationRun';
import { openModelFolder } from '../src/model/engine/modelFolder';
import { Seq2SeqModel } from '../src/model/engine/seq2seqModel';
import type { AlignmentHeads } from '../src/model/types';

/** Pairs of a file that are read: as many of its first ones as have names or numbers on both sides. */
const pairLimit = 300;

const turn: Turn = job => job();
const requests = new AttentionRequests(turn);

interface Way {
  readonly name: string;
  readonly heads: AlignmentHeads;
}

interface Pair {
  readonly source: string;
  readonly target: string;
}

function waysOf({ description }: Seq2SeqModel): Way[] {
  const { decoderLayerCount, decoderHeadCount, alignment } = description;
  const all = Array.from({ length: decoderHeadCount }, (_, head) => head);
  const naive = naiveHeads([decoderLayerCount, decoderHeadCount, 0, 0]);
  const layer = alignment?.layer ?? 0;
  return [
    { name: 'mean of the last layer (naive)', heads: naive },
    { name: 'the same, norm-weighted', heads: { ...naive, norm: true } },
    ...(alignment ? [{ name: 'declared heads (calibrated)', heads: alignment }] : []),
    ...(alignment ? [{ name: 'the same, norm-weighted', heads: { ...alignment, norm: true } }] : []),
    { name: 'all heads of that layer, norm-weighted', heads: { layer, heads: all, inputShift: true, norm: true } },
  ];
}

async function align(model: Seq2SeqModel, pair: Pair, to: string, heads: AlignmentHeads): Promise<WordAlignment> {
  const prefix = model.folder.manifest?.translate?.[to]?.prefix ?? '';
  const tokensOf = (text: string) => model.folder.tokenizer.encode(text, prefix);
  for await (const { source, target, sourceTokens, targetTokens } of givenPairs(
    model,
    [[pair.source, pair.target]],
    tokensOf,
  )) {
    const ids = withLastStep(model, {
      sourceIds: sourceTokens.map(token => token.id),
      targetIds: targetTokens.map(token => token.id),
    });
    const weights = await requests.headWeights(model, ids, heads, turn);
    if (isUnavailable(weights)) throw new Error(`${weights.rule}; found ${weights.found}`);
    return alignWords(weights, wordsOf(source, sourceTokens), wordsOf(target, targetTokens), heads, 'declared');
  }
  throw new Error('a pair gives one alignment');
}

/** Och and Ney 2003, with sure links only: 1 - 2 |A and S| / (|A| + |S|). */
async function errorRate(model: Seq2SeqModel, heads: AlignmentHeads): Promise<number> {
  let [common, found, expected] = [0, 0, 0];
  for (const { source, target, links } of readAlignedPairs(readFileSync('test/fixtures/alignment/en-es.txt', 'utf8'))) {
    const alignment = await align(model, { source, target }, 'es', heads);
    const sure = new Set(links.map(([from, to]) => `${from}-${to}`));
    found += alignment.links.length;
    expected += sure.size;
    common += alignment.links.filter(([from, to]) => sure.has(`${from}-${to}`)).length;
  }
  return 1 - (2 * common) / (found + expected);
}

function devPairs(folder: string, name: string): Pair[] {
  const lines = readFileSync(path.join(folder, name), 'utf8').split('\n').filter(Boolean);
  const pairs = lines.map(line => line.split('\t')).map(([, source, target]) => ({ source, target }));
  return pairs.filter(({ source, target }) => copiedItems(source, target).length > 0).slice(0, pairLimit);
}

async function shareRight(model: Seq2SeqModel, pairs: readonly Pair[], to: string, heads: AlignmentHeads) {
  let [count, right] = [0, 0];
  for (const pair of pairs) {
    const { weights, sourceWords, targetWords } = await align(model, pair, to, heads);
    const score = scoreItems(copiedItems(pair.source, pair.target), weights, sourceWords, targetWords);
    count += score.count;
    right += score.right;
  }
  return { count, right };
}

async function main(): Promise<void> {
  const [folder] = process.argv.slice(2);
  const model = await Seq2SeqModel.load(await openModelFolder(path.resolve('models/default')), 'cpu');
  const ways = waysOf(model);
  console.log('Alignment error rate, 50 sentences aligned by hand, English to Spanish (lower is better)');
  for (const { name, heads } of ways)
    console.log(`| ${name.padEnd(40)} | ${(100 * (await errorRate(model, heads))).toFixed(1).padStart(5)} % |`);
  for (const to of folder ? ['es', 'pt'] : []) {
    const file = `en-${to}.tsv`;
    if (!existsSync(path.join(folder, file))) continue;
    const pairs = devPairs(folder, file);
    console.log(
      `\nLinked right of names, numbers and code spans that stand once on both sides: ${file}, ${pairs.length} pairs`,
    );
    for (const { name, heads } of ways) {
      const { count, right } = await shareRight(model, pairs, to, heads);
      console.log(`| ${name.padEnd(40)} | ${((100 * right) / count).toFixed(1).padStart(5)} % of ${count} |`);
    }
  }
  await requests.dispose();
  await model.release();
}

void main();
