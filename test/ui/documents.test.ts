// Whole documents, comments, the clipboard and changes in Git, as a person meets them in VS Code.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withWorkbench } from './withWorkbench';

const guide = `---
title: Guide
---

# Reading a file

Open the **settings** and read [the list](list.md) of \`options\`. The list has every option that can be
changed, and the name of the file in which it is kept.

| Option | What it does |
| --- | --- |
| \`path\` | The folder of the files |

\`\`\`js
open(); // stays as it is
\`\`\`

<details>
<summary>How do I install it?</summary>
Run the installer, then open the settings.
</details>

${Array.from({ length: 40 }, (_, index) => `Open the file number ${index} and read it.\n`).join('\n')}`;

const source = `import { open } from './files.js';

/**
 * Reads the file that the user has chosen in the window, and gives back
 * all of its lines. An empty file has no lines.
 *
 * @param {string} name The name of the file, without its folder.
 */
export function read(name) {
  return open(name).lines(); // The lines of the file.
}
`;

/** Nothing tells the language of it. */
const total = 'Total: 3\n';

describe('whole documents in VS Code', () => {
  const workbench = withWorkbench({
    settings: {
      'headlight.targetLanguage': 'es',
      'headlight.glossary': { folder: { es: 'directorio' } },
      'git.enabled': true,
    },
    prepareFolder: folder => {
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], { cwd: folder });
      writeFileSync(path.join(folder, 'guide.md'), guide);
      writeFileSync(path.join(folder, 'read.js'), source);
      writeFileSync(path.join(folder, 'total.txt'), total);
      git('init', '-q');
      git('add', '.');
      git('commit', '-q', '-m', 'Begin');
      appendFileSync(
        path.join(folder, 'guide.md'),
        '\nThe server now reads its configuration again when the file changes, so that it need not be started anew.\n',
      );
      git('add', '.');
    },
  });

  it('translates a Markdown document beside it, and both scroll together', async () => {
    await workbench().openFile('guide.md');
    await workbench().runCommand('Headlight: Translate Document');
    await workbench().finished('Translation of guide.md');
    const text = unwrap(await workbench().waitForText('Translation of guide.md', /directorio[\s\S]*<\/details>/));
    for (const kept of [
      'title: Guide',
      '](list.md)',
      '`options`',
      'open(); // stays as it is',
      '<summary>',
      '</details>',
    ])
      assert.ok(text.includes(kept), kept);
    assert.doesNotMatch(text, /Open the|How do I|The folder/);
    await workbench().screenshot('translate-document');
    assert.doesNotMatch(text, /servidor/);
    await workbench().page.keyboard.press('Control+End');
    const end = await workbench().waitForText('Translation of guide.md', /servidor/);
    assert.doesNotMatch(end, /title: Guide/);
    await workbench().closeEditors();
  });

  it('translates the comments of a source file in place, and one undo brings them back', async () => {
    await workbench().openFile('read.js');
    await workbench().runCommand('Headlight: Translate Comments in File');
    const text = unwrap(await workbench().waitForText('read.js', /archivo/));
    for (const kept of [
      "import { open } from './files.js';",
      ' * @param {string} name ',
      'return open(name).lines(); //',
    ])
      assert.ok(text.includes(kept), kept);
    assert.doesNotMatch(text, /Reads the file|The lines of/);
    await workbench().screenshot('translate-comments');
    await workbench().page.keyboard.press('Control+Z');
    await workbench().waitForText('read.js', /Reads the file[\s\S]*The lines of the/);
  });

  it('copies a translation, and translates what the clipboard holds', async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Copy Translation');
    await workbench().page.locator('.statusbar').getByText('Headlight copied the translation').waitFor();
    await workbench().screenshot('copy-translation');
    // Spanish in the clipboard goes to the other language.
    await workbench().runCommand('Headlight: Translate Clipboard');
    const label = 'Translation of Clipboard.txt';
    await workbench().finished(label);
    await workbench().waitForText(label, /server[\s\S]*configuration/);
    await workbench().screenshot('translate-clipboard');
    await workbench().closeEditors();
  });

  it('summarizes a document and the changes that are staged, and says how much was read', async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().runCommand('Headlight: Summarize Document or Comments');
    await workbench().finished('Summary of installing.md');
    await workbench().waitForText('Summary of installing.md', /Paragraphs read: 5/);
    await workbench().screenshot('summarize-document');
    await workbench().closeEditors();
    await workbench().runCommand('Headlight: Summarize Changes');
    const label = 'Summary of Changes.txt';
    await workbench().finished(label);
    await workbench().waitForText(label, /Paragraphs read: 1/);
    await workbench().screenshot('summarize-changes');
    await workbench().closeEditors();
  });

  it('translates the comment under the pointer, where that is wanted', async () => {
    await workbench().openFile('read.js');
    await workbench().runCommand('Headlight: Translate on Hover');
    await workbench().page.locator('.statusbar').getByText('hovers show translations').waitFor();
    const hover = await workbench().hoverUntil('read.js', 'window', 'Headlight translation');
    assert.match(await hover.innerText(), /archivo/);
    await workbench().page.waitForTimeout(500); // it fades in
    await workbench().screenshot('translate-on-hover');
    await workbench().page.keyboard.press('Escape');
    await workbench().page.mouse.move(0, 0);
  });

  it('is told that a file is in another language, and remembers it', async () => {
    await workbench().openFile('total.txt');
    await workbench().selectLine(1);
    await workbench().runCommand('Headlight: Translate Selection');
    await workbench().finished('Translation of total.txt');
    await workbench().page.locator('.codelens-decoration a').filter({ hasText: 'Other Language?' }).click();
    await workbench().fillQuickInput('English');
    await workbench().screenshot('choose-source-language');
    await workbench().acceptQuickPick('English');
    const direction = workbench().page.locator('.codelens-decoration').getByText('English → Spanish');
    await direction.waitFor();
    await workbench().closeEditors();
    await workbench().openFile('total.txt');
    await workbench().runCommand('Headlight: Translate Document');
    await direction.waitFor();
    await workbench().screenshot('source-language-chosen');
  });
});

/** The text without the line breaks that wrapping put into it. */
function unwrap(text: string): string {
  return text.replaceAll('\n', '');
}
