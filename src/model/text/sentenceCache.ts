// Sentences that were translated before, by model, direction, options and text. Bounded. Pure: whoever owns it may keep it in a file.

/** What a search gave for a sentence: enough to write it again without the model. */
export interface CachedSentence {
  readonly tokenIds: readonly number[];
  readonly logProbabilities: readonly number[];
  readonly score: number;
  readonly truncated: boolean;
  /** Index of the source token that each target token was made from, -1 for none; absent when nobody needed it. */
  readonly links?: readonly number[];
  /** Searched with its spans as a constraint. */
  readonly constrained?: boolean;
}

/** About 50 MB of sentences. */
const defaultLimit = 20_000;

/** Forgets what was not asked for the longest. With the limit 0 it keeps nothing. */
export class SentenceCache {
  private readonly entries = new Map<string, CachedSentence>();

  constructor(private readonly limit = defaultLimit) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): CachedSentence | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry;
  }

  set(key: string, entry: CachedSentence): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.limit) return;
      this.entries.delete(oldest);
    }
  }

  clear(): void {
    this.entries.clear();
  }

  /** Oldest first. */
  all(): IterableIterator<[string, CachedSentence]> {
    return this.entries.entries();
  }
}
