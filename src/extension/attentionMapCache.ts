// The attention maps of one output, computed once and kept while there is room. Pure: knows no vscode.

import type { MethodMaps } from '../model/attention/methods';
import { Cancelled, throwIfAborted, untilAborted } from '../model/errors';

/** What is kept of one segment, one output of it and one method. */
export type KeptMaps = Pick<MethodMaps, 'maps' | 'unavailable'>;

interface Entry {
  readonly maps: Promise<KeptMaps>;
  readonly controller: AbortController;
  /** How many callers still want it. */
  waiting: number;
  /** 0 until the maps are there. */
  sizeBytes: number;
}

export class AttentionMapCache {
  private readonly entries = new Map<string, Entry>(); // in order of use

  /** What was not used for longest is forgotten when `budgetBytes` is passed; the newest always stays. */
  constructor(private readonly budgetBytes: number) {}

  /**
   * Callers of one key share one computation by `load`; it is aborted when the last of them gives up. A failure is not kept.
   */
  async get(key: string, load: (signal: AbortSignal) => Promise<KeptMaps>, signal: AbortSignal): Promise<KeptMaps> {
    throwIfAborted(signal);
    const entry = this.entries.get(key) ?? this.begin(load);
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.waiting++;
    try {
      return await untilAborted(entry.maps, signal);
    } finally {
      entry.waiting--;
      if (entry.waiting === 0 && entry.sizeBytes === 0) this.drop(key, entry);
    }
  }

  /** Forgets everything and aborts what is being computed. */
  clear(): void {
    for (const [key, entry] of [...this.entries]) this.drop(key, entry);
  }

  private begin(load: (signal: AbortSignal) => Promise<KeptMaps>): Entry {
    const controller = new AbortController();
    const maps = load(controller.signal).then(loaded => {
      entry.sizeBytes = sizeOf(loaded);
      this.trim(entry);
      return loaded;
    });
    const entry: Entry = { maps, controller, waiting: 0, sizeBytes: 0 };
    maps.catch(() => {}); // callers that gave up do not hear of it
    return entry;
  }

  private drop(key: string, entry: Entry): void {
    if (this.entries.get(key) === entry) this.entries.delete(key);
    entry.controller.abort(new Cancelled());
  }

  private trim(newest: Entry): void {
    let sizeBytes = 0;
    for (const entry of this.entries.values()) sizeBytes += entry.sizeBytes;
    for (const [key, entry] of this.entries) {
      if (sizeBytes <= this.budgetBytes) return;
      if (entry === newest || entry.sizeBytes === 0) continue;
      sizeBytes -= entry.sizeBytes;
      this.entries.delete(key);
    }
  }
}

function sizeOf({ maps: { encoder, decoder, cross } }: KeptMaps): number {
  const sizes = [encoder, decoder, cross].map(map => map?.data.byteLength ?? 0);
  return Math.max(
    1,
    sizes.reduce((sum, size) => sum + size, 0),
  );
}
