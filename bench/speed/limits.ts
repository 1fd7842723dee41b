// What Headlight promises of itself: cold and warm time to the first word, attention beside translation, cost that grows with the text.

import path from 'node:path';
import { EngineProcess } from '../../src/client/engineProcess';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import { Seq2SeqModel } from '../../src/model/engine/seq2seqModel';
import { search } from '../../src/model/generation/search';
import type { RunParams } from '../../src/protocol/engine';
import { paragraph, peakMemoryMb } from '../measure';
import { sourceSentences } from './sentences';

const [cache] = process.argv.slice(2);
const roundCount = 5;
const shippedFolder = path.resolve('models/default');

/** Sentences of which no two are equal: the engine keeps what it has translated. `first`: number of the first one. */
function textOf(wordCount: number, first: number): string {
  const sentences: string[] = [];
  for (let count = 0, index = first; count < wordCount; index++) {
    const sentence = `In case ${index}: ${sourceSentences[index % sourceSentences.length]}`;
    sentences.push(sentence);
    count += sentence.split(' ').length;
  }
  return sentences.join(' ');
}

async function timed<T>(job: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const begun = performance.now();
  const value = await job();
  return { ms: performance.now() - begun, value };
}

async function measureEngine(): Promise<void> {
  const params = (text: string): RunParams => ({
    folder: shippedFolder,
    device: 'cpu',
    text,
    task: { kind: 'translate', from: 'en', to: 'es' },
    segmentation: 'sentences',
    options: { beamCount: 1 },
    priority: 'interactive',
    segmentsByProgressOnly: true,
  });
  const cold: number[] = [];
  const warm: number[] = [];
  const growth: number[] = [];
  const memory: string[] = [];
  for (let round = 0; round < roundCount; round++) {
    const begun = performance.now();
    const engine = new EngineProcess({
      enginePath: path.resolve('dist/engine.js'),
      log: { info: () => {}, warn: message => console.error(message) },
      idleTimeoutMs: () => 0,
      stepLimitMs: 60_000,
    });
    const firstWord = async (text: string, since: number) => {
      let firstWordMs = 0;
      await engine.call('run', params(text), {
        onProgress: progress => {
          if (progress.kind === 'text' && firstWordMs === 0) firstWordMs = performance.now() - since;
        },
      });
      return firstWordMs;
    };
    try {
      cold.push(await firstWord(paragraph, begun));
      await firstWord(textOf(30, 1000), 0);
      warm.push(await firstWord(textOf(30, 2000), performance.now()));
      await engine.call('run', params(textOf(1000, 10_000)));
      const few =
        ((await timed(() => engine.call('run', params(textOf(1000, 20_000))))).ms +
          (await timed(() => engine.call('run', params(textOf(1000, 30_000))))).ms) /
        2;
      const before = peakMemoryMb(engine.processId!);
      const many = (await timed(() => engine.call('run', params(textOf(10_000, 40_000))))).ms;
      growth.push(many / few);
      memory.push(`${before?.toFixed(0)} to ${peakMemoryMb(engine.processId!)?.toFixed(0)}`);
    } finally {
      engine.dispose();
    }
  }
  const list = (values: readonly number[], digits: number) => values.map(value => value.toFixed(digits)).join(', ');
  console.log('\n## Engine process, shipped model, greedy\n');
  console.log('| what | best | of |\n|---|---|---|');
  console.log(`| cold engine to the first word | ${Math.min(...cold).toFixed(0)} ms | ${list(cold, 0)} |`);
  console.log(`| warm, 30 words, first word | ${Math.min(...warm).toFixed(1)} ms | ${list(warm, 1)} |`);
  const median = [...growth].sort((left, right) => left - right)[Math.floor(growth.length / 2)];
  console.log(`| 10,000 words to 1,000 words (median) | ${median.toFixed(2)} x | ${list(growth, 2)} |`);
  console.log(`| peak memory after 1,000 and 10,000 words, MB | | ${memory.join('; ')} |`);
}

/** A finished output of 48 tokens: the pass that gives its attention beside the search that made it. */
async function measureAttention(name: string, folder: string): Promise<void> {
  const model = await Seq2SeqModel.load(await openModelFolder(folder), 'cpu');
  const { generation, architecture } = model.folder;
  const source = Array.from({ length: 32 }, (_, place) => 20 + ((place * 7919) % (architecture.vocabularySize - 40)));
  // Without an end token every output has 48 tokens.
  const config = { ...generation, beamCount: 1, maxLength: 49, suppressTokenIds: generation.eosTokenIds };
  const translate = async () => {
    const decoder = await model.decoderFor([source]);
    const [[best]] = await search(decoder, [{ maxNewTokens: 48 }], config);
    decoder.dispose();
    return best.tokenIds;
  };
  const shares: number[] = [];
  const times: string[] = [];
  const targetIds = await translate();
  await model.attentionOf(source, targetIds);
  for (let round = 0; round < roundCount; round++) {
    const translation = Math.min((await timed(translate)).ms, (await timed(translate)).ms);
    const pass = () => model.attentionOf(source, targetIds);
    const attention = Math.min((await timed(pass)).ms, (await timed(pass)).ms);
    shares.push((100 * attention) / translation);
    times.push(`${attention.toFixed(1)} of ${translation.toFixed(1)}`);
  }
  await model.release();
  console.log(`| ${name} | ${Math.min(...shares).toFixed(1)} % | ${times.join('; ')} |`);
}

async function main(): Promise<void> {
  await measureEngine();
  console.log('\n## Attention of a finished output of 48 tokens, of the time of its greedy translation\n');
  console.log('| model | share | ms |\n|---|---|---|');
  await measureAttention('shipped, int8', shippedFolder);
  for (const precision of ['float32', 'int8'])
    await measureAttention(`opus shape, ${precision}`, path.join(cache, 'models', 'opus', precision));
}

void main();
