// The attention panel in a real browser, over made-up attention that the tests can compute again.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { panelSegment } from '../../src/extension/panelOutput';
import { layerOf } from '../../src/model/attention/maps';
import type { PanelMode } from '../../src/protocol/webview';
import { cellPixels, colorScale, type Rgb } from '../../webview/colorScale';
import { type Reading, readingOf } from '../../webview/reading';
import { describeSelection } from '../../webview/words';
import { PanelBrowser, type PanelPage, type PanelPageOptions, screenshot } from './harness/panelBrowser';
import { mapsOf, type OutputName, outputs } from './harness/panelFixtures';
import { type ThemeName, themes } from './harness/panelThemes';

/** What the panel should draw, computed here. */
function expectedReading(name: OutputName, mode: PanelMode, layerIndex: number, headIndex?: number): Reading {
  const content = outputs[name]();
  const map = mapsOf(content, 0)[mode === 'alignment' ? 'cross' : mode];
  const [, headCount, rowCount, columnCount] = map.shape;
  const layer = { shape: [headCount, rowCount, columnCount] as const, data: layerOf(map, layerIndex) };
  return readingOf(mode, panelSegment(content, 0), layer, headIndex, content.description.alignment);
}

function colorsOf(theme: ThemeName): Uint8ClampedArray {
  const rgb = (variable: string) =>
    [1, 3, 5].map(place =>
      Number.parseInt(themes[theme].variables[variable].slice(place, place + 2), 16),
    ) as unknown as Rgb;
  return colorScale(rgb('editor-background'), rgb('charts-blue'));
}

const paintCount = (page: Page) => page.evaluate(() => performance.getEntriesByName('headlight:cells').length);

/** Does something and waits until it has led to a new picture. */
async function painted(page: Page, act: () => Promise<unknown>): Promise<void> {
  const before = await paintCount(page);
  await act();
  await page.waitForFunction(count => performance.getEntriesByName('headlight:cells').length > count, before);
}

/** Two frames: what a pointer or a key asked for has been drawn. */
const frames = (page: Page) =>
  page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));

const cellBytes = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas.cells')!;
    return [...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data];
  });

const readout = async (page: Page) => {
  await frames(page);
  return page.locator('.readout').innerText();
};

const token = (page: Page, side: 'source' | 'target', index: number) =>
  page.locator(`.${side} .token[data-token="${index}"]`);

const dropdown = (page: Page, label: string) => page.locator(`vscode-dropdown[aria-label="${label}"]`);

async function choose(page: Page, label: string, value: string): Promise<void> {
  await dropdown(page, label).click();
  await dropdown(page, label).locator(`vscode-option[value="${value}"]`).click();
}

/** Where a cell lies, from the upper left corner of the frame. */
const cellPosition = (page: Page, row: number, column: number) =>
  page.evaluate(
    ([row, column]) => {
      const { offsetLeft, offsetTop, clientWidth, clientHeight, width, height } =
        document.querySelector<HTMLCanvasElement>('canvas.cells')!;
      return {
        x: offsetLeft + ((column + 0.5) * clientWidth) / width,
        y: offsetTop + ((row + 0.5) * clientHeight) / height,
      };
    },
    [row, column],
  );

