// Measures what loading one large graph costs: mapped from its file as Headlight does, by path as onnxruntime does by itself, and
// with outputs appended to the bytes in memory, as Headlight did before. Each load has a process of its own.

import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { readOnnxFile } from '../src/model/engine/onnxFile';
import { findAttentionTaps } from '../src/model/onnx/attentionTaps';
import { addTapOutputs } from '../src/model/onnx/graphEditor';
import { readOnnxModel } from '../src/model/onnx/graphReader';
import { type Measurement, peakMemoryMb, printTable, roundCount } from './measure';

const ways = ['mapped', 'by path', 'in memory'] as const;
type Way = (typeof ways)[number];

interface Load {
  readonly milliseconds: number;
  /** Resident when all is loaded, and the most there ever was. */
  readonly residentMb: number;
  readonly peakMb: number;
}

const graphName = 'onnx/decoder_model_merged.onnx';

async function load(folder: string, way: Way): Promise<Load> {
  const begun = performance.now();
  const options: InferenceSession.SessionOptions = { intraOpNumThreads: 2, logSeverityLevel: 3 };
  const file = path.join(folder, graphName);
  let session: InferenceSession;
  if (way === 'by path') session = await InferenceSession.create(file, options);
  else if (way === 'in memory') {
    const bytes = readFileSync(file);
    const model = readOnnxModel(bytes, graphName);
    const taps = findAttentionTaps(model, 'decoder', graphName);
    session = await InferenceSession.create(addTapOutputs(bytes, model, taps), options);
  } else {
    const { bytes, model, parameterFolder } = await readOnnxFile(folder, graphName);
    const taps = findAttentionTaps(model, 'decoder', graphName);
    const extra = { session: { model_external_initializers_file_folder_path: parameterFolder } };
    session = await InferenceSession.create(addTapOutputs(bytes, model, taps), { ...options, extra });
  }
  const milliseconds = performance.now() - begun;
  const residentMb = process.memoryUsage.rss() / 2 ** 20;
  const peakMb = peakMemoryMb(process.pid) ?? Number.NaN;
  await session.release();
  return { milliseconds, residentMb, peakMb };
}

function loadInChild(folder: string, way: Way): Promise<Load> {
  return new Promise((resolve, reject) => {
    const child = fork(__filename, [folder, way]);
    child.on('message', message => resolve(message as Load));
    child.on('exit', code => reject(new Error(`the process that loads ${way} ended with exit code ${code}`)));
  });
}

async function main(): Promise<void> {
  const [folder, way] = process.argv.slice(2);
  if (folder === undefined) throw new Error('name a folder made by bench/make_opus_mt.py in HEADLIGHT_BENCH_MODEL');
  if (process.send) {
    process.send(await load(folder, way as Way), () => process.exit(0));
    return;
  }
  const loads = new Map<Way, Load[]>(ways.map(name => [name, []]));
  await loadInChild(folder, 'by path'); // from a warm page cache, all of them
  for (let round = 0; round < roundCount; round++)
    for (const name of ways) loads.get(name)?.push(await loadInChild(folder, name));
  const rows: Measurement[] = ways.flatMap(name => {
    const of = loads.get(name) ?? [];
    const row = (what: string, unit: string, pick: (load: Load) => number): Measurement => ({
      name: `${name}: ${what}`,
      unit,
      better: 'lower',
      values: of.map(pick),
    });
    return [
      row('time', 'ms', ({ milliseconds }) => milliseconds),
      row('resident', 'MB', ({ residentMb }) => residentMb),
      row('peak', 'MB', ({ peakMb }) => peakMb),
    ];
  });
  printTable(rows);
}

void main();
