// Compares Headlight on a GPU with `generate` of PyTorch in float16 on the same GPU: the same parameters, the same token ids, turn about.

import path from 'node:path';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import type { GraphDevice } from '../../src/model/types';
import { Peer } from './peers';
import { compareOnce, printHead, randomSources, runsOf } from './rounds';

const [cache, python, device, shape, ...chosenRuns] = process.argv.slice(2);
const threads = 2;

async function main(): Promise<void> {
  const folder = path.join(cache, 'models', shape, 'float16');
  const { architecture, generation } = (await openModelFolder(folder)).folder;
  const sources = randomSources(architecture.vocabularySize);
  const peers = [
    new Peer('Headlight', process.execPath, ['out/bench/speed/headlightPeer.js'], true),
    new Peer('PyTorch', python, ['bench/speed/pytorch_peer.py'], true),
  ];
  try {
    const load = { kind: 'load', folder, precision: 'float16', threads } as const;
    await peers[0].ask({ ...load, device: device as GraphDevice });
    const torch = await peers[1].ask<{ device: string }>(load);
    console.log(`\n## ${shape}, Headlight on ${device}, PyTorch on ${torch.device}\n`);
    printHead();
    for (const { beamCount, batchSize } of runsOf(chosenRuns))
      await compareOnce(peers, {
        kind: 'run',
        sources: sources.slice(0, Math.max(4, batchSize)),
        batchSize,
        beamCount,
        newTokens: 32,
        exactly: true,
        padTokenId: generation.padTokenId,
        eosTokenId: generation.eosTokenIds[0],
      });
  } finally {
    for (const peer of peers) peer.dispose();
  }
}

void main();
