// Keeps the source and the translation of a whole document at the same place while either is scrolled.

import * as vscode from 'vscode';

/** Revealing a line in one editor makes its own event, which must not come back. */
const echoMs = 150;

export class ScrollLink implements vscode.Disposable {
  /** Address of a document -> that of its other side. */
  private readonly sides = new Map<string, string>();
  private echoUntil = 0;
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.follow(textEditor)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.unlink(uri.toString())),
    ];
  }

  /** A newer link of one of them takes the place of the older one. */
  link(source: vscode.Uri, target: vscode.Uri): void {
    this.unlink(source.toString());
    this.sides.set(source.toString(), target.toString());
    this.sides.set(target.toString(), source.toString());
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private unlink(address: string): void {
    const other = this.sides.get(address);
    this.sides.delete(address);
    if (other !== undefined) this.sides.delete(other);
  }

  private follow(moved: vscode.TextEditor): void {
    const address = this.sides.get(moved.document.uri.toString());
    if (address === undefined || Date.now() < this.echoUntil) return;
    const other = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === address);
    const [visible] = moved.visibleRanges;
    if (!other || !visible) return;
    this.echoUntil = Date.now() + echoMs;
    // Wrapped prose may take other lines than its source: the same share of the document is the same place.
    const share = visible.start.line / Math.max(1, moved.document.lineCount);
    const line = Math.min(other.document.lineCount - 1, Math.round(share * other.document.lineCount));
    other.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.AtTop);
  }
}
