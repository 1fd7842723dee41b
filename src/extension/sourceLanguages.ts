// The languages that a person said files are in, by file, for this workspace. Pure.

import type { Memory } from './outputRecords';

const memoryKey = 'sourceLanguages';
/** The files that were corrected last. */
const fileLimit = 500;

export class SourceLanguages {
  constructor(private readonly memory: Memory) {}

  /** Undefined: detected. `uri`: as a string. */
  of(uri: string): string | undefined {
    return this.all.find(([file]) => file === uri)?.[1];
  }

  /** `language` undefined: detected again. */
  async set(uri: string, language: string | undefined): Promise<void> {
    const others = this.all.filter(([file]) => file !== uri);
    const all = language === undefined ? others : [[uri, language] as const, ...others];
    await this.memory.update(memoryKey, all.slice(0, fileLimit));
  }

  private get all(): readonly (readonly [uri: string, language: string])[] {
    return this.memory.get<readonly (readonly [string, string])[]>(memoryKey, []);
  }
}
