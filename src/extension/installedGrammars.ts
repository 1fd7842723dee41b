// The grammars that installed extensions contribute, as the parser takes them.

import * as vscode from 'vscode';
import type { GrammarSource } from '../model/text/formats/grammarSource';

interface ContributedLanguage {
  readonly id: string;
  readonly extensions?: readonly string[];
  readonly filenames?: readonly string[];
}

interface ContributedGrammar {
  readonly language?: string;
  readonly scopeName: string;
  readonly path: string;
  readonly injectTo?: readonly string[];
}

interface Contributions {
  readonly languages?: readonly ContributedLanguage[];
  readonly grammars?: readonly ContributedGrammar[];
}

/** Of every installed extension whose files are on this machine. Cheap: manifests are in memory, no grammar is read. */
export function installedGrammars(
  extensions: readonly vscode.Extension<unknown>[] = vscode.extensions.all,
): GrammarSource[] {
  const local = extensions.filter(({ extensionUri }) => extensionUri.scheme === 'file');
  const contributionsOf = ({ packageJSON }: vscode.Extension<unknown>) =>
    (packageJSON as { readonly contributes?: Contributions }).contributes ?? {};
  const languages = local.flatMap(extension => list(contributionsOf(extension).languages));
  return local.flatMap(extension =>
    list(contributionsOf(extension).grammars).flatMap(({ language, scopeName, path, injectTo }): GrammarSource[] => {
      if (typeof scopeName !== 'string' || typeof path !== 'string') return [];
      const own = languages.filter(({ id }) => language !== undefined && id === language);
      return [
        {
          scopeName,
          path: vscode.Uri.joinPath(extension.extensionUri, path).fsPath,
          languageIds: language === undefined ? [] : [language],
          extensions: own.flatMap(({ extensions }) => list(extensions)).map(name => name.toLowerCase()),
          fileNames: own.flatMap(({ filenames }) => list(filenames)).map(name => name.toLowerCase()),
          ...(injectTo ? { injectTo } : {}),
        },
      ];
    }),
  );
}

/** Manifests are written by hand. */
function list<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}
