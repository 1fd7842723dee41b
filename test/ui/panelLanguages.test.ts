// The panel in other languages than English: every word of its own is translated, and fits.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { screenshot } from './harness/panelBrowser';
import { choose, frames, painted, withPanel } from './harness/panelDriver';

const readBundle = (language: string): Record<string, string> =>
  JSON.parse(readFileSync(`l10n/bundle.l10n.${language}.json`, 'utf8'));

/** Words on the page, in names and in tooltips, but for those of model and texts. */
function wordsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const foreign =
      '.token, .rowText, .stepPlace strong, .legendTicks, kbd, script, style, title, .tableView th[scope=row], td';
    const found: string[] = [];
    for (const element of document.querySelectorAll('body *')) {
      if (element.closest('[data-choice=output] vscode-option')) continue;
      for (const name of ['aria-label', 'title', 'placeholder', 'aria-roledescription', 'aria-description']) {
        const value = element.getAttribute(name);
        if (value) found.push(value);
      }
      if (element.closest(foreign)) continue;
      for (const node of element.childNodes)
        if (node.nodeType === Node.TEXT_NODE && node.textContent?.trim()) found.push(node.textContent.trim());
    }
    return found;
  });
}

describe('the panel in another language', () => {
  const open = withPanel();

  it('says every word of its own in it, whatever is shown', async () => {
    const marked = Object.fromEntries(Object.keys(readBundle('es')).map(text => [text, `⟦${text}⟧`]));
    const page = await open({ output: 'sentence', language: 'xx', translations: marked });
    const seen = new Set<string>();
    const look = async () => {
      await frames(page);
      for (const text of await wordsOf(page))
        if (/\p{L}{2}/u.test(text.replaceAll(/⟦.*⟧|“[^”]*”|softmax|\bv\b/gsu, ''))) seen.add(text);
    };
    await look();
    for (const method of ['raw', 'norm', 'rollout', 'occlusion', 'raw']) {
      await painted(page, () => choose(page, '⟦Method⟧', method));
      await look();
    }
    for (const value of ['encoder', 'decoder', 'sentences', 'subwords', 'lines', 'table', 'cells']) {
      await page.locator(`[data-value=${value}]`).click();
      await look();
    }
    await page.locator('.heatmap .frame').first().click();
    await page.locator('.formula dl').waitFor();
    await look();
    await page.getByText('⟦Search for more outputs⟧').click();
    await page.locator('.hypotheses li').first().waitFor();
    await look();
    await page.getByText('⟦Compare⟧').click();
    await page.getByText('⟦Help⟧').click();
    await look();
    await painted(page, () => page.evaluate(() => window.harness.show('summary')));
    await look();
    assert.deepEqual([...seen], []);
  });

  for (const language of ['es', 'fr', 'pt-br'])
    it(`fits its words into a panel of 260 pixels in ${language}`, async () => {
      const page = await open({
        output: 'sentence',
        language,
        translations: readBundle(language),
        width: 260,
        height: 1400,
      });
      await page.locator('vscode-button', { hasText: readBundle(language).Help }).click();
      await screenshot(page, `language-${language}`);
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('button, vscode-button, .choiceLabel, h2, h3, p, dt, dd')]
          .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
          .map(({ textContent }) => textContent),
      );
      assert.deepEqual(cut, []);
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('button, vscode-button, vscode-dropdown, input')]
          .filter(element => element.getBoundingClientRect().right > innerWidth)
          .map(element => element.textContent || element.getAttribute('aria-label')),
      );
      assert.deepEqual(outside, []);
    });
});
