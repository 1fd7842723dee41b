// The languages that a person said texts are in: by file for this workspace, by document for this window. Pure.

import type { Memory } from './outputRecords';

const memoryKey = 'sourceLanguages';
/** The files that were corrected last. */
const fileLimit = 500;

export class SourceLanguages {
  private readonly ofThisWindow = new Map<string, string>();

  /** `passingSchemes`: addresses of these mean another text in the next window. */
  constructor(
    private readonly memory: Memory,
    private readonly passingSchemes: readonly string[],
  ) {}

  /** Undefined: detected. `uri`: as a string. */
  of(uri: string): string | undefined {
    if (this.isPassing(uri)) return this.ofThisWindow.get(uri);
    return this.all.find(([file]) => file === uri)?.[1];
  }

  /** `language` undefined: detected again. */
  async set(uri: string, language: string | undefined): Promise<void> {
    if (this.isPassing(uri)) {
      if (language === undefined) this.ofThisWindow.delete(uri);
      else this.ofThisWindow.set(uri, language);
      return;
    }
    const others = this.all.filter(([file]) => file !== uri);
    const all = language === undefined ? others : [[uri, language] as const, ...others];
    await this.memory.update(memoryKey, all.slice(0, fileLimit));
  }

  /** `uri`: of a document that closed; another one may take its address. */
  forget(uri: string): void {
    this.ofThisWindow.delete(uri);
  }

  private isPassing(uri: string): boolean {
    return this.passingSchemes.some(scheme => uri.startsWith(`${scheme}:`));
  }

  private get all(): readonly (readonly [uri: string, language: string])[] {
    return this.memory.get<readonly (readonly [string, string])[]>(memoryKey, []);
  }
}
