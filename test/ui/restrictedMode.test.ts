// A folder that nobody trusts: Headlight works with its own model, and the folder's settings choose no other.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withWorkbench } from './withWorkbench';

describe('in Restricted Mode', () => {
  const workbench = withWorkbench({
    restricted: true,
    prepareFolder: folder => {
      mkdirSync(path.join(folder, '.vscode'));
      const settings = { 'headlight.translationModel': '/nowhere/model' };
      writeFileSync(path.join(folder, '.vscode/settings.json'), JSON.stringify(settings));
    },
  });

  it('translates with the shipped model and ignores the model that the folder names', async () => {
    await workbench().page.getByText('Restricted Mode').first().waitFor();
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Translate Selection');
    const text = await workbench().waitForText('Translation of installing.md', /\.\s*$/);
    assert.match(text, /servidor/);
    await workbench().finished('Translation of installing.md');
    await workbench().screenshot('restricted-mode');
  });
});
