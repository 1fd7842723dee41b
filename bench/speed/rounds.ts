// Rounds of one run, each library in turn, and the table of what came out.

import type { Peer, RunAnswer, RunRequest } from './peers';

const roundCount = 3;

export interface Run {
  readonly beamCount: number;
  /** Rows of a batch; so many sources are there. */
  readonly batchSize: number;
}

/** Greedy and four beams at 1, 8 and 32 rows; or those that are named, such as `4x32`. */
export function runsOf(names: readonly string[]): readonly Run[] {
  return [1, 4]
    .flatMap(beamCount => [1, 8, 32].map(batchSize => ({ beamCount, batchSize })))
    .filter(({ beamCount, batchSize }) => names.length === 0 || names.includes(`${beamCount}x${batchSize}`));
}

/** Runs a request in every peer that can, turn about, and prints its rows. The first peer is Headlight. */
export async function compareOnce(
  peers: readonly Peer[],
  request: RunRequest,
): Promise<readonly ReadonlyMap<string, RunAnswer>[]> {
  const { beamCount, batchSize } = request;
  const able = peers.filter(peer => beamCount === 1 || peer.hasBeams);
  const rounds: Map<string, RunAnswer>[] = [];
  for (let round = 0; round <= roundCount; round++) {
    const answers = new Map<string, RunAnswer>();
    for (const peer of able) answers.set(peer.name, await peer.ask<RunAnswer>(request));
    if (round > 0) rounds.push(answers); // the first one warms up
  }
  printRows(able, beamCount, batchSize, rounds);
  return rounds;
}

export function printHead(): void {
  console.log(
    '| beams | batch | library | tokens/s | Headlight is | same round | tokens/CPU-s | Headlight is | first token ms |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|');
}

export function tokensPerSecond({ tokens, wallMs }: RunAnswer): number {
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

/** The same in every run: sources of 24 to 40 tokens. */
export function randomSources(vocabularySize: number): number[][] {
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
