import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { HeadlightTestApi } from '../../../src/extension/testApi';
import {
  attentionPanels,
  closeEverything,
  documentAt,
  english,
  eventually,
  headlight,
  intoSpanish,
  lensesOf,
  longText,
  openAndSelectAll,
  openText,
  otherEnglish,
  outputDocuments,
  run,
  spanish,
  textBecomes,
  textOnFileSystem,
  translate,
  withSetting,
} from './support';

describe('Translate Selection', () => {
  let api: HeadlightTestApi;

  intoSpanish();
  before(async () => {
    api = await headlight();
  });

  it('writes the text of the engine into a document beside the editor, which keeps the focus', async () => {
    const editor = await openAndSelectAll(english);
    const output = await translate();
    const result = api.lastOutput()?.result;
    assert.equal(result?.source, english);
    assert.equal(result?.to, 'es');
    assert.ok(result.target.length > 20);
    await textBecomes(output, result.target);
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
    const beside = vscode.window.visibleTextEditors.find(({ document }) => document === output);
    assert.equal(beside?.viewColumn, vscode.ViewColumn.Two);
    assert.equal(vscode.workspace.fs.isWritableFileSystem(output.uri.scheme), false);
  });

  it('streams: the text only grows', async () => {
    await openAndSelectAll(longText(20_000));
    const texts: string[] = [];
    const subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (document.uri.scheme === 'headlight' && contentChanges.length > 0) texts.push(document.getText());
    });
    const output = await translate();
    const target = api.lastOutput()?.result.target ?? '';
    await textBecomes(output, target);
    subscription.dispose();
    assert.ok(texts.length >= 3, `${texts.length} changes`);
    for (const [index, text] of texts.slice(1).entries())
      assert.ok(text.startsWith(texts[index]), `change ${index + 1} continues the one before`);
  });

  it('translates several selections in document order, with a blank line between', async () => {
    const content = `${english}\n---\n${otherEnglish}`;
    const second = english.length + 5;
    await openText(content, [
      [second, content.length],
      [0, english.length],
    ]);
    const output = await translate();
    const last = api.lastOutput()?.result;
    assert.equal(last?.source, otherEnglish);
    await closeEverything();
    await openAndSelectAll(english);
    await translate();
    await textBecomes(output, `${api.lastOutput()?.result.target}\n\n${last.target}`);
  });

  it('translates the whole document when nothing is selected, line breaks kept', async () => {
    const content = `${english}\n\n${otherEnglish}\n`;
    await openText(content);
    const output = await translate();
    const result = api.lastOutput()?.result;
    assert.equal(result?.source, content);
    await textBecomes(output, result.target);
    assert.deepEqual(output.getText().match(/\n+/g), ['\n\n', '\n']);
  });

  it('sends a text that is in the target language already to the other one', async () => {
    await openAndSelectAll(spanish);
    await translate();
    assert.equal(api.lastOutput()?.result.from, 'es');
    assert.equal(api.lastOutput()?.result.to, 'en');
  });

  it('says so when there are no words', async () => {
    await openText(' \n\t\n');
    assert.equal(await run('translateSelection'), undefined);
    assert.match(api.lastSentence() ?? '', /no words/);
    assert.deepEqual(outputDocuments(), []);
  });

  it('uses the column of an output that is shown already', async () => {
    await openAndSelectAll(english);
    await translate();
    await openAndSelectAll(otherEnglish);
    await translate();
    assert.equal(vscode.window.tabGroups.all.length, 2);
  });

  it('runs twice at once, and both outputs are whole', async () => {
    await openAndSelectAll(otherEnglish);
    await translate();
    const alone = api.lastOutput()?.result.target ?? '';
    await closeEverything();

    const long = longText(20_000);
    await openAndSelectAll(long);
    const first = translate();
    await eventually('the first output', () => outputDocuments().length === 1);
    await openAndSelectAll(otherEnglish);
    const second = await translate();
    const firstDocument = await first;
    await textBecomes(second, alone);
    await eventually('all lines', () => firstDocument.lineCount === long.split('\n').length);
    assert.notEqual(firstDocument.uri.toString(), second.uri.toString());
  });

  it('shows the attention of what was translated in a panel', async () => {
    await openAndSelectAll(english);
    await translate();
    await run('showAttention');
    await eventually('the panel', () => attentionPanels().length > 0);
  });

  it('offers to run again where the text was not kept, and does', async () => {
    await openAndSelectAll(english);
    const output = await translate();
    const { target } = api.lastOutput()?.result ?? {};
    assert.ok(target);
    await textBecomes(output, target);
    const address = output.uri.toString();
    await vscode.commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
    await eventually('the text to be forgotten', async () => /not kept/.test(await textOnFileSystem(output.uri)));
    const lenses = await lensesOf(output.uri);
    assert.deepEqual(
      lenses.map(lens => lens.command?.command),
      ['headlight.runAgain'],
    );
    assert.equal(await run('runAgain', address), address);
    await textBecomes(await documentAt(address), target);
  });

  it('does not take another document for the untitled one that was closed', async () => {
    const { document } = await openAndSelectAll(english);
    const address = (await run<string>('translateSelection'))!;
    const output = await documentAt(address);
    const text = api.lastOutput()?.result.target ?? '';
    await textBecomes(output, text);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await eventually('the source to close', () => document.isClosed);
    // VS Code gives the name to its next untitled document.
    const next = await vscode.window.showTextDocument(document.uri, { viewColumn: vscode.ViewColumn.One });
    await next.edit(edit => edit.insert(new vscode.Position(0, 0), otherEnglish));
    assert.equal(await run('runAgain', address), undefined);
    assert.match(api.lastSentence() ?? '', /was closed/);
    assert.equal(output.getText(), text);
  });

  it('explains a document that it knows nothing of', async () => {
    const document = await documentAt('headlight:/Translation%20of%20x.txt?nothing');
    assert.match(document.getText(), /not kept/);
    const lenses = await lensesOf(document.uri);
    assert.deepEqual(lenses, []);
  });

  it('translates with beams when the setting asks for them', async () => {
    await withSetting('beamCount', 4, async () => {
      await openAndSelectAll(english);
      const output = await translate();
      await textBecomes(output, api.lastOutput()?.result.target ?? '');
    });
  });

  it('says once that the model cannot read the text, for all selections together', async () => {
    const model = path.resolve(__dirname, '../../../../test/fixtures/models/t5Split');
    const unreadable = 'the cat sees `key` here';
    await withSetting('translationModel', model, () =>
      withSetting('targetLanguage', 'de', async () => {
        await openText(`${unreadable}\n${unreadable}`, [
          [0, unreadable.length],
          [unreadable.length + 1, 2 * unreadable.length + 1],
        ]);
        await translate();
        assert.match(api.lastSentence() ?? '', /^The model "t5Split" cannot read \d+ % of this text, such as `; /);
      }),
    );
  });
});
