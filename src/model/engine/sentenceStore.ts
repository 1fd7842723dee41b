// Keeps translated sentences: in memory always, in a file of the user's own where a setting asks for it. Runs in the engine process.

import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HeadlightError } from '../errors';
import { type CachedSentence, SentenceCache } from '../text/sentenceCache';

/** A larger file is halved when it is read; the newest sentences stay. */
const largestFileBytes = 32 * 2 ** 20;
const fileName = 'sentences.jsonl';
/** Nobody but its owner reads what somebody translated. */
const privateMode = 0o600;

export class SentenceStore {
  private readonly memory = new SentenceCache();
  private readonly kept = new Map<string, FileCache>();

  /** `folder`: where to keep the file; undefined: in memory only. Errors: `internal` for a folder that cannot be written. */
  cache(folder: string | undefined): SentenceCache {
    if (folder === undefined) return this.memory;
    let cache = this.kept.get(folder);
    if (!cache) {
      cache = new FileCache(path.join(folder, fileName));
      this.kept.set(folder, cache);
    }
    return cache;
  }

  /** Forgets every sentence, those in the file too. */
  clear(folder: string): void {
    this.memory.clear();
    this.kept.delete(folder);
    rmSync(path.join(folder, fileName), { force: true });
  }
}

/** A line of JSON for each sentence: `[key, sentence]`; a later line takes the place of an earlier one. */
class FileCache extends SentenceCache {
  constructor(private readonly file: string) {
    super();
    const text = this.read();
    const lines = text.split('\n');
    const isLarge = text.length > largestFileBytes;
    for (const line of isLarge ? lines.slice(Math.floor(lines.length / 2)) : lines) {
      const entry = entryOf(line);
      if (entry) super.set(...entry);
    }
    if (isLarge) this.rewrite();
  }

  override set(key: string, entry: CachedSentence): void {
    super.set(key, entry);
    this.use(() => appendFileSync(this.file, `${JSON.stringify([key, entry])}\n`, { mode: privateMode }));
  }

  private read(): string {
    return this.use(() => {
      mkdirSync(path.dirname(this.file), { recursive: true });
      writeFileSync(this.file, '', { flag: 'a', mode: privateMode });
      chmodSync(this.file, privateMode);
      return readFileSync(this.file, 'utf8');
    });
  }

  private rewrite(): void {
    const part = `${this.file}.${process.pid}`; // two windows may open a file at once
    const lines = [...this.all()].map(entry => `${JSON.stringify(entry)}\n`);
    this.use(() => {
      writeFileSync(part, lines.join(''), { mode: privateMode });
      renameSync(part, this.file);
    });
  }

  private use<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      throw new HeadlightError('internal', `${this.file}: translations cannot be kept: ${found}`, { found }, error);
    }
  }
}

/** Undefined for a line that was cut when the process ended. */
function entryOf(line: string): [string, CachedSentence] | undefined {
  if (!line.endsWith(']')) return undefined;
  try {
    const [key, entry] = JSON.parse(line) as [string, CachedSentence];
    return typeof key === 'string' && Array.isArray(entry?.tokenIds) ? [key, entry] : undefined;
  } catch {
    return undefined;
  }
}
