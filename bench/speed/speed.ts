// Compares Headlight with transformers.js and CTranslate2: the same parameters, the same token ids, turn about, best of the rounds.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import { Peer, type Precision, type RunRequest } from './peers';
import { compareOnce, printHead, randomSources, runsOf, tokensPerSecond } from './rounds';
import { sourceSentences } from './sentences';

const [cache, ...chosen] = process.argv.slice(2);
const chosenRuns = chosen.filter(name => /^\d+x\d+$/.test(name));
const chosenShapes = chosen.filter(name => !chosenRuns.includes(name));
const threads = 2;

interface Shape {
  readonly name: 'opus' | 'shipped';
  readonly precision: Precision;
  /** With the ONNX files; those of CTranslate2 stand in the cache. */
  readonly folder: string;
}

const shapes: readonly Shape[] = (['opus', 'shipped'] as const).flatMap(name =>
  (['float32', 'int8'] as const).map(precision => ({
    name,
    precision,
    folder:
      name === 'shipped' && precision === 'int8'
        ? path.resolve('models/default')
        : path.join(cache, 'models', name, precision),
  })),
);

const runs = runsOf(chosenRuns);

function peersFor(): Peer[] {
  return [
    new Peer('Headlight', process.execPath, ['out/bench/speed/headlightPeer.js'], true),
    new Peer('transformers.js', process.execPath, ['bench/speed/transformersJsPeer.mjs', cache], false),
    new Peer('CTranslate2', path.join(cache, 'venv/bin/python'), ['bench/speed/ctranslate2_peer.py'], true),
  ];
}

async function main(): Promise<void> {
  for (const shape of shapes) {
    const names = [shape.name, `${shape.name}-${shape.precision}`];
    if (chosenShapes.length > 0 && !chosenShapes.some(name => names.includes(name))) continue;
    if (!existsSync(shape.folder)) throw new Error(`${shape.folder} is missing: bench/speed/build_models.py makes it`);
    await compare(shape);
  }
}

async function compare(shape: Shape): Promise<void> {
  const { folder } = await openModelFolder(shape.folder);
  const { architecture, generation } = folder;
  const exactly = shape.name === 'opus';
  const sources = exactly
    ? randomSources(architecture.vocabularySize)
    : sourceSentences.map(text => folder.tokenizer.encode(text, '<2es>').map(({ id }) => id));
  const peers = peersFor();
  try {
    console.log(`\n## ${shape.name}, ${shape.precision}, ${threads} threads\n`);
    const loads = new Map<string, number>();
    for (const peer of peers) {
      // CTranslate2 finds its files beside those of the cache, whatever folder the ONNX files ship in.
      const place =
        peer.name === 'CTranslate2' ? path.join(cache, 'models', shape.name, shape.precision) : shape.folder;
      const { loadMs } = await peer.ask<{ loadMs: number }>({
        kind: 'load',
        folder: place,
        precision: shape.precision,
        threads,
      });
      loads.set(peer.name, loadMs);
    }
    printHead();
    let single: number | undefined;
    for (const { beamCount, batchSize } of runs) {
      const request: RunRequest = {
        kind: 'run',
        sources: sources.slice(0, Math.max(4, batchSize)),
        batchSize,
        beamCount,
        newTokens: exactly ? (beamCount > 1 && batchSize > 8 ? 12 : 32) : 128,
        exactly,
        padTokenId: generation.padTokenId,
        eosTokenId: generation.eosTokenIds[0],
      };
      const rounds = await compareOnce(peers, request);
      if (beamCount === 1 && batchSize === 1)
        single = Math.max(...rounds.map(round => tokensPerSecond(round.get('Headlight')!)));
    }
    await printFloor(peers, shape, single);
    for (const peer of peers)
      console.log(
        `${peer.name}: load ${loads.get(peer.name)!.toFixed(0)} ms, peak memory ${peer.peakMemoryMb?.toFixed(0)} MB`,
      );
  } finally {
    for (const peer of peers) peer.dispose();
  }
}

/** `single`: tokens/s of one sentence, where that was measured. Of one token alone, each parameter of the decoder must come from memory once: no batch shares it. */
async function printFloor(
  peers: readonly Peer[],
  { folder, precision }: Shape,
  single: number | undefined,
): Promise<void> {
  const config = JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8'));
  const { d_model: width, decoder_layers: layers, decoder_ffn_dim: inner, vocab_size: vocabulary } = config;
  const parameters = layers * (6 * width * width + 2 * width * inner) + vocabulary * width;
  const bytes = parameters * (precision === 'int8' ? 1 : 4);
  const peer = peers.find(({ name }) => name === 'CTranslate2')!;
  const { bytesPerSecond } = await peer.ask<{ bytesPerSecond: number }>({ kind: 'bandwidth', threads });
  const floor = bytesPerSecond / bytes;
  const share = single === undefined ? '' : `; Headlight reaches ${((100 * single) / floor).toFixed(0)} %`;
  console.log(
    `\nMemory: ${(bytesPerSecond / 1e9).toFixed(1)} GB/s with ${threads} threads; ${(bytes / 1e6).toFixed(1)} MB of parameters a token, ` +
      `so at most ${floor.toFixed(0)} tokens/s from memory alone${share}\n`,
  );
}

void main();
