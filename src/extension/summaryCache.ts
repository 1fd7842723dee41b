// Remembers work by what it was asked: running, so that two askers share it, and done, so that nobody waits twice. Pure.

import { Cancelled } from '../model/errors';

interface Entry<Value> {
  readonly promise: Promise<Value>;
  readonly controller: AbortController;
  askerCount: number;
  finished: boolean;
  value: Value | undefined;
}

/** Least recently used entries leave first; failures leave at once, so that the next asker tries again. */
export class SummaryCache<Value> {
  private readonly entries = new Map<string, Entry<Value>>();

  constructor(private readonly limit: number) {}

  /** The finished value for `key`, if there is one. */
  finished(key: string): Value | undefined {
    return this.entries.get(key)?.value;
  }

  /**
   * The value for `key`: known, on its way, or begun now by `start`. An asker that loses interest calls `abandon`; when the
   * last one has, the work is cancelled. One that only stops waiting does nothing, and the work goes on.
   */
  ask(key: string, start: (signal: AbortSignal) => Promise<Value>): { value: Promise<Value>; abandon: () => void } {
    const entry = this.entries.get(key) ?? this.begin(key, start);
    this.entries.delete(key); // put again at the end: the order of a Map is the order of use
    this.entries.set(key, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.limit) break;
      this.entries.delete(oldest);
    }
    entry.askerCount++;
    let abandoned = false;
    const abandon = () => {
      if (abandoned) return;
      abandoned = true;
      entry.askerCount--;
      if (entry.askerCount > 0 || entry.finished) return;
      this.forget(key, entry);
      entry.controller.abort(new Cancelled());
    };
    return { value: entry.promise, abandon };
  }

  /** Cancels what runs and forgets everything. */
  clear(): void {
    const entries = [...this.entries.values()];
    this.entries.clear();
    for (const entry of entries) if (!entry.finished) entry.controller.abort(new Cancelled());
  }

  private begin(key: string, start: (signal: AbortSignal) => Promise<Value>): Entry<Value> {
    const controller = new AbortController();
    const promise = start(controller.signal);
    const entry: Entry<Value> = { promise, controller, askerCount: 0, finished: false, value: undefined };
    promise.then(
      value => {
        entry.finished = true;
        entry.value = value;
      },
      () => {
        entry.finished = true;
        this.forget(key, entry);
      },
    );
    return entry;
  }

  private forget(key: string, entry: Entry<Value>): void {
    if (this.entries.get(key) === entry) this.entries.delete(key);
  }
}
