// The attention panel in every theme and width: pictures to look at, and colours that follow.

import assert from 'node:assert/strict';
import { cellPixels } from '../support/cellPixels';
import { screenshot } from './harness/panelBrowser';
import { cellBytes, colorsOf, expectedReading, frames, painted, withPanel, word } from './harness/panelDriver';

describe('the attention panel in every theme', () => {
  const open = withPanel();

  for (const theme of ['dark', 'light', 'hc-black', 'hc-light'] as const) {
    it(`takes the colours of the theme ${theme}, also when it changes`, async () => {
      const page = await open({ output: 'sentence', theme: theme === 'dark' ? 'light' : 'dark' });
      await painted(page, () => page.evaluate(name => window.harness.setTheme(name), theme));
      const reading = await expectedReading('sentence');
      assert.deepEqual(await cellBytes(page), [...cellPixels(reading, colorsOf(theme), 'squareRoot')]);
      await word(page, 'target', 3).click();
      await frames(page);
      await screenshot(page, `pinned-${theme}`);
    });
  }

  for (const width of [350, 760, 1100, 1600]) {
    it(`fits a panel of ${width} pixels`, async () => {
      const page = await open({ output: 'sentence', width, height: 1100 });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(overflow, 0, 'the page does not scroll sideways');
      await screenshot(page, `width-${width}`);
    });
  }

  it('keeps the sentence in focus in sight when the panel gets narrower', async () => {
    const page = await open({ output: 'document', width: 1100 });
    const dropdown = page.locator('vscode-dropdown[aria-label="Sentence"]');
    await painted(page, () =>
      page.evaluate(() => window.harness.pin({ segmentIndex: 9, side: 'source', tokens: [1] })),
    );
    await dropdown
      .getByText(/^10 of/)
      .first()
      .waitFor({ state: 'attached' });
    const isInSight = () =>
      page.locator('.source .text').evaluate(text => {
        const [box, word] = [text, text.querySelector('.token:not(.distant)')!].map(node =>
          node.getBoundingClientRect(),
        );
        return word.top >= box.top && word.bottom <= box.bottom;
      });
    assert.ok(await isInSight());
    await page.setViewportSize({ width: 330, height: 900 });
    await frames(page);
    await frames(page);
    assert.ok(await isInSight());
  });

  it('stays readable with forced colours, and still with reduced motion', async () => {
    const page = await open({ output: 'sentence', theme: 'light', forcedColors: true, reducedMotion: true });
    await word(page, 'target', 3).click();
    const [color, background] = await word(page, 'source', 6).evaluate(element => {
      const style = getComputedStyle(element);
      return [style.color, style.backgroundColor];
    });
    assert.notEqual(color, background);
    const backgroundOf = (name: string) =>
      page.getByRole('radio', { name }).evaluate(element => getComputedStyle(element).backgroundColor);
    assert.notEqual(await backgroundOf('Cross'), await backgroundOf('Encoder'), 'what is chosen is seen');
    const moving = await page.evaluate(
      () => document.getAnimations().filter(animation => animation.playState === 'running').length,
    );
    assert.equal(moving, 0);
    await screenshot(page, 'forced-colors');
  });
});
