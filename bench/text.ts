// How large documents fare: time to the first words, time and memory of parsing and putting together, and how fast a cancel works.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EngineProcess } from '../src/client/engineProcess';
import type { RunProgress } from '../src/protocol/engine';
import { best, type Measurement, printTable } from './measure';

const enginePath = path.join(__dirname, '..', '..', 'dist', 'engine.js');
const shipped = path.join(__dirname, '..', '..', 'models', 'default');

/** Each takes ten seconds: what counts is memory and waiting, which hardly vary. */
const modelRoundCount = 1;

interface Sample {
  readonly name: string;
  readonly fileName: string;
  readonly text: string;
}

const sentence = (index: number) =>
  `The option number ${index} of \`config.name\` opens the [list](a${index}.md) of files.`;

const samples: readonly Sample[] = [
  { name: '2 MB of Markdown', fileName: 'a.md', text: longText(2 * 2 ** 20, index => `${sentence(index)}\n\n`) },
  {
    name: 'a source file of 200,000 lines',
    fileName: 'a.ts',
    text: Array.from(
      { length: 100_000 },
      (_, index) => `// ${sentence(index)}\nexport const a${index} = ${index};\n`,
    ).join(''),
  },
  { name: 'one line of 1 MB', fileName: 'a.txt', text: longText(2 ** 20, index => `${sentence(index)} `) },
];

function longText(length: number, part: (index: number) => string): string {
  const parts: string[] = [];
  for (let index = 0, size = 0; size < length; index++) {
    parts.push(part(index));
    size += parts[index].length;
  }
  return parts.join('');
}

function residentMb(processId: number): number {
  return Number(readFileSync(`/proc/${processId}/statm`, 'utf8').split(' ')[1]) / 256;
}

async function measure({ text, fileName }: Sample, folder: string, cancelAfterMs?: number) {
  const engine = new EngineProcess({
    enginePath,
    log: { info: () => {}, warn: () => {} },
    stepLimitMs: 600_000,
    idleTimeoutMs: () => 0,
  });
  try {
    const run = (source: string, signal?: AbortSignal, onProgress?: (step: RunProgress) => void) =>
      engine.call(
        'run',
        {
          folder,
          device: 'cpu',
          text: source,
          task: { kind: 'translate', to: 'es', from: 'en' },
          segmentation: 'sentences',
          options: { beamCount: 1 },
          priority: 'interactive',
          segmentsByProgressOnly: true,
          document: { format: 'auto', fileName },
        },
        { signal, onProgress },
      );
    await run('Open the file now.\n');
    const before = residentMb(engine.processId!);
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, residentMb(engine.processId!));
    }, 50);
    const controller = new AbortController();
    const begun = performance.now();
    let firstMs = Number.NaN;
    let cancelledAt = Number.NaN;
    let longestPingMs = 0;
    const pinging = setInterval(async () => {
      const sent = performance.now();
      await engine.call('ping', undefined).catch(() => {});
      longestPingMs = Math.max(longestPingMs, performance.now() - sent);
    }, 100);
    if (cancelAfterMs !== undefined)
      setTimeout(() => {
        cancelledAt = performance.now();
        controller.abort();
      }, cancelAfterMs);
    await run(text, controller.signal, step => {
      if (Number.isNaN(firstMs) && step.kind === 'segment') firstMs = performance.now() - begun;
    }).catch(error => {
      if (cancelAfterMs === undefined) throw error;
    });
    const ended = performance.now();
    clearInterval(watch);
    clearInterval(pinging);
    return { firstMs, totalMs: ended - begun, cancelMs: ended - cancelledAt, grownMb: peak - before, longestPingMs };
  } finally {
    engine.dispose();
  }
}

async function main(): Promise<void> {
  const rows: Measurement[] = [];
  for (const sample of samples) {
    const pseudo = await measure(sample, 'pseudo');
    const model = [];
    for (let round = 0; round < modelRoundCount; round++) model.push(await measure(sample, shipped, 10_000));
    const row = (name: string, unit: string, values: readonly number[]): Measurement => ({
      name: `${sample.name}: ${name}`,
      unit,
      better: 'lower',
      values,
    });
    rows.push(
      row('whole way without a model', 'ms', [pseudo.totalMs]),
      row('memory beyond the start, without a model', 'MB', [pseudo.grownMb]),
      row(
        'first sentence, shipped model',
        'ms',
        model.map(({ firstMs }) => firstMs),
      ),
      row(
        'memory beyond the model, 10 s of work',
        'MB',
        model.map(({ grownMb }) => grownMb),
      ),
      row(
        'cancel to its answer',
        'ms',
        model.map(({ cancelMs }) => cancelMs),
      ),
      row(
        'longest wait for a ping',
        'ms',
        model.map(({ longestPingMs }) => longestPingMs),
      ),
    );
  }
  printTable(rows);
  const memory = rows.filter(({ unit }) => unit === 'MB').map(best);
  console.log(`\nMost memory beyond the model: ${Math.max(...memory).toFixed(0)} MB (goal: under 300)`);
}

void main();
