// A long document: its translation grows while it is read, and can be stopped.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withWorkbench } from './withWorkbench';

const outputLabel = 'Translation of long.txt';

describe('the translation of a long document', () => {
  const workbench = withWorkbench({
    prepareFolder: folder => {
      const paragraphs = readFileSync('sample/docs/releases.txt', 'utf8');
      writeFileSync(path.join(folder, 'long.txt'), Array.from({ length: 60 }, () => paragraphs).join('\n'));
    },
  });

  it('appears piece by piece, what was shown stays, and a cancelled run ends', async () => {
    await workbench().openFile('long.txt');
    await workbench().runCommand('Headlight: Translate Selection');
    const shown = new Set<string>();
    for (let text = ''; text.length < 500; text = await workbench().readEditor(outputLabel)) shown.add(text.trimEnd());
    assert.ok(shown.size >= 3, `the text grew in ${shown.size} steps`);
    const steps = [...shown].map(text => text.replace(/\s+/g, ' '));
    for (const [index, text] of steps.slice(1).entries())
      assert.ok(text.startsWith(steps[index] ?? ''), `"${text}" continues "${steps[index]}"`);
    await workbench().screenshot('streaming');
    await workbench().page.locator('.codelens-decoration a').filter({ hasText: 'Cancel' }).click();
    await workbench().finished(outputLabel);
    await workbench().screenshot('cancelled');
  });
});
