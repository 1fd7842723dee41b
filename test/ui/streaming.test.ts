// A long document: its translation grows while it is read, and can be stopped.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withWorkbench } from './withWorkbench';

const outputLabel = 'Translation of long.txt';

describe('the translation of a long document', () => {
  const workbench = withWorkbench({
    settings: { 'headlight.beamCount': 8 }, // slow enough to be watched
    prepareFolder: folder => {
      const paragraphs = readFileSync('sample/docs/releases.txt', 'utf8');
      // No sentence twice: one that was translated before is there at once.
      const copies = Array.from({ length: 600 }, (_, index) => paragraphs.replace(/\.(?=\s)/g, ` ${index}.`));
      writeFileSync(path.join(folder, 'long.txt'), copies.join('\n'));
    },
  });

  it('appears piece by piece, what was shown stays, and a cancelled run ends', async () => {
    await workbench().openFile('long.txt');
    const readNotes = await workbench().recordEditor(outputLabel);
    await workbench().runCommand('Headlight: Translate Selection');
    const shown = await growth(readNotes);
    for (const [index, text] of shown.slice(1).entries())
      assert.ok(text.startsWith(shown[index] ?? ''), `"${text}" continues "${shown[index]}"`);
    await workbench().screenshot('streaming');
    await workbench().page.locator('.codelens-decoration a').filter({ hasText: 'Cancel' }).click();
    await workbench().finished(outputLabel);
    await workbench()
      .page.locator('.codelens-decoration')
      .getByText(/Cancell?ed/)
      .waitFor();
    await workbench().screenshot('cancelled');
  });

  /** The first texts that were seen, on one line each. */
  async function growth(readNotes: () => Promise<string[]>): Promise<string[]> {
    let texts: string[] = [];
    const isGrown = async () => {
      texts = await readNotes();
      return texts.length >= 4;
    };
    await workbench().eventually(() => 'the translation to grow', isGrown);
    return texts.map(text => text.replace(/\s+/g, ' '));
  }
});
