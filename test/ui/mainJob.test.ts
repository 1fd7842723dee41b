// The main job, as a person does it in VS Code. `npm run try -- --check` runs this file alone.

import assert from 'node:assert/strict';
import { withWorkbench } from './withWorkbench';

describe('a person in VS Code', () => {
  const workbench = withWorkbench();

  it('selects an English paragraph and reads it in Spanish beside it', async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Translate Selection');
    await workbench().finished('Translation of installing.md');
    await workbench().waitForText('Translation of installing.md', /servidor[\s\S]*archivo/);
    await workbench().screenshot('translate');
  });

  it('selects a Spanish paragraph and reads it in English beside it', async () => {
    await workbench().openFile('docs/configuracion.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Translate Selection');
    await workbench().finished('Translation of configuracion.md');
    await workbench().waitForText('Translation of configuracion.md', /server[\s\S]*file/);
    await workbench().screenshot('translate-spanish');
  });

  it('rests the mouse on a long paragraph and reads its summary', async () => {
    await workbench().openFile('docs/releases.txt');
    const hover = await workbench().hoverUntil('releases.txt', 'connected', 'Headlight summary');
    await hover.getByRole('link', { name: 'Show Attention' }).waitFor();
    assert.match(await hover.innerText(), /page/);
    await workbench().page.waitForTimeout(500); // it fades in
    await workbench().screenshot('hover');
  });

  it('asks what the model looked at and sees its attention', async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(5);
    await workbench().runCommand('Headlight: Show Attention');
    const panel = workbench().webview();
    await panel.locator('canvas').first().waitFor();
    const word = panel.locator('.target .token').filter({ hasText: 'instalar' });
    await word.hover();
    const linked = panel.locator('.source .token.linked');
    await linked.waitFor();
    assert.match(await linked.innerText(), /install/);
    await workbench().screenshot('attention');
  });
});
