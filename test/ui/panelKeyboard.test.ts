// Every function of the attention panel by keyboard alone, and what assistive technology is told.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describeSelection } from '../../webview/words';
import { choose, complete, expectedReading, frames, painted, pick, readout, withPanel } from './harness/panelDriver';

const focus = (page: Page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '';
  });

async function tabTo(page: Page, wanted: string, limit = 40): Promise<void> {
  for (let press = 0; press < limit && (await focus(page)) !== wanted; press++) await page.keyboard.press('Tab');
  assert.equal(await focus(page), wanted);
}

describe('the attention panel by keyboard alone', () => {
  const open = withPanel();

  it('reaches every zone in order, with a visible focus', async () => {
    const page = await open({ output: 'sentence' });
    await complete(page);
    for (const stop of [
      'Sentence',
      'Next sentence',
      'Cross',
      'Method',
      'Words',
      'Find a word',
      'Export',
      'Help',
      'Text',
      'The',
      'Edit',
    ]) {
      await tabTo(page, stop);
      if (stop === 'Sentence' || stop === 'Method') continue; // the toolkit's own outline, inside its shadow root
      const outlined = await page.evaluate(() => {
        const active = document.activeElement!;
        const { outlineStyle } = getComputedStyle(active.shadowRoot?.querySelector('.control') ?? active);
        return outlineStyle !== 'none' || active.localName.startsWith('vscode-');
      });
      assert.ok(outlined, `${stop} has a visible focus`);
    }
    for (const stop of ['El', 'Heads', 'Sort heads', 'Layer 1, head 1 of 8'])
      if (stop !== 'Layer 1, head 1 of 8') await tabTo(page, stop);
    await page.keyboard.press('Tab');
    assert.match(await focus(page), /^Layer 1, head 1 of 8: sharpness/);
    for (const stop of [
      'Map',
      'Cells',
      'Zoom out',
      'Compare',
      'Attention grid',
      'Scale',
      'Steps',
      'Step of the output',
    ])
      await tabTo(page, stop);
  });

  it('walks words and cells, layers and heads', async () => {
    const page = await open({ output: 'sentence' });
    const aligned = await expectedReading('sentence');
    await tabTo(page, 'The');
    for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowRight');
    assert.equal(await readout(page), describeSelection(aligned, { row: undefined, column: 3 }));
    await tabTo(page, 'Attention grid');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    assert.equal(await readout(page), describeSelection(aligned, { row: 2, column: 1 }));
    await painted(page, () => page.keyboard.press(']')); // out of the alignment, into raw attention
    await painted(page, () => page.keyboard.press('PageUp'));
    assert.match(await page.locator('.place').first().innerText(), /layer 1 of 2, maximum of 8 heads$/);
    await painted(page, () => page.keyboard.press('['));
    await painted(page, () => page.keyboard.press('['));
    assert.match(await page.locator('.place').first().innerText(), /layer 1 of 2, head 8 of 8$/);
    await painted(page, () => page.keyboard.press('m'));
    assert.match(await page.locator('.place').first().innerText(), /mean of 8 heads$/);
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'How this cell came to be' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('region', { name: 'How this cell came to be' }).waitFor({ state: 'hidden' });
    await page.keyboard.press('+');
    await frames(page);
    assert.equal(await page.locator('.frame.zoomed').count(), 1);
    await page.keyboard.press('0');
    await page.keyboard.press('e');
    await page.waitForFunction(() => window.harness.exported !== undefined);
  });

  it('finds a word, chooses a head and another output', async () => {
    const page = await open({ output: 'sentence' });
    await complete(page);
    await tabTo(page, 'Attention grid');
    await page.keyboard.press('/');
    assert.equal(await focus(page), 'Find a word');
    await page.keyboard.type('resp');
    await page.keyboard.press('Enter');
    assert.equal(await focus(page), 'response');
    await tabTo(page, 'Sort heads');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await painted(page, () => page.keyboard.press('Enter'));
    assert.match(await page.locator('.place').first().innerText(), /layer 2 of 2, head 2 of 8$/);
    await page.keyboard.press('ArrowRight');
    await painted(page, () => page.keyboard.press('Shift+Enter'));
    await page.locator('.figure.other').waitFor();
    await tabTo(page, 'Step of the output', 60);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.target .text', { hasText: /El otra no/ }).waitFor();
  });

  it('reaches every control, each group of them as one stop', async () => {
    const page = await open({ output: 'sentence', height: 1400 });
    await painted(page, () => choose(page, 'Method', 'raw'));
    await complete(page);
    const reached = new Set<string>();
    for (let press = 0; press < 60; press++) {
      await page.keyboard.press('Tab');
      reached.add(await focus(page));
    }
    // By name: a list that follows the focus is made anew meanwhile.
    const missed = await page.evaluate(
      reached => {
        const nameOf = (control: Element) => control.getAttribute('aria-label') ?? control.textContent ?? '';
        const controls = 'button, input, textarea, vscode-dropdown, vscode-button';
        const groups = '[role="radiogroup"], [role="listbox"], .headGrid';
        return [...document.querySelectorAll(controls)]
          .filter(control => control.checkVisibility() && !reached.includes(nameOf(control)))
          .filter(control => {
            const others = control.closest(groups)?.querySelectorAll(controls) ?? [];
            return ![...others].some(other => reached.includes(nameOf(other)));
          })
          .map(nameOf);
      },
      [...reached],
    );
    assert.deepEqual(missed, []);
  });

  it('edits the output, hides sinks, compares, changes the drawing and folds a zone', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => choose(page, 'Method', 'raw'));
    await tabTo(page, 'Method');
    for (let press = 0; press < 2; press++) await page.keyboard.press('Tab');
    await painted(page, () => page.keyboard.press('Space'));
    await page.locator('.sinkControl', { hasText: 'hidden' }).waitFor();
    await tabTo(page, 'Edit');
    await page.keyboard.press('Enter');
    assert.equal(await focus(page), 'Output text');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('El servidor espera');
    await painted(page, () => page.keyboard.press('Enter'));
    assert.match(await page.locator('.target .text').innerText(), /^El servidor espera/);
    await page.locator('.figure.other').waitFor(); // beside the output as it was written
    await tabTo(page, 'Compare');
    await painted(page, () => page.keyboard.press('Enter'));
    await page.locator('.figure.other').waitFor({ state: 'hidden' });
    await page.keyboard.press('Shift+Tab');
    await tabTo(page, 'Cells', 60);
    await painted(page, () => page.keyboard.press('ArrowRight'));
    assert.equal(await page.locator('.lineView canvas').isVisible(), true);
    await painted(page, () => page.keyboard.press('ArrowRight'));
    await page.getByRole('region', { name: 'Attention as a table' }).waitFor();
    await tabTo(page, 'Steps', 60);
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('.steps').isVisible(), false);
  });

  it('moves radio groups with arrows, skipping what cannot be chosen', async () => {
    const page = await open({ output: 'sentence' });
    await tabTo(page, 'Cross');
    await painted(page, () => page.keyboard.press('ArrowRight'));
    assert.equal(await focus(page), 'Encoder');
    await painted(page, () => page.keyboard.press('ArrowLeft'));
    assert.equal(await focus(page), 'Cross');
  });

  for (const theme of ['dark', 'light', 'hc-black', 'hc-light'] as const) {
    it(`has no finding of axe in ${theme}`, async () => {
      const page = await open({ output: 'sentence', theme, width: 1000 });
      await page.getByRole('button', { name: 'Help' }).click();
      await painted(page, () => page.getByRole('button', { name: 'Compare' }).click());
      await complete(page);
      assert.deepEqual(await axeFindings(page), []);
      await painted(page, () => pick(page, 'Lines'));
      await painted(page, () => choose(page, 'Sort heads', 'entropy'));
      assert.deepEqual(await axeFindings(page), []);
      await painted(page, () => pick(page, 'Table'));
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('button', { name: 'Search for more outputs' }).click();
      await page.getByRole('list', { name: 'N-best list' }).getByRole('listitem').nth(3).waitFor();
      assert.deepEqual(await axeFindings(page), []);
    });
  }

  it('has no finding of axe in a cell taken apart, in an empty page and in a failure', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => choose(page, 'Method', 'raw'));
    await page.locator('.frame').first().press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'How this cell came to be' }).waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await page.evaluate(() => {
      window.harness.failing = { call: 'matrix 0 raw', code: 'attention-unavailable' };
      window.harness.show('plain');
    });
    await page.getByRole('alert').waitFor();
    assert.deepEqual(await axeFindings(page), []);
    assert.deepEqual(await axeFindings(await open({})), []);
  });
});

/** Findings of axe-core, as `rule: selector`. Evaluated, not loaded, so that the page's policy holds. */
async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
  return page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(node => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`),
    );
  });
}
