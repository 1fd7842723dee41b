// Writes what an attention panel shows into a file that the person chooses.

import * as vscode from 'vscode';
import { pngOf } from '../client/png';
import type { AttentionDocument, AttentionPicture, ExportFormat } from '../model/attention/attentionDocument';
import { documentJson } from '../model/attention/documentJson';
import { drawPictures } from '../model/attention/drawing';
import { csvOf, pharaohOf } from '../model/attention/exportText';
import { isUnavailable, type Unavailable } from '../model/attention/methods';
import { pixelsOf } from '../model/attention/pixels';
import { svgOf } from '../model/attention/svg';
import { HeadlightError } from '../model/errors';
import type { PanelExport } from '../protocol/webview';
import type { PanelAnswers } from './panelAnswers';

interface FormatItem extends vscode.QuickPickItem {
  readonly format: ExportFormat;
}

/** Asks for a format and a file. Nothing is written when the person gives up. Errors: those of the engine and of the file system. */
export async function exportShown(shown: PanelExport, answers: PanelAnswers): Promise<void> {
  const format = shown.format ?? (await chooseFormat());
  if (!format) return;
  const extension = format === 'pharaoh' ? 'txt' : format;
  const uri = await vscode.window.showSaveDialog({
    filters: { [format.toUpperCase()]: [extension] },
    defaultUri: defaultFile(`attention.${extension}`),
    title: vscode.l10n.t('Export Attention'),
  });
  if (!uri) return;
  await vscode.workspace.fs.writeFile(uri, await bytesOf(format, shown, answers));
  await offerToOpen(uri);
}

async function chooseFormat(): Promise<ExportFormat | undefined> {
  const { l10n } = vscode;
  const items: FormatItem[] = [
    { format: 'png', label: 'PNG', description: l10n.t('the map that is shown, as a picture') },
    { format: 'svg', label: 'SVG', description: l10n.t('the map that is shown, as a drawing') },
    { format: 'csv', label: 'CSV', description: l10n.t('the numbers of the map that is shown') },
    {
      format: 'json',
      label: 'JSON',
      description: l10n.t('every map of this method; Headlight opens it again, without the model'),
    },
    { format: 'pharaoh', label: 'Pharaoh', description: l10n.t('word alignments as i-j, a line for each sentence') },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: l10n.t('Export Attention') });
  return chosen?.format;
}

async function bytesOf(format: ExportFormat, shown: PanelExport, answers: PanelAnswers): Promise<Uint8Array> {
  const { signal } = new AbortController();
  const utf8 = new TextEncoder();
  switch (format) {
    case 'json':
      return utf8.encode(`${JSON.stringify(documentJson(await answers.document(shown, shown.method, signal)))}\n`);
    case 'pharaoh':
      return utf8.encode(pharaohOf(alignmentsOf(await answers.document(shown, 'alignment', signal))));
    case 'csv':
      return utf8.encode(csvOf([pictureOf(shown)]));
    case 'svg':
      return utf8.encode(svgOf(drawPictures([pictureOf(shown)])));
    case 'png':
      return pngOf(pixelsOf(drawPictures([pictureOf(shown)])));
  }
}

function pictureOf({ picture }: PanelExport): AttentionPicture {
  const { rows, columns, weights } = picture;
  return { ...picture, weights: { rowCount: rows.length, columnCount: columns.length, data: weights } };
}

function alignmentsOf({ segments }: AttentionDocument) {
  return segments.map(({ attention }) => {
    if (attention.kind !== 'alignment') throw new HeadlightError('internal', 'Pharaoh links are of method alignment');
    if (isUnavailable(attention.alignment)) throw unavailableError(attention.alignment);
    return attention.alignment;
  });
}

function unavailableError({ rule, found }: Unavailable): HeadlightError {
  return new HeadlightError('attention-unavailable', `no alignment, because ${rule}; found ${found}`, {
    file: 'alignment',
    rule,
    found,
  });
}

function defaultFile(name: string): vscode.Uri | undefined {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder && vscode.Uri.joinPath(folder, name);
}

async function offerToOpen(uri: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open');
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('The attention was exported.'), open);
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', uri);
}
