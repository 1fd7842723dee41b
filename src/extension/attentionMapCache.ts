// The attention maps of one output, computed once per segment and kept while there is room. Pure: knows no vscode.

import type { AttentionMaps } from '../model/attention/maps';
import { abortError, Cancelled, throwIfAborted } from '../model/errors';

interface Entry {
  readonly maps: Promise<AttentionMaps>;
  readonly controller: AbortController;
  /** How many callers still want it. */
  waiting: number;
  /** 0 until the maps are there. */
  sizeBytes: number;
}

export class AttentionMapCache {
  private readonly entries = new Map<number, Entry>(); // in order of use

  /**
   * `load` computes the maps of one segment. The segment not used for longest is forgotten when `budgetBytes` is passed;
   * the newest always stays.
   */
  constructor(
    private readonly load: (segmentIndex: number, signal: AbortSignal) => Promise<AttentionMaps>,
    private readonly budgetBytes: number,
  ) {}

  /** Callers of one segment share one computation; it is aborted when the last of them gives up. A failure is not kept. */
  async get(segmentIndex: number, signal: AbortSignal): Promise<AttentionMaps> {
    throwIfAborted(signal);
    const entry = this.entries.get(segmentIndex) ?? this.begin(segmentIndex);
    this.entries.delete(segmentIndex);
    this.entries.set(segmentIndex, entry);
    entry.waiting++;
    try {
      return await untilAborted(entry.maps, signal);
    } finally {
      entry.waiting--;
      if (entry.waiting === 0 && entry.sizeBytes === 0) this.drop(segmentIndex, entry);
    }
  }

  /** Forgets everything and aborts what is being computed. */
  clear(): void {
    for (const [segmentIndex, entry] of [...this.entries]) this.drop(segmentIndex, entry);
  }

  private begin(segmentIndex: number): Entry {
    const controller = new AbortController();
    const maps = this.load(segmentIndex, controller.signal).then(loaded => {
      entry.sizeBytes = sizeOf(loaded);
      this.trim(entry);
      return loaded;
    });
    const entry: Entry = { maps, controller, waiting: 0, sizeBytes: 0 };
    maps.catch(() => {}); // callers that gave up do not hear of it
    return entry;
  }

  private drop(segmentIndex: number, entry: Entry): void {
    if (this.entries.get(segmentIndex) === entry) this.entries.delete(segmentIndex);
    entry.controller.abort(new Cancelled());
  }

  private trim(newest: Entry): void {
    let sizeBytes = 0;
    for (const entry of this.entries.values()) sizeBytes += entry.sizeBytes;
    for (const [segmentIndex, entry] of this.entries) {
      if (sizeBytes <= this.budgetBytes) return;
      if (entry === newest || entry.sizeBytes === 0) continue;
      sizeBytes -= entry.sizeBytes;
      this.entries.delete(segmentIndex);
    }
  }
}

function sizeOf({ encoder, decoder, cross }: AttentionMaps): number {
  return Math.max(1, encoder.data.byteLength + decoder.data.byteLength + cross.data.byteLength);
}

function untilAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
