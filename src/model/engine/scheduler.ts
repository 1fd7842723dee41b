// Decides whose turn it is: one graph run at a time, what a person waits for before what they only hover. Runs in the engine process.

import type { Priority } from '../../protocol/engine';
import { abortError, throwIfAborted } from '../errors';

/** `document`: the further batches of a long text, which give way to everything else. */
export type TurnPriority = Priority | 'document';

interface Waiting {
  readonly priority: TurnPriority;
  readonly grant: () => void;
}

const order: readonly TurnPriority[] = ['interactive', 'hover', 'document'];

/** A lock with priorities. A long job takes it once for each batch, so that others get their turn between two batches. */
export class Scheduler {
  private readonly waiting: Waiting[] = [];
  private busy = false;

  /** Runs `turn` alone. Errors: those of `turn`; the abort reason when `signal` aborts before its turn comes. */
  async run<T>(priority: TurnPriority, signal: AbortSignal | undefined, turn: () => Promise<T>): Promise<T> {
    throwIfAborted(signal);
    await this.acquire(priority, signal);
    try {
      throwIfAborted(signal);
      return await turn();
    } finally {
      this.release();
    }
  }

  private acquire(priority: TurnPriority, signal: AbortSignal | undefined): Promise<void> {
    if (!this.busy) {
      this.busy = true;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(abortError(signal!));
      };
      const entry: Waiting = {
        priority,
        grant: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(entry);
    });
  }

  private release(): void {
    for (const priority of order) {
      const index = this.waiting.findIndex(entry => entry.priority === priority);
      if (index === -1) continue;
      const [entry] = this.waiting.splice(index, 1);
      entry.grant();
      return;
    }
    this.busy = false;
  }
}
