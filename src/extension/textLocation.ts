// Names a piece of a document so that it can be found again: in a command's argument, in a hover's link, after a reload.

import * as vscode from 'vscode';
import type { CharacterRange } from '../model/types';

export interface TextLocation {
  readonly uri: string;
  /** In document order, without overlap. Empty: the whole document. */
  readonly ranges: readonly CharacterRange[];
  /** True: all prose of the document, as its format tells it from the rest. Absent: the text as it is. */
  readonly whole?: boolean;
}

export interface LocatedText {
  readonly document: vscode.TextDocument;
  /** In document order, without overlap; at least one. */
  readonly ranges: readonly CharacterRange[];
}

/** The selections of an editor, or its whole document when nothing is selected. */
export function locationOfEditor({ document, selections }: vscode.TextEditor): TextLocation {
  const ranges = selections.filter(selection => !selection.isEmpty).map(selection => offsetsOf(document, selection));
  ranges.sort((a, b) => a[0] - b[0]); // VS Code keeps them in the order they were made
  return { uri: document.uri.toString(), ranges };
}

/** Opens the document; ranges that reach past its end are cut there. Rejects for a document that is not there any more. */
export async function openLocation({ uri, ranges }: TextLocation): Promise<LocatedText> {
  const isOpen = () => vscode.workspace.textDocuments.some(document => document.uri.toString() === uri);
  // VS Code would make an empty document of that name.
  if (uri.startsWith('untitled:') && !isOpen()) throw new Error(`${uri} was closed`);
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
  const length = offsetAtEnd(document);
  if (ranges.length === 0) return { document, ranges: [[0, length]] };
  return { document, ranges: ranges.map(([start, end]) => [Math.min(start, length), Math.min(end, length)]) };
}

/** Calls with the address of each untitled document that closes: VS Code gives it to the next one. */
export function onDidCloseUntitled(closed: (uri: string) => void): vscode.Disposable {
  // A document that changes its language closes for a moment, without being closed.
  return vscode.workspace.onDidCloseTextDocument(({ uri, isUntitled, isClosed }) => {
    if (isUntitled && isClosed) closed(uri.toString());
  });
}

/** Command arguments come from anywhere: menus hand over a Uri, key bindings whatever a person wrote. */
export function isTextLocation(value: unknown): value is TextLocation {
  if (typeof value !== 'object' || value === null) return false;
  const { uri, ranges } = value as Partial<TextLocation>;
  return typeof uri === 'string' && Array.isArray(ranges) && ranges.every(isCharacterRange);
}

export function rangeOf(document: vscode.TextDocument, [start, end]: CharacterRange): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

export function offsetsOf(document: vscode.TextDocument, range: vscode.Range): CharacterRange {
  return [document.offsetAt(range.start), document.offsetAt(range.end)];
}

function offsetAtEnd(document: vscode.TextDocument): number {
  return document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
}

function isCharacterRange(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    value.every(offset => Number.isInteger(offset) && offset >= 0) &&
    value[0] <= value[1]
  );
}
