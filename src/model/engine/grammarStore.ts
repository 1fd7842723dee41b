// Grammars of programming languages: those of the installed extensions first, the bundled ones where there is none. Runs in the
// parser's thread; reads files.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { loadWASM, OnigScanner, OnigString } from 'vscode-oniguruma';
import { type IGrammar, parseRawGrammar, Registry } from 'vscode-textmate';
import type { GrammarSource } from '../text/formats/grammarSource';
import { bundledLanguages, extensionOf } from '../text/formats/languages';

export interface GrammarStoreOptions {
  /** The folder with `onig.wasm` and `grammars/`: where the bundle lies. */
  readonly folder: string;
  readonly installed: readonly GrammarSource[];
}

let oniguruma: Promise<void> | undefined;

/** Grammars are loaded when first asked for, and kept. */
export class GrammarStore {
  readonly #folder: string;
  readonly #installed: readonly GrammarSource[];
  readonly #registry: Registry;

  constructor({ folder, installed }: GrammarStoreOptions) {
    this.#folder = folder;
    this.#installed = installed;
    this.#registry = new Registry({
      onigLib: this.#loadOniguruma(),
      loadGrammar: async scopeName => {
        for (const file of this.#filesOf(scopeName)) {
          try {
            return parseRawGrammar(readFileSync(file, 'utf8'), file);
          } catch {
            // An extension's file that is no grammar: VS Code does without it too.
          }
        }
        return null;
      },
      getInjections: scopeName =>
        this.#installed.filter(({ injectTo }) => injectTo?.includes(scopeName)).map(source => source.scopeName),
    });
  }

  /** The grammar of a language or a file; undefined when there is none for it. */
  async grammarFor(languageId: string | undefined, fileName: string | undefined): Promise<IGrammar | undefined> {
    const scopeName = this.#scopeOf(languageId, fileName);
    if (scopeName === undefined) return undefined;
    return (await this.#registry.loadGrammar(scopeName)) ?? undefined;
  }

  /** True for a language or a file that has a grammar. */
  knows(languageId: string | undefined, fileName: string | undefined): boolean {
    return this.#scopeOf(languageId, fileName) !== undefined;
  }

  #scopeOf(languageId: string | undefined, fileName: string | undefined): string | undefined {
    const languages = [
      ...this.#installed.filter(({ path: file }) => existsSync(file)),
      // A grammar of an older extension must not hide that the language is known.
      ...bundledLanguages.map(language => ({ ...language, languageIds: [language.languageId] })),
    ];
    if (languageId !== undefined && languageId !== 'plaintext') {
      const byId = languages.find(({ languageIds }) => languageIds.includes(languageId));
      if (byId) return byId.scopeName;
    }
    if (fileName === undefined) return undefined;
    const name = path.basename(fileName).toLowerCase();
    const extension = extensionOf(name);
    const found =
      languages.find(({ fileNames }) => fileNames.includes(name)) ??
      languages.find(({ extensions }) => extension !== '' && extensions.includes(extension));
    return found?.scopeName;
  }

  #filesOf(scopeName: string): string[] {
    const installed = this.#installed.filter(source => source.scopeName === scopeName).map(({ path: file }) => file);
    const bundled = bundledLanguages.find(language => language.scopeName === scopeName);
    return bundled ? [...installed, path.join(this.#folder, 'grammars', `${bundled.grammar}.json`)] : installed;
  }

  async #loadOniguruma() {
    oniguruma ??= loadWASM(readFileSync(path.join(this.#folder, 'onig.wasm')));
    await oniguruma;
    return {
      createOnigScanner: (patterns: string[]) => new OnigScanner(patterns),
      createOnigString: (text: string) => new OnigString(text),
    };
  }
}
