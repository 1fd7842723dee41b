import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { HeadlightTestApi } from '../../../src/extension/testApi';
import { attentionPanels, closeEverything, english, eventually, headlight, openAndSelectAll, run } from './support';

describe('exporting attention', () => {
  let api: HeadlightTestApi;
  let folder: string;

  before(async () => {
    api = await headlight();
    folder = mkdtempSync(path.join(tmpdir(), 'headlight-export-'));
  });
  afterEach(closeEverything);
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Exports what is shown into a file and gives what is in it. */
  async function exported(format: string): Promise<Buffer> {
    const file = vscode.Uri.file(path.join(folder, `attention.${format}`));
    await run('exportAttention', { format, file: file.toString() });
    let sizeBefore = 0;
    return eventually(`the whole ${format} file`, () => {
      const bytes = existsSync(file.fsPath) ? readFileSync(file.fsPath) : Buffer.alloc(0);
      const isWhole = bytes.length > 0 && bytes.length === sizeBefore;
      sizeBefore = bytes.length;
      return isWhole && bytes;
    });
  }

  it('says what to do when nothing is shown', async () => {
    await run('exportAttention');
    assert.match(api.lastSentence() ?? '', /^Select a text first/);
  });

  it('writes every format of what a panel shows, and opens JSON again', async () => {
    await openAndSelectAll(english);
    await run('showAttention');
    const wordCount = english.split(' ').length;
    const links = (await exported('pharaoh')).toString();
    assert.match(links, /^(\d+-\d+ ?)+\n$/);
    assert.ok(links.split(' ').length > wordCount / 2, 'most words are linked');
    assert.match((await exported('csv')).toString(), /settings/);
    assert.match((await exported('svg')).toString(), /^<svg /);
    assert.equal((await exported('png')).toString('latin1', 1, 4), 'PNG');
    const document = JSON.parse((await exported('json')).toString());
    assert.equal(document.method, 'alignment');
    assert.equal(attentionPanels().length, 1);
    await run('openAttentionFile', vscode.Uri.file(path.join(folder, 'attention.json')));
    await eventually('a second panel', () => attentionPanels().length === 2);
  });
});
