// Compares Headlight with transformers.js and CTranslate2: the same parameters, the same token ids, turn about, best of the rounds.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import { Peer, type Precision, type RunAnswer, type RunRequest } from './peers';
import { sourceSentences } from './sentences';

const [cache, ...chosen] = process.argv.slice(2);
const chosenRuns = chosen.filter(name => /^\d+x\d+$/.test(name));
const chosenShapes = chosen.filter(name => !chosenRuns.includes(name));
const threads = 2;
const roundCount = 3;

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

/** Beams and rows of the runs; so many sources in each. */
const runs = [1, 4]
  .flatMap(beamCount => [1, 8, 32].map(batchSize => ({ beamCount, batchSize })))
  .filter(({ beamCount, batchSize }) => chosenRuns.length === 0 || chosenRuns.includes(`${beamCount}x${batchSize}`));

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
    console.log(
      '| beams | batch | library | tokens/s | Headlight is | same round | tokens/CPU-s | Headlight is | first token ms |',
    );
    console.log('|---|---|---|---|---|---|---|---|---|');
    let single = 0;
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
      const able = peers.filter(peer => beamCount === 1 || peer.hasBeams);
      const rounds: Map<string, RunAnswer>[] = [];
      for (let round = 0; round <= roundCount; round++) {
        const answers = new Map<string, RunAnswer>();
        for (const peer of able) answers.set(peer.name, await peer.ask<RunAnswer>(request));
        if (round > 0) rounds.push(answers); // the first one warms up
      }
      printRows(able, beamCount, batchSize, rounds);
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

function tokensPerSecond({ tokens, wallMs }: RunAnswer): number {
  return (1000 * tokens) / wallMs;
}

function printRows(
  peers: readonly Peer[],
  beamCount: number,
  batchSize: number,
  rounds: readonly ReadonlyMap<string, RunAnswer>[],
): void {
  const speeds = (name: string) => rounds.map(round => tokensPerSecond(round.get(name)!));
  const own = speeds('Headlight');
  const perCpuOf = (name: string) =>
    Math.max(...rounds.map(round => (1000 * round.get(name)!.tokens) / round.get(name)!.cpuMs));
  for (const { name } of peers) {
    const answers = rounds.map(round => round.get(name)!);
    const found = speeds(name);
    const ratio = name === 'Headlight' ? '' : `${(Math.max(...own) / Math.max(...found)).toFixed(2)} x`;
    const each = name === 'Headlight' ? '' : found.map((speed, round) => (own[round] / speed).toFixed(2)).join(', ');
    const perCpu = perCpuOf(name);
    const cpuRatio = name === 'Headlight' ? '' : `${(perCpuOf('Headlight') / perCpu).toFixed(2)} x`;
    const firsts = answers.flatMap(({ firstTokenMs }) => (firstTokenMs ? [firstTokenMs] : []));
    const first = batchSize === 1 && beamCount === 1 && firsts.length > 0 ? Math.min(...firsts).toFixed(1) : '';
    console.log(
      `| ${beamCount} | ${batchSize} | ${name} | ${Math.max(...found).toFixed(0)} | ${ratio} | ${each} | ${perCpu.toFixed(0)} | ${cpuRatio} | ${first} |`,
    );
  }
}

/** Of one token alone, each parameter of the decoder must come from memory once: no batch shares it. */
async function printFloor(peers: readonly Peer[], { folder, precision }: Shape, single: number): Promise<void> {
  const config = JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8'));
  const { d_model: width, decoder_layers: layers, decoder_ffn_dim: inner, vocab_size: vocabulary } = config;
  const parameters = layers * (6 * width * width + 2 * width * inner) + vocabulary * width;
  const bytes = parameters * (precision === 'int8' ? 1 : 4);
  const peer = peers.find(({ name }) => name === 'CTranslate2')!;
  const { bytesPerSecond } = await peer.ask<{ bytesPerSecond: number }>({ kind: 'bandwidth', threads });
  const floor = bytesPerSecond / bytes;
  console.log(
    `\nMemory: ${(bytesPerSecond / 1e9).toFixed(1)} GB/s with ${threads} threads; ${(bytes / 1e6).toFixed(1)} MB of parameters a token, ` +
      `so at most ${floor.toFixed(0)} tokens/s from memory alone; Headlight reaches ${((100 * single) / floor).toFixed(0)} %\n`,
  );
}

/** The same in every run: sources of 24 to 40 tokens. */
function randomSources(vocabularySize: number): number[][] {
  let state = 1;
  const next = (below: number) => {
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  return Array.from({ length: 32 }, () => [
    ...Array.from({ length: 24 + next(17) }, () => 2 + next(vocabularySize - 3)),
    0,
  ]);
}

void main();
