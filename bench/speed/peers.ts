// The libraries that are compared, each in a process of its own that takes the same requests.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { GraphDevice } from '../../src/model/types';
import { peakMemoryMb } from '../measure';

export interface LoadRequest {
  readonly kind: 'load';
  readonly folder: string;
  readonly precision: Precision;
  readonly threads: number;
  /** Where Headlight runs. Default: the CPU. */
  readonly device?: GraphDevice;
}

export interface RunRequest {
  readonly kind: 'run';
  /** Token ids of each source, special tokens included. */
  readonly sources: readonly (readonly number[])[];
  /** So many sources at once. */
  readonly batchSize: number;
  readonly beamCount: number;
  readonly newTokens: number;
  /** Every output has `newTokens` tokens: the end token never comes. */
  readonly exactly: boolean;
  readonly padTokenId: number;
  readonly eosTokenId: number;
}

export interface RunAnswer {
  /** Of the best output of each source, end tokens counted. */
  readonly tokens: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  /** From the request to the first token of the first source. Undefined or null: not told. */
  readonly firstTokenMs?: number | null;
}

export type PeerRequest = LoadRequest | RunRequest;
export type Precision = 'float32' | 'int8' | 'float16';

export class Peer {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly answers: AsyncIterator<string>;
  private readonly reader: Interface;

  constructor(
    readonly name: string,
    command: string,
    args: readonly string[],
    /** False: it has greedy search only. */
    readonly hasBeams: boolean,
  ) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stderr.on('data', text => process.env.BENCH_VERBOSE && process.stderr.write(text));
    this.reader = createInterface({ input: this.child.stdout });
    this.answers = this.reader[Symbol.asyncIterator]();
  }

  async ask<Answer>(request: PeerRequest | { readonly kind: 'bandwidth'; readonly threads: number }): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`${this.name} ended at ${JSON.stringify(request).slice(0, 200)}`);
    return JSON.parse(value) as Answer;
  }

  get peakMemoryMb(): number | undefined {
    return peakMemoryMb(this.child.pid!);
  }

  dispose(): void {
    this.reader.close();
    this.child.kill();
  }
}
