// The attention panel where it lives: pulled by a real webview from a real extension host, hidden, shown, reloaded.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { Workbench } from './workbench';

describe('the attention panel in VS Code', () => {
  let workbench: Workbench;
  /** What the browser says about content policies. */
  const complaints: string[] = [];

  before(async () => {
    workbench = await Workbench.start();
    workbench.page.on('console', message => {
      if (/content security policy/i.test(message.text())) complaints.push(message.text());
    });
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench?.screenshot(`failed ${this.currentTest.title}`);
  });

  after(() => workbench?.stop());

  /** Two frames: what is on the page has been drawn. */
  const drawn = () =>
    workbench
      .webview()
      .locator('main')
      .evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const ready = async () => {
    await workbench.webview().locator('main[data-stage="ready"]').waitFor();
    await drawn();
  };
  const sourceText = () => workbench.webview().locator('.source .text').innerText();
  const place = () => workbench.webview().locator('.place').first().innerText();

  const cells = () =>
    workbench
      .webview()
      .locator('canvas.cells')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => [
        ...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data,
      ]);

  const showAttentionOfLine = async (line: number) => {
    await workbench.openFile('docs/installing.md');
    await workbench.selectLine(line);
    await workbench.runCommand('Headlight: Show Attention');
  };

  const choose = async (label: string, value: string) => {
    const dropdown = workbench.webview().locator(`vscode-dropdown[aria-label="${label}"]`);
    await dropdown.click();
    await dropdown.locator(`vscode-option[value="${value}"]`).click();
  };

  const hideAndShow = async () => {
    await workbench.webview().locator('h1').click(); // so that the next editor opens over the panel
    await workbench.openFile('docs/releases.txt');
    await workbench.page.locator('iframe.webview.ready').waitFor({ state: 'hidden' });
    await workbench.page.locator('.tab', { hasText: 'Attention' }).click();
    await ready();
  };

  it('draws a real model’s attention under its content policy', async () => {
    await showAttentionOfLine(5);
    await ready();
    await workbench.webview().getByRole('button', { name: 'Next sentence' }).click();
    await workbench.webview().locator('.source .token:not(.distant)', { hasText: 'installer' }).first().waitFor();
    await workbench.webview().getByRole('radio', { name: 'Encoder' }).click();
    await choose('Layer', '2');
    await workbench.webview().locator('.place', { hasText: 'layer 3' }).waitFor();
    await drawn();
    const bytes = await cells();
    assert.ok(new Set(bytes).size > 20, 'cells of many shades');
    assert.deepEqual(complaints, []);
    await workbench.screenshot('panel-in-workbench');
  });

  it('comes back as it was after it was hidden', async () => {
    const before = { text: await sourceText(), place: await place(), cells: await cells() };
    await hideAndShow();
    assert.deepEqual({ text: await sourceText(), place: await place(), cells: await cells() }, before);
  });

  it('comes back as it was after the window was reloaded', async () => {
    const before = { text: await sourceText(), place: await place(), cells: await cells() };
    // A reload of the page alone would lose what the window has not written down yet.
    await Promise.all([workbench.page.waitForEvent('load'), workbench.runCommand('Developer: Reload Window')]);
    await ready();
    assert.deepEqual({ text: await sourceText(), place: await place(), cells: await cells() }, before);
    assert.deepEqual(complaints, []);
  });

  it('shows a newer output in place of the one before, in the same view', async () => {
    await showAttentionOfLine(3);
    await workbench.webview().locator('.source', { hasText: 'The server reads' }).waitFor();
    await ready();
    assert.match(await place(), /layer 3/);
  });

  it('has one pin with the editors that show its texts', async () => {
    const { page } = workbench;
    await workbench.runCommand('View: Close All Editors');
    await showAttentionOfLine(3);
    await workbench.webview().locator('.source', { hasText: 'The server reads' }).waitFor();
    await ready();
    const pinned = (text: string) => workbench.webview().locator('.token.pinned', { hasText: text });
    await page.keyboard.press('Control+G');
    await workbench.fillQuickInput(':3:6'); // The s|erver reads
    await page.keyboard.press('Enter');
    await pinned('server').waitFor();
    const highlighted = async (expected: readonly string[]) => {
      let words: string[] = [];
      const areThese = async () => {
        words = await highlightedWords(page);
        return words.join() === expected.join();
      };
      await workbench.eventually(() => `highlights on “${expected}”, but: “${words}”`, areThese);
    };
    await highlighted(['server']);
    await workbench.screenshot('panel-pin-from-editor');
    await workbench.webview().locator('.source .token', { hasText: 'reads' }).first().click();
    await pinned('reads').waitFor();
    await highlighted(['reads']);
    await workbench.screenshot('panel-pin-to-editor');
    await hideAndShow();
    await pinned('reads').waitFor();
    await highlighted(['reads']);
    await pinned('reads').press('Escape');
    await workbench.webview().locator('.token.pinned').waitFor({ state: 'detached' });
    await highlighted([]);
    assert.deepEqual(complaints, []);
  });
});

/** The words of the editors that lie under a highlight, in the order of the page. */
function highlightedWords(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const highlights = [...document.querySelectorAll('.view-overlays [class*="ced-"]')].map(node =>
      node.getBoundingClientRect(),
    );
    const words: string[] = [];
    for (const line of document.querySelectorAll('.view-lines .view-line')) {
      const texts = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode())
        for (const { 0: word, index } of (text.textContent ?? '').matchAll(/[\p{L}\d]+/gu)) {
          const range = document.createRange();
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          const { left, right, top, bottom } = range.getBoundingClientRect();
          const middle = (top + bottom) / 2;
          const isUnder = (box: DOMRect) =>
            Math.abs(box.left - left) < 3 && Math.abs(box.right - right) < 3 && box.top < middle && middle < box.bottom;
          if (highlights.some(isUnder)) words.push(word);
        }
    }
    return words;
  });
}
