// The read-only documents with the scheme `headlight`, beside the editor, in which outputs are written as they come.

import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { Cancelled } from '../model/errors';
import { encode, GrowingFile } from './growingFile';
import { lengthsOf, Output } from './output';
import { type OutputRecord, OutputRecords } from './outputRecords';
import type { PanelContent } from './panelOutput';
import { passingScheme } from './passingTexts';
import { RefreshTimer } from './refreshTimer';
import type { TaskKind } from './taskRunner';
import { type LocatedText, onDidCloseUntitled, type TextLocation } from './textLocation';

export const outputScheme = 'headlight';

/** A tab that is dragged to another group closes before it opens again. */
const closeGraceMs = 250;

interface OpenOutput {
  readonly uri: vscode.Uri;
  readonly output: Output;
  readonly refresh: RefreshTimer;
  /** The text at the last refresh. */
  readonly file: GrowingFile;
}

/**
 * A file system instead of a TextDocumentContentProvider, because VS Code closes documents of the latter on a window reload
 * and restores files. Texts live in memory only; after a reload a document says so and offers to run again.
 */
export class OutputDocuments implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly fileChanged = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.fileChanged.event;

  private readonly outputChanged = new vscode.EventEmitter<vscode.Uri>();
  /** Fires after the document of an output was refreshed. */
  readonly onDidRefresh = this.outputChanged.event;

  private readonly open = new Map<string, OpenOutput>();
  private readonly records: OutputRecords;
  private readonly subscriptions: vscode.Disposable[];
  private disposed = false;

  constructor(workspaceState: vscode.Memento) {
    this.records = new OutputRecords(workspaceState);
    this.subscriptions = [
      vscode.workspace.registerFileSystemProvider(outputScheme, this, {
        isCaseSensitive: true,
        isReadonly: new vscode.MarkdownString(vscode.l10n.t('This is output of Headlight. Copy it to edit it.')),
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => this.tabsClosed(closed)),
      onDidCloseUntitled(uri => this.sourceClosed(uri)),
    ];
  }

  /** Begins a new output for a text; with `replaced`, the one in that document begins again. */
  begin(kind: TaskKind, location: TextLocation, located: LocatedText, replaced?: vscode.Uri): OpenedOutput {
    const uri = replaced ?? outputUri(kind, located.document, randomUUID().slice(0, 8));
    const id = idOf(uri);
    this.cancel(uri);
    const refresh = new RefreshTimer(() => this.refresh(id));
    const output = new Output(lengthsOf(located.ranges), () => refresh.request(output.text.length));
    this.open.get(id)?.file.dispose();
    const file = new GrowingFile('', () => this.fileChanged.fire([{ type: vscode.FileChangeType.Changed, uri }]));
    this.open.set(id, { uri, output, refresh, file });
    void this.records.add({ id, kind, location });
    return { uri, output };
  }

  /** Shows the last changes at once. */
  flush(uri: vscode.Uri): void {
    this.open.get(idOf(uri))?.refresh.flush();
  }

  /** The output of a document; undefined when its text was not kept. */
  output(uri: vscode.Uri): Output | undefined {
    return this.open.get(idOf(uri))?.output;
  }

  /** Where the text of a document came from; undefined when that is not known any more. */
  record(uri: vscode.Uri): OutputRecord | undefined {
    return this.records.find(idOf(uri));
  }

  /** Every part of every open output that is finished, with the place of its text and of its source in their documents. */
  *finishedParts(): Generator<PlacedOutput> {
    for (const { uri, output } of this.open.values()) {
      const location = this.record(uri)?.location;
      for (const { index, start, content } of output.finishedParts)
        yield {
          content,
          source: location && { uri: vscode.Uri.parse(location.uri), start: location.ranges[index]?.[0] ?? 0 },
          target: { uri, start },
        };
    }
  }

  get anyRunning(): boolean {
    return [...this.open.values()].some(({ output }) => output.state.kind === 'running');
  }

  /** Stops the run that writes a document. */
  cancel(uri: vscode.Uri): void {
    this.output(uri)?.cancel(new Cancelled());
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const file = this.open.get(idOf(uri))?.file;
    const { modifiedAt, size } = file ?? { modifiedAt: 1, size: encode(this.forgottenText(uri)).byteLength };
    return { type: vscode.FileType.File, ctime: 0, mtime: modifiedAt, size };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.open.get(idOf(uri))?.file.read() ?? encode(this.forgottenText(uri));
  }

  watch(): vscode.Disposable {
    return { dispose() {} }; // changes are announced for every document, watched or not
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.disposed = true;
    for (const id of [...this.open.keys()]) this.forget(id);
    vscode.Disposable.from(...this.subscriptions, this.fileChanged, this.outputChanged).dispose();
  }

  private forgottenText(uri: vscode.Uri): string {
    const record = this.record(uri);
    if (!record) return vscode.l10n.t('The text of this document was not kept, and neither was where it came from.\n');
    return vscode.l10n.t(
      'The text of this document was not kept: Headlight writes no outputs to disk.\n' +
        'It came from {0}. Choose "Run Again" above to make it anew.\n',
      vscode.workspace.asRelativePath(vscode.Uri.parse(record.location.uri)),
    );
  }

  private refresh(id: string): void {
    const entry = this.open.get(id);
    if (!entry || this.disposed) return;
    entry.file.write(entry.output.text);
    this.outputChanged.fire(entry.uri);
  }

  private sourceClosed(uri: string): void {
    const outputs = [...this.open.values()].filter(({ uri: shown }) => this.record(shown)?.location.uri === uri);
    void this.records.forgetSource(uri);
    for (const output of outputs) this.outputChanged.fire(output.uri);
  }

  private tabsClosed(closed: readonly vscode.Tab[]): void {
    const uris = closed.map(tabUri).filter(uri => uri?.scheme === outputScheme);
    if (uris.length === 0) return;
    setTimeout(() => {
      if (this.disposed) return;
      const shown = new Set(
        vscode.window.tabGroups.all.flatMap(group => group.tabs.map(tab => tabUri(tab)?.toString())),
      );
      for (const uri of uris) if (uri && !shown.has(uri.toString())) this.forget(idOf(uri));
    }, closeGraceMs);
  }

  private forget(id: string): void {
    const entry = this.open.get(id);
    this.open.delete(id);
    entry?.refresh.dispose();
    entry?.file.dispose();
    entry?.output.cancel(new Cancelled('its document was closed'));
  }
}

