// Summarize Changes: the prose of what is staged in Git, its comments and documents, or of all changes when nothing is.

import * as vscode from 'vscode';
import type { ErrorReporter } from '../errorReporter';
import type { WriteBeside } from './writeBeside';

/** What is used of the API of VS Code's own Git extension. */
interface GitApi {
  readonly repositories: readonly GitRepository[];
  getRepository(uri: vscode.Uri): GitRepository | null;
}

interface GitRepository {
  diff(cached?: boolean): Promise<string>;
}

export class SummarizeChanges {
  constructor(
    private readonly writeBeside: WriteBeside,
    private readonly reporter: ErrorReporter,
  ) {}

  /** Resolves to the address of the output; undefined, and the person told, when there is nothing to read. */
  async start(): Promise<string | undefined> {
    const repository = await currentRepository();
    if (!repository) {
      this.reporter.inform(vscode.l10n.t('There is no Git repository in this window.'));
      return undefined;
    }
    const staged = await repository.diff(true);
    const diff = staged === '' ? await repository.diff(false) : staged;
    if (diff !== '') return this.writeBeside.startText('summarize', `${vscode.l10n.t('Changes')}.diff`, diff);
    this.reporter.inform(vscode.l10n.t('There are no changes to summarize.'));
    return undefined;
  }
}

/** That of the active editor, else the first one. */
async function currentRepository(): Promise<GitRepository | undefined> {
  const extension = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>('vscode.git');
  if (!extension) return undefined;
  const api = (await extension.activate()).getAPI(1);
  const uri = vscode.window.activeTextEditor?.document.uri;
  return (uri && api.getRepository(uri)) ?? api.repositories[0];
}
