// Measures the engine process from outside: cold and warm time to the first word, tokens per second beside a bare loop, memory.

import path from 'node:path';
import { EngineProcess } from '../src/client/engineProcess';
import type { RunParams } from '../src/protocol/engine';
import { bareLoop } from './bareLoop';
import { type Measurement, paragraph, peakMemoryMb, printTable, roundCount } from './measure';

const folder = path.resolve('models/default');
const params: RunParams = {
  folder,
  device: 'cpu',
  text: paragraph,
  task: { kind: 'translate', from: 'en', to: 'es' },
  segmentation: 'sentences',
  options: { beamCount: 1 },
  priority: 'interactive',
};

interface Timed {
  readonly firstWordMs: number;
  readonly tokensPerSecond: number;
}

async function timedRun(engine: EngineProcess, overrides: Partial<RunParams> = {}): Promise<Timed> {
  const begun = performance.now();
  let firstWordMs = 0;
  const { segments } = await engine.call(
    'run',
    { ...params, ...overrides },
    {
      onProgress: progress => {
        if (progress.kind === 'text' && firstWordMs === 0) firstWordMs = performance.now() - begun;
      },
    },
  );
  const tokenCount = segments.reduce((sum, segment) => sum + segment.targetTokens.length, 0);
  return { firstWordMs, tokensPerSecond: (1000 * tokenCount) / (performance.now() - begun) };
}

async function main(): Promise<void> {
  const peer = await bareLoop(folder);
  await peer.run(paragraph, '<2es>');
  const values = { cold: [], warm: [], one: [], beams: [], long: [], peer: [], ratio: [], memory: [] } as Record<
    string,
    number[]
  >;
  for (let round = 0; round < roundCount; round++) {
    const engine = new EngineProcess({
      enginePath: path.resolve('dist/engine.js'),
      log: { info: () => {}, warn: message => console.error(message) },
      idleTimeoutMs: () => 0,
      stepLimitMs: 60_000,
    });
    try {
      values.cold.push((await timedRun(engine)).firstWordMs);
      values.warm.push((await timedRun(engine)).firstWordMs);
      // Headlight and its peer take turns, so that both meet the same machine.
      const begun = performance.now();
      const peerTokens = await peer.run(paragraph, '<2es>');
      values.peer.push((1000 * peerTokens) / (performance.now() - begun));
      values.one.push((await timedRun(engine)).tokensPerSecond);
      values.ratio.push(values.one[round] / values.peer[round]);
      values.beams.push((await timedRun(engine, { options: { beamCount: 4 } })).tokensPerSecond);
      values.long.push((await timedRun(engine, { text: `${paragraph}\n`.repeat(40) })).tokensPerSecond);
      const memory = peakMemoryMb(engine.processId!);
      if (memory !== undefined) values.memory.push(memory);
    } finally {
      engine.dispose();
    }
  }
  const row = (name: string, unit: string, better: Measurement['better'], of: string): Measurement => ({
    name,
    unit,
    better,
    values: values[of],
  });
  printTable(
    [
      row('cold engine to the first word', 'ms', 'lower', 'cold'),
      row('warm engine to the first word', 'ms', 'lower', 'warm'),
      row('a paragraph, greedy', 'tokens/s', 'higher', 'one'),
      row('the same by a bare onnxruntime-node loop', 'tokens/s', 'higher', 'peer'),
      row('Headlight to the bare loop, same round', 'x', 'higher', 'ratio'),
      row('a paragraph, 4 beams', 'tokens/s', 'higher', 'beams'),
      row('40 paragraphs, greedy, batched', 'tokens/s', 'higher', 'long'),
      row('peak memory of the engine process', 'MB', 'lower', 'memory'),
    ].filter(({ values: some }) => some.length > 0),
  );
}

void main();
