import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HeadlightTestApi } from '../../../src/extension/testApi';
import { eventually, headlight, intoSpanish, openAndSelectAll, textBecomes, translate, withSetting } from './support';

const source = 'The function parseConfig returns 42.';

describe('words that belong together', () => {
  let api: HeadlightTestApi;

  intoSpanish();
  before(async () => {
    api = await headlight();
  });

  const openBoth = async () => {
    const editor = await openAndSelectAll(source);
    const output = await translate();
    await textBecomes(output, api.lastOutput()!.result.target);
    const beside = vscode.window.visibleTextEditors.find(({ document }) => document === output)!;
    return { editor, beside };
  };

  const putCaretAt = (editor: vscode.TextEditor, word: string) => {
    const position = editor.document.positionAt(editor.document.getText().indexOf(word) + 1);
    editor.selection = new vscode.Selection(position, position);
  };

  it('are highlighted from the caret in the source, and from the caret in the output', async () => {
    const { editor, beside } = await openBoth();
    putCaretAt(editor, 'parseConfig');
    await eventually('the name in the output is highlighted', () => {
      const {
        source: [word],
        target: [linked] = [],
      } = api.alignedRanges() ?? { source: [] };
      return (
        linked && editor.document.getText(word) === 'parseConfig' && beside.document.getText(linked) === 'parseConfig'
      );
    });
    await vscode.window.showTextDocument(beside.document, beside.viewColumn);
    putCaretAt(vscode.window.activeTextEditor!, '42');
    await eventually('the number in the source is highlighted', () => {
      const [range] = api.alignedRanges()?.source ?? [];
      return range !== undefined && editor.document.getText(range) === '42';
    });
  });

  it('are not highlighted when the setting is off', async () => {
    await withSetting('highlightAlignedWords', false, async () => {
      const { editor } = await openBoth();
      putCaretAt(editor, 'parseConfig');
      await new Promise(resolve => setTimeout(resolve, 500));
      assert.equal(api.alignedRanges(), undefined);
    });
  });
});
