// @ts-check
// transformers.js as a peer: one JSON request a line on standard input, one JSON answer a line on standard output. See peers.ts.

import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(path.join(process.argv[2], 'package.json'));
const { AutoModelForSeq2SeqLM, BaseStreamer, Tensor, env } = require('@huggingface/transformers');
env.allowRemoteModels = false;

let model;

async function load({ folder, precision, threads }) {
  const begun = performance.now();
  env.localModelPath = path.dirname(folder);
  model = await AutoModelForSeq2SeqLM.from_pretrained(path.basename(folder), {
    dtype: precision === 'int8' ? 'q8' : 'fp32',
    device: 'cpu',
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  });
  return { loadMs: performance.now() - begun };
}

class FirstToken extends BaseStreamer {
  time = 0;
  calls = 0;
  put() {
    // The first call brings the prompt.
    if (++this.calls === 2) this.time = performance.now();
  }
  end() {}
}

async function run({ sources, batchSize, newTokens, padTokenId, eosTokenId }) {
  const streamer = batchSize === 1 ? new FirstToken() : undefined;
  const begun = performance.now();
  const cpu = process.cpuUsage();
  let tokens = 0;
  for (let start = 0; start < sources.length; start += batchSize) {
    const batch = sources.slice(start, start + batchSize);
    const length = Math.max(...batch.map(ids => ids.length));
    const padded = batch.flatMap(ids => [...ids, ...new Array(length - ids.length).fill(padTokenId)]);
    const mask = batch.flatMap(ids => Array.from({ length }, (_, place) => (place < ids.length ? 1n : 0n)));
    const dims = [batch.length, length];
    const output = await model.generate({
      inputs: new Tensor('int64', BigInt64Array.from(padded.map(BigInt)), dims),
      attention_mask: new Tensor('int64', BigInt64Array.from(mask), dims),
      max_new_tokens: newTokens,
      do_sample: false,
      ...(streamer && { streamer }),
    });
    for (const ids of output.tolist()) {
      const target = ids.slice(1).map(Number);
      const end = target.indexOf(eosTokenId);
      tokens += end === -1 ? target.length : end + 1;
    }
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    tokens,
    wallMs: performance.now() - begun,
    cpuMs: (user + system) / 1000,
    firstTokenMs: streamer && streamer.time - begun,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const answer = await { load, run }[request.kind](request);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
