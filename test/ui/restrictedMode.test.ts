// A folder that names a model of its own: without trust Headlight works with the shipped model, with trust it takes the
// folder's.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withWorkbench } from './withWorkbench';

function nameModel(folder: string): void {
  mkdirSync(path.join(folder, '.vscode'));
  const settings = { 'headlight.translationModel': '/nowhere/model' };
  writeFileSync(path.join(folder, '.vscode/settings.json'), JSON.stringify(settings));
}

describe('a folder that names a model, in Restricted Mode', () => {
  const workbench = withWorkbench({ restricted: true, prepareFolder: nameModel });

  it('is translated with the shipped model', async () => {
    await workbench().page.getByText('Restricted Mode').first().waitFor();
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Translate Selection');
    await workbench().finished('Translation of installing.md');
    await workbench().waitForText('Translation of installing.md', /servidor/);
    await workbench().screenshot('restricted-mode');
  });
});

describe('a folder that names a model, trusted', () => {
  const workbench = withWorkbench({ prepareFolder: nameModel });

  it('is not translated with the shipped model', async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Translate Selection');
    await workbench().notification('/nowhere/model').waitFor();
  });
});