describe('the attention panel in a browser', () => {
  let browser: PanelBrowser;
  let opened: PanelPage[] = [];

  const open = async (options: PanelPageOptions) => {
    const panel = await browser.open(options);
    opened.push(panel);
    if (options.output) await panel.page.locator('main[data-stage="ready"]').waitFor();
    await frames(panel.page);
    return panel.page;
  };

  before(async () => {
    browser = await PanelBrowser.launch();
  });

  after(() => browser?.close());

  afterEach(async () => {
    for (const { page, requests } of opened) {
      assert.deepEqual(await page.evaluate(() => window.harness.violations), [], 'violations of the content policy');
      assert.deepEqual(requests, [], 'network requests');
      await page.context().close();
    }
    opened = [];
  });

  it('draws the word alignment first, one pixel per cell in the colour of its weight', async () => {
    const page = await open({ output: 'sentence' });
    const expected = cellPixels(expectedReading('sentence', 'alignment', 0), colorsOf('dark'), 'squareRoot');
    assert.deepEqual(await cellBytes(page), [...expected]);
    await screenshot(page, 'alignment-dark');
  });

  it('draws any kind, layer and head that is chosen, and either scale', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => choose(page, 'Show', 'encoder'));
    await painted(page, () => choose(page, 'Layer', '3'));
    await painted(page, () => choose(page, 'Head', '5'));
    const reading = expectedReading('sentence', 'encoder', 3, 5);
    assert.deepEqual(await cellBytes(page), [...cellPixels(reading, colorsOf('dark'), 'squareRoot')]);
    await painted(page, () => choose(page, 'Scale', 'proportional'));
    assert.deepEqual(await cellBytes(page), [...cellPixels(reading, colorsOf('dark'), 'proportional')]);
    assert.match(await page.locator('.place').innerText(), /^Layer 4 of 4, head 6 of 8$/);
  });

  it('hatches what the decoder could not see yet instead of colouring it', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => choose(page, 'Show', 'decoder'));
    await frames(page);
    const bytes = await cellBytes(page);
    const reading = expectedReading('sentence', 'decoder', 0);
    const size = reading.columns.length;
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++)
        assert.equal(bytes[(row * size + column) * 4 + 3], column > row ? 0 : 255, `cell ${row}, ${column}`);
    const { x, y } = await cellPosition(page, 2, 9);
    const inked = await page.evaluate(
      ([x, y]) => {
        const context = document.querySelector<HTMLCanvasElement>('canvas.furniture')!.getContext('2d')!;
        return context.getImageData(x - 10, y - 10, 20, 20).data.some(value => value > 0);
      },
      [x, y],
    );
    assert.ok(inked, 'a hidden cell is hatched');
    await page.locator('.legendHatching', { hasText: 'later' }).waitFor();
    await screenshot(page, 'decoder-dark');
  });

  it('tints what a token looked at and says it in words', async () => {
    const page = await open({ output: 'sentence' });
    const reading = expectedReading('sentence', 'alignment', 0);
    await token(page, 'target', 3).hover();
    assert.equal(await readout(page), describeSelection(reading, { row: 3, column: undefined }));
    const tint = await token(page, 'source', 6).evaluate(element => element.style.getPropertyValue('--tint'));
    const weight = reading.weights[3 * reading.columns.length + 6];
    assert.ok(Math.abs(Number.parseFloat(tint) / 100 - Math.sqrt(weight) * 0.36) < 1e-3);
    assert.match((await token(page, 'source', 6).getAttribute('class'))!, /\btinted linked\b/);
    assert.doesNotMatch((await token(page, 'source', 12).getAttribute('class'))!, /\btinted\b/);
  });

  it('shows for a source token the output that read it', async () => {
    const page = await open({ output: 'sentence' });
    await token(page, 'source', 6).hover();
    const reading = expectedReading('sentence', 'alignment', 0);
    assert.equal(await readout(page), describeSelection(reading, { row: undefined, column: 6 }));
    assert.match((await token(page, 'target', 3).getAttribute('class'))!, /\btinted\b/);
  });

  it('keeps a pinned token, reads cells across it, and lets go with Escape', async () => {
    const page = await open({ output: 'sentence' });
    const reading = expectedReading('sentence', 'alignment', 0);
    await token(page, 'target', 3).click();
    await token(page, 'target', 8).hover();
    assert.equal(await readout(page), describeSelection(reading, { row: 3, column: undefined }));
    await token(page, 'source', 7).hover();
    assert.equal(await readout(page), describeSelection(reading, { row: 3, column: 7 }));
    assert.equal(await token(page, 'target', 3).getAttribute('aria-selected'), 'true');
    await page.mouse.move(1, 1);
    await page.keyboard.press('Escape');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    assert.match(await readout(page), /^Point at a word/);
  });

  it('links the cell under the pointer with its two tokens', async () => {
    const page = await open({ output: 'sentence' });
    await page.locator('.frame').hover({ position: await cellPosition(page, 4, 6) });
    const reading = expectedReading('sentence', 'alignment', 0);
    assert.equal(await readout(page), describeSelection(reading, { row: 4, column: 6 }));
    assert.match((await token(page, 'target', 4).getAttribute('class'))!, /\bactive\b/);
    assert.match((await token(page, 'source', 6).getAttribute('class'))!, /\blinked\b/);
  });

  it('is used by keyboard alone', async () => {
    const page = await open({ output: 'sentence' });
    const focus = () =>
      page.evaluate(() => {
        const { activeElement } = document;
        return activeElement?.getAttribute('aria-label') ?? activeElement?.getAttribute('data-token') ?? '';
      });
    const tabTo = async (wanted: string) => {
      for (let press = 0; press < 12 && (await focus()) !== wanted; press++) await page.keyboard.press('Tab');
      assert.equal(await focus(), wanted);
    };
    const aligned = expectedReading('sentence', 'alignment', 0);

    await tabTo('Sentence');
    await tabTo('Next sentence');
    await painted(page, () => page.keyboard.press('Enter'));
    await page.locator('.source', { hasText: 'Set the timeout' }).waitFor();
    await tabTo('Previous sentence');
    await painted(page, () => page.keyboard.press('Enter'));

    await tabTo('Show');
    await tabTo('0'); // the first source token
    for (let press = 0; press < 6; press++) await page.keyboard.press('ArrowRight');
    assert.equal(await readout(page), describeSelection(aligned, { row: undefined, column: 6 }));
    await page.keyboard.press('ArrowDown');
    assert.ok(Number(await focus()) > 8, 'the token on the line below');
    await page.keyboard.press('Tab');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await frames(page);
    assert.equal(await token(page, 'target', Number(await focus())).getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Escape');

    await tabTo('Attention grid');
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    assert.equal(await readout(page), describeSelection(aligned, { row: 2, column: 1 }));
    await painted(page, () => page.keyboard.press(']')); // out of the alignment, into cross attention
    assert.equal(
      await readout(page),
      describeSelection(expectedReading('sentence', 'cross', 0, 2), { row: 2, column: 1 }),
    );
    await painted(page, () => page.keyboard.press('PageDown'));
    await painted(page, () => page.keyboard.press('['));
    assert.match(await page.locator('.place').innerText(), /^Layer 2 of 2, head 2 of 8$/);
    await painted(page, () => page.keyboard.press('m'));
    const mean = expectedReading('sentence', 'cross', 1);
    assert.equal(await readout(page), describeSelection(mean, { row: 2, column: 1 }));
    await painted(page, () => page.keyboard.press('PageUp'));
    assert.match(await page.locator('.place').innerText(), /^Layer 1 of 2, mean of 8 heads$/);

    await page.keyboard.press('Shift+Tab'); // to the scale
    await page.keyboard.press('Shift+Tab'); // to the text
    await page.keyboard.press('Shift+Tab');
    for (let press = 0; press < 6 && (await focus()) !== 'Show'; press++) await page.keyboard.press('Shift+Tab');
    await painted(page, () => page.keyboard.press('ArrowDown'));
    assert.match(await page.locator('.axes').innerText(), /^Source word ↓/);
  });

  it('marks special and unknown tokens, and shows doubt as a dotted line', async () => {
    const page = await open({ output: 'sentence' });
    assert.match((await token(page, 'source', 0).getAttribute('class'))!, /\bbare\b/);
    const doubtful = page.locator('.target .token.doubtful');
    assert.equal(await doubtful.innerText(), 'se');
    assert.match((await doubtful.getAttribute('title'))!, /^Probability 24\s%$/);
    await painted(page, () => page.getByRole('button', { name: 'Next sentence' }).click());
    assert.equal(await page.locator('.token.unknown').innerText(), 'zyxw');
  });

  it('drops answers for an output or a choice that is not shown any more', async () => {
    const page = await open({ output: 'sentence' });
    await page.evaluate(() => {
      window.harness.delayMs = 150;
      window.harness.show('tokens128');
    });
    await page.waitForFunction(() => window.harness.calls.filter(call => call === 'map 0 cross 0').length === 2);
    await page.evaluate(() => window.harness.show('plain'));
    await page.locator('vscode-dropdown[aria-label="Head"]', { hasText: 'Mean of 4 heads' }).waitFor();
    await page.waitForTimeout(400);
    const expected = cellPixels(expectedReading('plain', 'cross', 0), colorsOf('dark'), 'squareRoot');
    assert.deepEqual(await cellBytes(page), [...expected]);
    const frame = page.locator('.frame');
    await frame.press('PageDown');
    await frame.press('PageDown');
    await frame.press('PageDown');
    await page.waitForFunction(() => window.harness.aborted.includes('map 0 cross 2'));
    await page.waitForTimeout(400);
    const last = cellPixels(expectedReading('plain', 'cross', 3), colorsOf('dark'), 'squareRoot');
    assert.deepEqual(await cellBytes(page), [...last]);
  });

  it('pulls a layer once', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => choose(page, 'Show', 'cross'));
    await painted(page, () => page.locator('.frame').press('PageDown'));
    await painted(page, () => page.locator('.frame').press('PageUp'));
    await painted(page, () => page.locator('.frame').press(']'));
    const calls = await page.evaluate(() => window.harness.calls);
    assert.deepEqual(calls, ['ready', 'segment 0', 'map 0 cross 0', 'map 0 cross 1']);
  });

  it('comes back as it was after it was hidden', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => page.getByRole('button', { name: 'Next sentence' }).click());
    await painted(page, () => choose(page, 'Show', 'encoder'));
    await painted(page, () => choose(page, 'Layer', '2'));
    await painted(page, () => choose(page, 'Head', '4'));
    const before = await cellBytes(page);
    await page.reload();
    await page.locator('main[data-stage="ready"]').waitFor();
    await frames(page);
    assert.deepEqual(await cellBytes(page), before);
    assert.match(await page.locator('.place').innerText(), /^Layer 3 of 4, head 5 of 8$/);
    assert.match(await page.locator('.source .text').innerText(), /Set the timeout/);
    const saved = await page.evaluate(() => JSON.parse(sessionStorage.getItem('panelState')!));
    assert.deepEqual(saved.restore, { kept: true }, 'what the extension needs to restore it is kept');
  });

  it('says what to do when there is nothing to show', async () => {
    const page = await open({});
    await page.locator('.message', { hasText: 'Translate or summarize something' }).waitFor();
    assert.equal(await page.locator('.toolbar').isVisible(), false);
    await screenshot(page, 'empty-dark');
    await page.evaluate(() => window.harness.show('sentence'));
    await page.locator('main[data-stage="ready"]').waitFor();
  });

  it('says why a map cannot be shown, and draws it when the next try works', async () => {
    const page = await open({ output: 'sentence' });
    await page.evaluate(() => {
      window.harness.failWith = 'attention-unavailable';
      window.harness.show('plain');
    });
    const message = page.getByRole('alert');
    await message.waitFor();
    assert.match(await message.innerText(), /cannot be shown\s+The decoder has no softmax over the source\./);
    await page.getByRole('button', { name: 'Show Log' }).click();
    await page.waitForFunction(() => window.harness.calls.includes('showLog'));
    await screenshot(page, 'failed-dark');
    await painted(page, () => page.getByRole('button', { name: 'Try Again' }).click());
    const expected = cellPixels(expectedReading('plain', 'cross', 0), colorsOf('dark'), 'squareRoot');
    assert.deepEqual(await cellBytes(page), [...expected]);
  });

  for (const [output, limit] of [
    ['tokens512', 3000],
    ['document', 1500],
  ] as const) {
    it(`keeps the page small for ${output}`, async () => {
      const page = await open({ output });
      const elementCount = await page.evaluate(() => {
        const count = (root: ParentNode): number =>
          [...root.querySelectorAll('*')].reduce(
            (sum, element) => sum + 1 + (element.shadowRoot ? count(element.shadowRoot) : 0),
            0,
          );
        return count(document);
      });
      assert.ok(elementCount < limit, `${elementCount} elements`);
      if (output === 'tokens512') await token(page, 'target', 300).hover();
      await frames(page);
      await screenshot(page, output);
    });
  }

  for (const theme of ['dark', 'light', 'hc-black', 'hc-light'] as const) {
    it(`takes the colours of the theme ${theme}, also when it changes`, async () => {
      const page = await open({ output: 'sentence', theme: theme === 'dark' ? 'light' : 'dark' });
      await painted(page, () => page.evaluate(name => window.harness.setTheme(name), theme));
      const reading = expectedReading('sentence', 'alignment', 0);
      assert.deepEqual(await cellBytes(page), [...cellPixels(reading, colorsOf(theme), 'squareRoot')]);
      await token(page, 'target', 3).click();
      await frames(page);
      await screenshot(page, `pinned-${theme}`);
    });
  }

  it('stays readable with forced colours', async () => {
    const page = await open({ output: 'sentence', theme: 'light', forcedColors: true });
    await token(page, 'target', 3).click();
    const [token3, background] = await token(page, 'source', 6).evaluate(element => {
      const style = getComputedStyle(element);
      return [style.color, style.backgroundColor];
    });
    assert.notEqual(token3, background);
    await screenshot(page, 'forced-colors');
  });

  it('sets right-to-left and unspaced text in its own direction, in a narrow panel on a fine screen', async () => {
    const page = await open({ output: 'rightToLeft', width: 400, deviceScaleFactor: 2 });
    const direction = await page.locator('.source .text').evaluate(element => getComputedStyle(element).direction);
    assert.equal(direction, 'rtl', 'the prefix <2es> has no say in it');
    await token(page, 'target', 2).hover();
    assert.match(await readout(page), /^“缓存” ← “\u2068بتخزين\u2069” \d\d\s%/);
    const [width, cssWidth] = await page
      .locator('canvas.furniture')
      .evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.clientWidth]);
    assert.ok(Math.abs(width - 2 * cssWidth) <= 2, 'labels are drawn at the resolution of the screen');
    assert.equal(
      await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth),
      false,
      'the page does not scroll sideways',
    );
    await screenshot(page, 'right-to-left');
  });
});
