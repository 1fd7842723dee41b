import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { documentAt, eventually, headlight, intoSpanish, openText, run, textBecomes, withSetting } from './support';

const markdown = [
  '# The settings',
  '',
  'Open the **settings** and read [the list](list.md) of `options`.',
  '',
  '```js',
  'open(); // stays as it is',
  '```',
  '',
].join('\n');
const source = ['// Reads the settings from the file.', 'const open = "the file";', ''].join('\n');

describe('whole documents', () => {
  intoSpanish();

  it('translates a Markdown document beside it, with its code and markup', async () => {
    const api = await headlight();
    await openText(markdown, [], 'markdown');
    const output = await documentAt((await run<string>('translateDocument'))!);
    const target = api.lastOutput()?.result.target ?? '';
    await textBecomes(output, target);
    assert.ok(target.includes('open(); // stays as it is'), target);
    assert.ok(target.includes('](list.md)') && target.includes('`options`'));
    assert.equal(target.split('\n').length, markdown.split('\n').length);
    const { from, to, counts } = api.lastOutput()!.result;
    assert.ok(!target.includes('Open the'), JSON.stringify({ from, to, counts, target }));
  });

  it('translates the comments of a source file in place, in one step that can be undone', async () => {
    const { document } = await openText(source, [], 'javascript');
    assert.equal(await run('translateComments'), true);
    const [comment, code] = document.getText().split('\n');
    assert.match(comment, /^\/\/ \S/);
    assert.notEqual(comment, source.split('\n')[0]);
    assert.equal(code, source.split('\n')[1]);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), source);
  });

  it('replaces a part of a comment, its marks and the code around it kept', async () => {
    const text = [
      'const a = 1;',
      '/**',
      ' * Opens the file that the user has chosen in',
      ' * the window, and reads all of its lines.',
      ' */',
      'const b = "Open the file";',
      '',
    ].join('\n');
    const { document } = await openText(text, [[0, text.indexOf('Open the file"')]], 'javascript');
    assert.equal(await run('replaceSelection'), true);
    const lines = document.getText().split('\n');
    assert.deepEqual(
      [lines[0], lines[1], ...lines.slice(-3)],
      ['const a = 1;', '/**', ' */', 'const b = "Open the file";', ''],
    );
    const comment = lines.slice(2, -3);
    assert.ok(
      comment.every(line => line.startsWith(' * ')),
      comment.join('|'),
    );
    assert.match(comment.join(' '), /archivo/);
    assert.doesNotMatch(comment.join(' '), /Opens|window/);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), text);
  });

  it('joins the lines of a wrapped paragraph of plain text, and wraps it again', async () => {
    const api = await headlight();
    const text =
      'The server reads the configuration from a file when it\nstarts, and writes every change of it to the same\nfile when it ends.\n';
    await openText(text, [[0, text.length]]);
    const output = await documentAt((await run<string>('translateSelection'))!);
    const { target, segments } = api.lastOutput()!.result;
    await textBecomes(output, target);
    assert.equal(segments.length, 1);
    assert.ok(target.split('\n').length >= 3 && target.split('\n').every(line => line.length <= 60), target);
  });

  it('takes the word of a person on the language of a file, until it is to be detected again', async () => {
    const api = await headlight();
    // Nothing tells the language of these words.
    const { document } = await openText('Total: 3 items', [[0, 14]]);
    const chosen = async (pick: (items: vscode.QuickPickItem[]) => vscode.QuickPickItem | undefined) => {
      const { showQuickPick } = vscode.window;
      const answer = async (items: Promise<vscode.QuickPickItem[]>) => pick(await items);
      Object.assign(vscode.window, { showQuickPick: answer });
      try {
        await run('chooseSourceLanguage');
      } finally {
        Object.assign(vscode.window, { showQuickPick });
      }
    };
    await chosen(items => items.find(({ description }) => description?.startsWith('fr')));
    await withSetting('targetLanguage', 'en', async () => {
      await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
      await run('translateSelection');
      assert.equal(api.lastOutput()?.result.from, 'fr');
      await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
      await chosen(items => items[0]);
      await run('translateSelection');
      assert.notEqual(api.lastOutput()?.result.from, 'fr');
    });
  });

  it('copies a translation, and translates what the clipboard holds', async () => {
    await openText('Open the file.', [[0, 14]]);
    assert.equal(await run('copyTranslation'), true);
    const copied = await vscode.env.clipboard.readText();
    assert.match(copied, /archivo/);
    await vscode.env.clipboard.writeText('Open the file.');
    const dirtyCount = () => vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty).length;
    const before = dirtyCount();
    const output = await documentAt((await run<string>('translateClipboard'))!);
    await textBecomes(output, copied);
    // Nobody is asked to save what they never wrote.
    assert.ok(dirtyCount() <= before);
  });

  it('copies several selections, and one without words as it is', async () => {
    const text = 'Open the file.\n   \nClose the window.';
    await openText(text, [
      [0, 14],
      [15, 18],
      [19, text.length],
    ]);
    assert.equal(await run('copyTranslation'), true);
    const [first, blank, last, ...others] = (await vscode.env.clipboard.readText()).split('\n');
    assert.match(first, /archivo/);
    assert.equal(blank, '   ');
    assert.match(last, /ventana/);
    assert.deepEqual(others, []);
  });

  it('leaves a selection of code as it is and says why, but takes the words of a string', async () => {
    const api = await headlight();
    const code = 'const list = files.map(file => file.name);\nreturn list.filter(Boolean);\nshow("Open the file.");\n';
    const start = code.indexOf('Open');
    const { document } = await openText(code, [[0, code.indexOf('show')]], 'javascript');
    assert.equal(await run('replaceSelection'), false);
    assert.equal(document.getText(), code);
    assert.match(api.lastSentence() ?? '', /selection is code/);
    await openText(code, [[start, start + 14]], 'javascript');
    assert.equal(await run('copyTranslation'), true);
    assert.match(await vscode.env.clipboard.readText(), /archivo/);
  });

  it('sends who wants the comments of a text to the command for documents', async () => {
    const api = await headlight();
    await openText(markdown, [], 'markdown');
    assert.equal(await run('translateComments'), false);
    assert.match(api.lastSentence() ?? '', /no source code; "Translate Document"/);
  });

  it('summarizes the prose of a document and says how much it read', async () => {
    await openText(markdown, [], 'markdown');
    const output = await documentAt((await run<string>('summarizeDocument'))!);
    await eventually('the summary', () => /Paragraphs read: 2\. Parts summarized: 1\./.test(output.getText()));
  });

  it('puts the terms of the glossary in', async () => {
    await withSetting('glossary', { file: { es: 'fichero' } }, async () => {
      await openText('Open the file.', [[0, 14]]);
      assert.equal(await run('copyTranslation'), true);
    });
    assert.match(await vscode.env.clipboard.readText(), /fichero/);
  });
});
