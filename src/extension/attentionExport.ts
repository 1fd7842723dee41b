// Writes what an attention panel shows into a file that the person chooses.

import * as vscode from 'vscode';
import { attentionFile } from '../client/attentionFormats';
import type { AttentionPicture, ExportFormat } from '../model/attention/attentionDocument';
import type { PanelExport } from '../protocol/webview';
import type { PanelAnswers } from './panelAnswers';

interface FormatItem extends vscode.QuickPickItem {
  readonly format: ExportFormat;
}

/**
 * Writes what a panel shows, and asks for format and file where they are not chosen. Nothing is written when the person gives up.
 * Errors: those of the engine and of the file system.
 */
export async function exportShown(shown: PanelExport, answers: PanelAnswers): Promise<void> {
  const { choice } = shown;
  const format = choice.format ?? (await chooseFormat());
  if (!format) return;
  const uri = choice.file === undefined ? await chooseFile(format) : vscode.Uri.parse(choice.file, true);
  if (!uri) return;
  const { signal } = new AbortController();
  const contents = await attentionFile(format, {
    document: kind => answers.document(shown, kind === 'pharaoh' ? 'alignment' : shown.method, signal),
    pictures: async () => [pictureOf(shown)],
  });
  await vscode.workspace.fs.writeFile(
    uri,
    typeof contents === 'string' ? new TextEncoder().encode(contents) : contents,
  );
  if (choice.file === undefined) await offerToOpen(uri);
}

function chooseFile(format: ExportFormat): Thenable<vscode.Uri | undefined> {
  const extension = format === 'pharaoh' ? 'txt' : format;
  return vscode.window.showSaveDialog({
    filters: { [format.toUpperCase()]: [extension] },
    defaultUri: defaultFile(`attention.${extension}`),
    title: vscode.l10n.t('Export Attention'),
  });
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

function pictureOf({ picture }: PanelExport): AttentionPicture {
  const { rows, columns, weights } = picture;
  return { ...picture, weights: { rowCount: rows.length, columnCount: columns.length, data: weights } };
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
