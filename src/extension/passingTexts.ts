// Texts that are in no file, such as what the clipboard holds, as documents that can be read again for a while. They are never dirty:
// nobody is asked to save them.

import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';

export const passingScheme = 'headlight-text';
/** The newest ones are kept. */
const textLimit = 20;

export class PassingTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly subscription = vscode.workspace.registerTextDocumentContentProvider(passingScheme, this);

  /**
   * `name`: ends as files of its language do. The document is found under the address until newer ones take its place; no other window
   * gives the same address to another text.
   */
  add(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: passingScheme, path: `/${name}`, query: randomUUID() });
    this.texts.set(uri.query, text);
    for (const oldest of this.texts.keys()) {
      if (this.texts.size <= textLimit) break;
      this.texts.delete(oldest);
    }
    return uri;
  }

  /** Undefined for a text of an earlier window: there is no such document any more. */
  provideTextDocumentContent({ query }: vscode.Uri): string | undefined {
    return this.texts.get(query);
  }

  dispose(): void {
    this.subscription.dispose();
  }
}
