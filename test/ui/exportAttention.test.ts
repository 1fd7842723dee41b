// Export Attention from the palette in a real VS Code: the picker of formats, the save dialog, and what lies on the disk afterwards.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ExportFormat } from '../../src/model/attention/attentionDocument';
import { readDocument } from '../../src/model/attention/readDocument';
import { withWorkbench } from './withWorkbench';

/** Throws where `contents` are not what the format holds. */
const checks: Readonly<Record<ExportFormat, (contents: Buffer) => void>> = {
  png: contents => assert.equal(contents.toString('latin1', 0, 8), '\x89PNG\r\n\x1a\n'),
  svg: contents => assert.match(contents.toString(), /^<svg .*output word.*<\/svg>\s*$/s),
  csv: contents =>
    assert.match(contents.toString(), /^segment,row,rowName,column,columnName,weight\r\n0,0,\p{L}+,0,The,0\.\d+\r\n/u),
  json: contents => {
    const { method, source } = readDocument(contents.toString(), 'attention.json');
    assert.equal(method, 'alignment');
    assert.match(source, /^The server reads/);
  },
  pharaoh: contents => assert.match(contents.toString(), /^(\d+-\d+ ?)+\n(?:(\d+-\d+ ?)+\n)*$/),
};

describe('exporting attention from the palette', () => {
  let folder = '';
  const workbench = withWorkbench({
    prepareFolder: opened => {
      folder = opened;
    },
  });

  const dialog = () => workbench().page.locator('.quick-input-widget:visible');
  const fileOf = (format: ExportFormat) => path.join(folder, `attention.${format === 'pharaoh' ? 'txt' : format}`);

  const chooseFormat = (label: string) => workbench().runAndPick('Headlight: Export Attention', label);

  /** Waits for the dialog with the file that it proposes. */
  const proposed = async (format: ExportFormat) => {
    const { page } = workbench();
    const name = path.basename(fileOf(format));
    await page.waitForFunction(
      wanted => document.querySelector<HTMLInputElement>('.quick-input-widget input')?.value.endsWith(wanted),
      name,
    );
    await dialog().getByText('OK', { exact: true }).waitFor();
  };

  before(async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Show Attention');
    await workbench().webview().locator('main[data-stage="ready"]').waitFor();
  });

  for (const [format, label] of [
    ['png', 'PNG'],
    ['svg', 'SVG'],
    ['csv', 'CSV'],
    ['json', 'JSON'],
    ['pharaoh', 'Pharaoh'],
  ] as const)
    it(`writes ${label} where the save dialog says`, async () => {
      const { page } = workbench();
      await chooseFormat(label);
      await proposed(format);
      if (format === 'png') await workbench().screenshot('export-save-dialog');
      await page.keyboard.press('Enter');
      const done = workbench().notification('The attention was exported.');
      await done.waitFor();
      checks[format](readFileSync(fileOf(format)));
      if (format === 'csv') {
        await done.getByText('Open', { exact: true }).click();
        await workbench().editor('attention.csv').waitFor();
        await page.locator('.tab', { hasText: /^Attention/ }).click();
      } else {
        await done.hover();
        await done.locator('.codicon-notifications-clear').click();
      }
      await done.waitFor({ state: 'detached' });
    });

  it('writes nothing when the person gives up, in the picker or in the dialog', async () => {
    const { page } = workbench();
    await workbench().runCommand('Headlight: Export Attention');
    await dialog().locator('.monaco-list-row', { hasText: 'Pharaoh' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await chooseFormat('PNG');
    await proposed('png');
    const other = path.join(folder, 'other.png');
    await workbench().fillQuickInput(other);
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    assert.equal(existsSync(other), false);
    assert.equal(
      await workbench()
        .notification(/export/i)
        .count(),
      0,
    );
  });
});
