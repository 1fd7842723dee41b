// The attention panel in a real browser, over made-up attention that the tests can compute again: what it draws, and when.

import assert from 'node:assert/strict';
import { describeSelection } from '../../webview/words';
import { cellPixels } from '../support/cellPixels';
import { screenshot } from './harness/panelBrowser';
import {
  cellBytes,
  cellPosition,
  choose,
  colorsOf,
  expectedReading,
  frames,
  headsDrawn,
  painted,
  pick,
  readout,
  withPanel,
  word,
} from './harness/panelDriver';

describe('the attention panel in a browser', () => {
  const open = withPanel();

  it('draws the word alignment first, one pixel per cell in the colour of its weight', async () => {
    const page = await open({ output: 'sentence' });
    const expected = cellPixels(await expectedReading('sentence'), colorsOf('dark'), 'squareRoot');
    assert.deepEqual(await cellBytes(page), [...expected]);
    await screenshot(page, 'alignment-dark');
  });

  it('draws any kind, layer, head and unit that is chosen, and either scale', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => pick(page, 'Encoder'));
    await painted(page, () => choose(page, 'Layer', '3'));
    await painted(page, () => choose(page, 'Head', '5'));
    await painted(page, () => pick(page, 'Subwords'));
    const view = { kind: 'encoder', method: 'raw', layerIndex: 3, head: 5, unit: 'subwords' } as const;
    const reading = await expectedReading('sentence', view);
    assert.deepEqual(await cellBytes(page), [...cellPixels(reading, colorsOf('dark'), 'squareRoot')]);
    await painted(page, () => choose(page, 'Scale', 'proportional'));
    assert.deepEqual(await cellBytes(page), [...cellPixels(reading, colorsOf('dark'), 'proportional')]);
    assert.match(
      await page.locator('.place').first().innerText(),
      /^Encoder self-attention, layer 4 of 4, head 6 of 8$/,
    );
  });

  it('draws what each method gives, and says why one gives nothing', async () => {
    const page = await open({ output: 'sentence' });
    for (const method of ['raw', 'norm', 'rollout', 'occlusion'] as const) {
      await painted(page, () => choose(page, 'Method', method));
      const reading = await expectedReading('sentence', { method });
      assert.deepEqual(await cellBytes(page), [...cellPixels(reading, colorsOf('dark'), 'squareRoot')], method);
    }
    await pick(page, 'Encoder');
    await page
      .locator('.detail .notice', { hasText: 'Unavailable here: this method says nothing of this kind' })
      .waitFor();
  });

  it('hatches what the decoder could not see yet instead of colouring it', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => pick(page, 'Decoder'));
    await painted(page, () => pick(page, 'Subwords'));
    await frames(page);
    const bytes = await cellBytes(page);
    const reading = await expectedReading('sentence', { kind: 'decoder', method: 'raw', unit: 'subwords' });
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

  it('tints what a word looked at and says it in words', async () => {
    const page = await open({ output: 'sentence' });
    const reading = await expectedReading('sentence');
    const row = reading.rows.findIndex(({ name }) => name === 'almacena');
    await word(page, 'target', 3).hover();
    assert.equal(await readout(page), describeSelection(reading, { row, column: undefined }));
    const cache = word(page, 'source', 6);
    const tint = await cache.evaluate(element => element.style.getPropertyValue('--tint'));
    const column = reading.columns.findIndex(({ name }) => name === 'cache');
    const weight = reading.weights[row * reading.columns.length + column];
    assert.ok(Math.abs(Number.parseFloat(tint) / 100 - Math.sqrt(weight) * 0.36) < 1e-3);
    assert.match((await cache.getAttribute('class'))!, /\btinted linked\b/);
    assert.doesNotMatch((await word(page, 'source', 12).getAttribute('class'))!, /\btinted\b/);
    await cache.hover();
    assert.equal(await readout(page), describeSelection(reading, { row: undefined, column }));
  });

  it('keeps a pinned word, reads cells across it, and lets go with Escape', async () => {
    const page = await open({ output: 'sentence' });
    const reading = await expectedReading('sentence');
    await word(page, 'target', 3).click();
    await word(page, 'target', 8).hover();
    assert.equal(await readout(page), describeSelection(reading, { row: 3, column: undefined }));
    await word(page, 'source', 7).hover();
    assert.equal(await readout(page), describeSelection(reading, { row: 3, column: 4 }));
    assert.equal(await word(page, 'target', 3).getAttribute('aria-selected'), 'true');
    await page.mouse.move(1, 1);
    await page.keyboard.press('Escape');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    assert.match(await readout(page), /^Point at a word/);
  });

  it('marks doubt and unknown words with their reason', async () => {
    const page = await open({ output: 'sentence' });
    const improbable = page.locator('.target .token.improbable');
    assert.deepEqual(await improbable.allInnerTexts(), ['se']);
    assert.match((await improbable.getAttribute('title'))!, /^Improbable: the model gave it 4\s%$/);
    assert.equal(await page.locator('.token.unknown').innerText(), 'zyxw');
    await painted(page, () => page.getByRole('button', { name: 'Next sentence' }).click());
    assert.equal(await page.locator('.source .token:not(.distant)').first().innerText(), 'Set');
  });

  it('drops answers for an output or a choice that is not shown any more', async () => {
    const page = await open({ output: 'sentence' });
    await page.evaluate(() => {
      window.harness.delayMs = 150;
      window.harness.show('tokens128');
    });
    await page.waitForFunction(() => window.harness.calls.filter(call => call === 'alignment 0 0').length === 2);
    await painted(page, () => page.evaluate(() => window.harness.show('plain')));
    await page.locator('vscode-dropdown[aria-label="Head"]', { hasText: 'Mean of 4 heads' }).waitFor();
    const frame = page.locator('.frame').first();
    await page.evaluate(() => {
      window.harness.delayMs = 60_000; // nobody waits for the layer in between
    });
    await painted(page, async () => {
      await frame.press('PageUp');
      await frame.press('PageDown');
    });
    assert.ok(await page.evaluate(() => window.harness.aborted.some(call => call.startsWith('matrix 0 raw cross 0'))));
    const last = await expectedReading('plain', { method: 'raw', layerIndex: 1 });
    assert.deepEqual(await cellBytes(page), [...cellPixels(last, colorsOf('dark'), 'squareRoot')]);
  });

  it('pulls a head once', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => choose(page, 'Method', 'raw'));
    const frame = page.locator('.frame').first();
    await painted(page, () => frame.press('PageUp'));
    await painted(page, () => frame.press('PageDown'));
    await page.waitForFunction(() => window.harness.calls.filter(call => call.startsWith('matrix')).length === 6);
    const calls = await page.evaluate(() => window.harness.calls.filter(call => call.startsWith('matrix')));
    // The mean that was chosen, and the heads that the next key would show.
    const layer = (index: number) => ['mean', 'max', '7'].map(head => `matrix 0 raw cross ${index} ${head}`);
    assert.deepEqual(calls.toSorted(), [...layer(0), ...layer(1)].toSorted());
  });

  it('shows the next head without asking for it', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => choose(page, 'Method', 'raw'));
    await page.waitForFunction(() => window.harness.calls.includes('matrix 0 raw cross 1 7'));
    await frames(page);
    await page.evaluate(() => {
      window.harness.delayMs = 60_000; // whoever asks now waits for a minute
    });
    await painted(page, () => page.locator('.frame').first().press('['));
    const reading = await expectedReading('sentence', { method: 'raw', head: 7 });
    assert.deepEqual(await cellBytes(page), [...cellPixels(reading, colorsOf('dark'), 'squareRoot')]);
  });

  it('comes back as it was after it was hidden', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => page.getByRole('button', { name: 'Next sentence' }).click());
    await painted(page, () => pick(page, 'Encoder'));
    await painted(page, () => choose(page, 'Layer', '2'));
    await painted(page, () => page.getByRole('checkbox', { name: /Hide sinks/ }).click());
    await page.getByRole('button', { name: 'Heads', exact: true }).click();
    await frames(page);
    const before = await cellBytes(page);
    await page.reload();
    await page.locator('main[data-stage="ready"]').waitFor();
    await frames(page);
    assert.deepEqual(await cellBytes(page), before);
    assert.match(await page.locator('.place').first().innerText(), /^Encoder self-attention, layer 3 of 4/);
    assert.equal(await page.locator('.headGrid').isVisible(), false, 'a folded zone stays folded');
    assert.equal(await page.getByRole('checkbox', { name: /Hide sinks/ }).isChecked(), true);
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
    await painted(page, () => choose(page, 'Method', 'raw'));
    await page.evaluate(() => {
      window.harness.failing = { call: 'matrix 0 raw cross 0 mean', code: 'attention-unavailable' };
    });
    await page.locator('.frame').first().press('PageUp');
    const message = page.getByRole('alert');
    await message.waitFor();
    assert.doesNotMatch(await page.locator('.sinkControl').innerText(), /%/, 'nothing is said of another map');
    assert.match(await message.innerText(), /cannot be shown\s+The decoder has no softmax over the source\./);
    await page.getByRole('button', { name: 'Show Log' }).click();
    await page.waitForFunction(() => window.harness.calls.includes('showLog'));
    await screenshot(page, 'failed-dark');
    await painted(page, () => page.getByRole('button', { name: 'Try Again' }).click());
    const expected = await expectedReading('sentence', { method: 'raw', layerIndex: 0 });
    assert.deepEqual(await cellBytes(page), [...cellPixels(expected, colorsOf('dark'), 'squareRoot')]);
  });

  for (const [output, limit] of [
    ['tokens512', 3000],
    ['document', 3000],
  ] as const) {
    it(`keeps the page small for ${output}`, async () => {
      const page = await open({ output });
      await headsDrawn(page);
      const elementCount = await page.evaluate(() => {
        const count = (root: ParentNode): number =>
          [...root.querySelectorAll('*')].reduce(
            (sum, element) => sum + 1 + (element.shadowRoot ? count(element.shadowRoot) : 0),
            0,
          );
        return count(document);
      });
      assert.ok(elementCount < limit, `${elementCount} elements`);
      if (output === 'tokens512') await word(page, 'target', 300).hover();
      await frames(page);
      await screenshot(page, output);
    });
  }

  it('sets right-to-left and unspaced text in its own direction, in a narrow panel on a fine screen', async () => {
    const page = await open({ output: 'rightToLeft', width: 400, deviceScaleFactor: 2 });
    const direction = await page.locator('.source .text').evaluate(element => getComputedStyle(element).direction);
    assert.equal(direction, 'rtl', 'the prefix <2es> has no say in it');
    await word(page, 'target', 0).hover();
    assert.match(await readout(page), /← “\u2068\p{Script=Arabic}+\u2069” \d\d\s%/u);
    const [width, cssWidth] = await page
      .locator('canvas.furniture')
      .first()
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
