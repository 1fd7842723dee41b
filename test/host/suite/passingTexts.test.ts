import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { passingScheme } from '../../../src/extension/passingTexts';
import { closeEverything, documentAt, eventually, headlight, run } from './support';

describe('a text that is in no file', () => {
  before(headlight);
  afterEach(closeEverything);

  it('has an address of its own in every window', async () => {
    await vscode.env.clipboard.writeText('Open the file.');
    await run('translateClipboard');
    const { query } = await eventually('the document of the clipboard', () =>
      vscode.workspace.textDocuments.map(({ uri }) => uri).find(({ scheme }) => scheme === passingScheme),
    );
    assert.match(query, /^[\da-f]{8}-[\da-f-]{27}$/);
  });

  it('is gone in the next window, and is not an empty text there', async () => {
    await assert.rejects(async () => documentAt(`${passingScheme}:/Clipboard.txt?1`));
  });
});
