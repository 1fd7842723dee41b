// A selection replaced by its translation, and brought back.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { withWorkbench } from './withWorkbench';

describe('a selection', () => {
  const workbench = withWorkbench();

  it('is replaced by its translation, and one undo brings it back', async () => {
    const original = readFileSync('sample/docs/installing.md', 'utf8').split('\n')[2] ?? '';
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Replace Selection with Translation');
    const replaced = await workbench().waitForText('installing.md', /El servidor/);
    assert.ok(!unwrap(replaced).includes(original), 'the original is gone');
    assert.ok(unwrap(replaced).includes('Before you install a new version'), 'the rest is as it was');
    await workbench().screenshot('replaced');
    await workbench().page.keyboard.press('Control+Z');
    const restored = await workbench().waitForText('installing.md', /The server reads/);
    assert.ok(unwrap(restored).includes(original));
    await workbench().screenshot('replace-undone');
  });
});

/** The text without the line breaks that wrapping put into it. */
function unwrap(text: string): string {
  return text.replaceAll(' \n', ' ');
}
