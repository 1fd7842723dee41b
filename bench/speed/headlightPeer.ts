// Headlight's own model and search as one of the peers: one JSON request a line on standard input, one JSON answer a line on standard
// output. See peers.ts.

import { createInterface } from 'node:readline';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import { precisionsFor } from '../../src/model/engine/precision';
import { Seq2SeqModel } from '../../src/model/engine/seq2seqModel';
import { search } from '../../src/model/generation/search';
import type { LoadRequest, PeerRequest, RunAnswer, RunRequest } from './peers';

let model: Seq2SeqModel;

async function load({ folder, device = 'cpu' }: LoadRequest): Promise<{ loadMs: number }> {
  const begun = performance.now();
  model = await Seq2SeqModel.load(await openModelFolder(folder, await precisionsFor(device)), device);
  return { loadMs: performance.now() - begun };
}

async function run({ sources, batchSize, beamCount, newTokens }: RunRequest): Promise<RunAnswer> {
  const config = { ...model.folder.generation, beamCount, maxLength: newTokens + 1 };
  const begun = performance.now();
  const cpu = process.cpuUsage();
  let firstTokenMs: number | undefined;
  let tokens = 0;
  for (let start = 0; start < sources.length; start += batchSize) {
    const batch = sources.slice(start, start + batchSize);
    const decoder = await model.decoderFor(batch);
    const limits = batch.map(() => ({ maxNewTokens: newTokens }));
    const results = await search(decoder, limits, config, {
      onCertain: () => {
        firstTokenMs ??= performance.now() - begun;
      },
    });
    decoder.dispose();
    for (const [best] of results) tokens += best.tokenIds.length;
  }
  const { user, system } = process.cpuUsage(cpu);
  return { tokens, wallMs: performance.now() - begun, cpuMs: (user + system) / 1000, firstTokenMs };
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as PeerRequest;
    process.stdout.write(`${JSON.stringify(await (request.kind === 'load' ? load(request) : run(request)))}\n`);
  }
}

void main();