/** Where a text begins in its document. */
export interface TextPlace {
  readonly uri: vscode.Uri;
  readonly start: number;
}

/** An output with the places of its text and of its source; undefined: in no document. */
export interface PlacedOutput {
  readonly content: PanelContent;
  readonly source: TextPlace | undefined;
  readonly target: TextPlace | undefined;
}

export interface OpenedOutput {
  readonly uri: vscode.Uri;
  readonly output: Output;
}

function idOf(uri: vscode.Uri): string {
  return uri.query;
}

/** The path ends in the name that the tab shows and from which VS Code takes the language. */
function outputUri(kind: TaskKind, { uri, languageId }: vscode.TextDocument, id: string): vscode.Uri {
  const fileName = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const sourceName = uri.scheme === passingScheme ? fileName.replace(/\.\w+$/, '') : fileName;
  const title =
    kind === 'translate'
      ? vscode.l10n.t('Translation of {0}', sourceName)
      : vscode.l10n.t('Summary of {0}', sourceName);
  // Anything but prose is shown as plain text, lest a language server takes the output for source code.
  const extension = languageId === 'markdown' ? '.md' : '.txt';
  const path = `/${title.endsWith(extension) ? title : title + extension}`;
  return vscode.Uri.from({ scheme: outputScheme, path, query: id });
}

function tabUri({ input }: vscode.Tab): vscode.Uri | undefined {
  return input instanceof vscode.TabInputText ? input.uri : undefined;
}
