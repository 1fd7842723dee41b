// What the engine is told of a document, whole or in part.

import * as vscode from 'vscode';
import type { CharacterRange } from '../model/types';
import type { DocumentParams } from '../protocol/engine';
import { offsetsOf } from './textLocation';

/** A selection in a longer document is read on its own: the document goes to the engine with it. */
const longestAround = 200_000;

/** `visible`: what an editor shows of it, else its beginning. */
export function wholeDocument(document: vscode.TextDocument): DocumentParams {
  const editor = vscode.window.visibleTextEditors.find(shown => shown.document === document);
  const [range] = editor?.visibleRanges ?? [];
  return { ...formatOf(document), visible: range ? offsetsOf(document, range) : [0, 0] };
}

/** A selection: what of it is prose is told by the document that it stands in. */
export function pieceOf(document: vscode.TextDocument, [start]: CharacterRange): DocumentParams {
  const text = document.getText();
  const within = text.length <= longestAround ? { text, start } : undefined;
  return { ...formatOf(document), isFragment: true, within };
}

export function formatOf({ uri, languageId }: vscode.TextDocument): DocumentParams {
  return { format: 'auto', languageId, fileName: uri.path };
}
