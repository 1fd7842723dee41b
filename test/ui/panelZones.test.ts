// Every zone of the attention panel by mouse.

import assert from 'node:assert/strict';
import { cellPixels } from '../support/cellPixels';
import { screenshot } from './harness/panelBrowser';
import {
  cellBytes,
  cellPosition,
  choose,
  colorsOf,
  complete,
  expectedReading,
  frames,
  headsDrawn,
  painted,
  pick,
  readout,
  withPanel,
  word,
} from './harness/panelDriver';

describe('the zones of the attention panel', () => {
  const open = withPanel();

  it('toolbar: hides sinks, says how much, and renormalises', async () => {
    const page = await open({ output: 'sentence' });
    const subwords = page.getByRole('radio', { name: 'Subwords' });
    assert.match((await subwords.getAttribute('title'))!, /^Alignment links words/);
    const marginKey = page.locator('.marginKey');
    assert.doesNotMatch(await marginKey.innerText(), /sinks/, 'an alignment has none');
    await painted(page, () => choose(page, 'Method', 'raw'));
    assert.match(await marginKey.innerText(), /sinks/);
    assert.match((await subwords.getAttribute('title'))!, /^Every token/);
    await painted(page, () => page.getByRole('checkbox', { name: /Hide sinks/ }).click());
    await page.locator('.sinkControl', { hasText: /\d+\s% hidden/ }).waitFor();
    const reading = await expectedReading('sentence', { method: 'raw', hideSinks: true });
    assert.deepEqual(await cellBytes(page), [...cellPixels(reading, colorsOf('dark'), 'squareRoot')]);
    const row = reading.weights.subarray(0, reading.columns.length);
    assert.ok(Math.abs(row.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-3);
  });

  it('toolbar: explains itself and what it does not mean', async () => {
    const page = await open({ output: 'sentence' });
    const help = page.getByRole('region', { name: 'What is drawn' });
    assert.equal(await help.isVisible(), false);
    await page.getByRole('button', { name: 'Help' }).click();
    assert.match(await help.innerText(), /Attention is where the model looked, not why/);
    assert.ok((await help.innerText()).split(/\s+/).length < 500, 'read in two minutes');
    await screenshot(page, 'help-dark');
  });

  it('toolbar: exports exactly what is shown', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => choose(page, 'Method', 'norm'));
    await page.getByRole('button', { name: 'Export' }).click();
    await page.waitForFunction(() => window.harness.exported !== undefined);
    const exported = await page.evaluate(() => {
      const { method, picture } = window.harness.exported!;
      return { method, rows: picture.rows, columns: picture.columns, weights: [...picture.weights] };
    });
    const reading = await expectedReading('sentence', { method: 'norm' });
    assert.equal(exported.method, 'norm');
    assert.deepEqual(exported.weights, [...reading.weights]);
    assert.deepEqual(
      exported.rows,
      reading.rows.map(({ name }) => name),
    );
    assert.deepEqual(
      exported.columns,
      reading.columns.map(({ name }) => name),
    );
  });

  it('toolbar: exports when the command asks for it, also before anything is shown', async () => {
    const page = await open({});
    await page.evaluate(() => {
      window.harness.show('sentence');
      window.harness.askForExport();
    });
    await page.waitForFunction(() => window.harness.exported !== undefined);
    const rows = await page.evaluate(() => window.harness.exported!.picture.rows);
    const reading = await expectedReading('sentence');
    assert.deepEqual(
      rows,
      reading.rows.map(({ name }) => name),
    );
  });

  it('toolbar: exports nothing where there is no map, and does not do so later', async () => {
    const page = await open({ output: 'sentence' });
    await page.evaluate(() => {
      window.harness.delayMs = 300;
      window.harness.hidesValues = true;
    });
    await pick(page, 'Encoder');
    await page.evaluate(() => window.harness.askForExport());
    await page.getByText('There is nothing to export. Unavailable here: the graph does not show its values').waitFor();
    await page.evaluate(() => {
      window.harness.hidesValues = false;
    });
    await painted(page, () => pick(page, 'Decoder'));
    await frames(page);
    assert.equal(await page.evaluate(() => window.harness.exported), undefined);
  });

  it('text: shows what was pinned before the page was there, in its sentence', async () => {
    const page = await open({});
    await page.evaluate(() => window.harness.showPinned('document', { segmentIndex: 1, side: 'source', tokens: [1] }));
    await page.locator('main[data-stage="ready"]').waitFor();
    const pinned = page.locator('.source .token.pinned:not(.distant)');
    await pinned.waitFor();
    assert.equal(await pinned.first().getAttribute('data-token'), '1');
    assert.deepEqual(await page.evaluate(() => window.harness.pins), []);
  });

  it('text: says why word alignments do not come this time, and keeps the method', async () => {
    const page = await open({});
    await page.evaluate(() => {
      window.harness.failing = { call: 'alignment', code: 'engine-crashed' };
      window.harness.show('sentence');
    });
    await page.getByRole('alert').waitFor();
    await painted(page, () => page.getByRole('button', { name: 'Try Again' }).click());
    assert.doesNotMatch(await page.locator('main').innerText(), /No word alignment/);
    const reading = await expectedReading('sentence');
    assert.deepEqual(await cellBytes(page), [...cellPixels(reading, colorsOf('dark'), 'squareRoot')]);
  });

  it('text: pins what the caret of an editor is at, in whatever sentence that is', async () => {
    const page = await open({ output: 'sentence' });
    await page.evaluate(() => window.harness.pin({ segmentIndex: 0, side: 'source', tokens: [6] }));
    await page.locator('.source .token.pinned', { hasText: 'cache' }).waitFor();
    assert.match(await readout(page), /^“cache” → “almacena”/);
    await page.evaluate(() => window.harness.pin({ segmentIndex: 1, side: 'target', tokens: [6] }));
    await page.locator('.target .token.pinned', { hasText: '30' }).waitFor();
    assert.match(await readout(page), /^“30” ← “30”/);
    await page.evaluate(() => window.harness.pin({ segmentIndex: 1, side: 'target', tokens: [] }));
    await page.locator('.token.pinned').waitFor({ state: 'detached' });
    assert.deepEqual(await page.evaluate(() => window.harness.pins), [], 'an editor is not told what it said itself');
  });

  it('text: tells the editors what is pinned and let go', async () => {
    const page = await open({ output: 'sentence' });
    await word(page, 'target', 3).click();
    await page.keyboard.press('Escape');
    await frames(page);
    const pin = { revision: 1, segmentIndex: 0 };
    assert.deepEqual(await page.evaluate(() => window.harness.pins), [
      { ...pin, side: 'target', tokens: [3, 4] },
      { ...pin, side: 'source', tokens: [] },
    ]);
  });

  it('text: says how to come to word alignments where a model has none', async () => {
    const page = await open({ output: 'plain' });
    await page.getByText(/^No word alignment\. .*“Headlight: Calibrate Alignment”.* raw attention\.$/).waitFor();
    assert.match(await page.locator('.place').first().innerText(), /^Cross attention, layer/);
  });

  it('text: counts no marks of a kind that a model without word alignments cannot have', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => choose(page, 'Method', 'raw'));
    await page.locator('.markKey', { hasText: 'omitted' }).waitFor();
    await page.evaluate(() => window.harness.show('plain'));
    await page.locator('.markKey .omitted').waitFor({ state: 'detached' });
    assert.match(await page.locator('.markKey').innerText(), /improbable: \d/);
  });

  it('text: works with all else folded', async () => {
    const page = await open({ output: 'sentence' });
    for (const name of ['Heads', 'Map', 'Steps']) await page.getByRole('button', { name, exact: true }).click();
    await word(page, 'target', 3).hover();
    assert.match(await readout(page), /^“almacena” ← “cache”/);
    assert.match((await word(page, 'source', 6).getAttribute('class'))!, /\blinked\b/);
    await screenshot(page, 'text-only');
  });

  it('text: shows every sentence and goes to the one that is clicked', async () => {
    const page = await open({ output: 'sentence' });
    assert.match(await page.locator('.source .text').innerText(), /done\.\s+Set the timeout/);
    await painted(page, () => page.locator('.source .token.distant', { hasText: 'timeout' }).click());
    assert.equal(await page.locator('.source .token:not(.distant)').first().innerText(), 'Set');
  });

  it('heads: every layer and head, chosen by a click, a second one beside it', async () => {
    const page = await open({ output: 'sentence' });
    assert.equal(await page.locator('.tile').count(), 2 * 10);
    await painted(page, () => page.locator('.tile[data-head="0.4"]').click());
    const one = await expectedReading('sentence', { method: 'raw', layerIndex: 0, head: 4 });
    assert.deepEqual(await cellBytes(page), [...cellPixels(one, colorsOf('dark'), 'squareRoot')]);
    await painted(page, () => page.locator('.tile[data-head="1.max"]').click({ modifiers: ['Shift'] }));
    const other = await expectedReading('sentence', { method: 'raw', layerIndex: 1, head: 'max' });
    assert.deepEqual(await cellBytes(page, '.figure.other'), [...cellPixels(other, colorsOf('dark'), 'squareRoot')]);
    await screenshot(page, 'compare-dark');
  });

  it('heads: sorted by what they do, and as many as the encoder has', async () => {
    const page = await open({ output: 'sentence' });
    await headsDrawn(page);
    await choose(page, 'Sort heads', 'sharpness');
    await frames(page);
    const percents = (await page.locator('.tileCaption span:last-child').allInnerTexts()).map(Number.parseFloat);
    assert.equal(percents.length, 16);
    assert.deepEqual(
      percents,
      percents.toSorted((first, second) => second - first),
    );
    await painted(page, () => pick(page, 'Encoder'));
    await page.waitForFunction(() => document.querySelectorAll('.tile').length === 4 * 8);
  });

  it('map: zooms under the pointer, pans, and fits again', async () => {
    const page = await open({ output: 'tokens128' });
    const frame = page.locator('.frame').first();
    const width = () =>
      page
        .locator('canvas.cells')
        .first()
        .evaluate(canvas => canvas.clientWidth);
    const whole = await width();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    await frames(page);
    assert.ok((await width()) > whole * 1.4);
    const left = () =>
      page
        .locator('canvas.cells')
        .first()
        .evaluate(canvas => Number.parseFloat(canvas.style.left));
    const before = await left();
    const box = (await frame.boundingBox())!;
    await page.mouse.move(box.x + 300, box.y + 250);
    await page.mouse.down();
    await page.mouse.move(box.x + 260, box.y + 250, { steps: 4 });
    await page.mouse.up();
    await frames(page);
    assert.ok((await left()) < before - 30);
    await page.getByRole('button', { name: 'Fit' }).click();
    await frames(page);
    assert.equal(await width(), whole);
  });

  it('map: a cell explains itself on the model’s numbers', async () => {
    const page = await open({ output: 'sentence' });
    await painted(page, () => choose(page, 'Method', 'raw'));
    await painted(page, () => pick(page, 'Subwords'));
    await painted(page, () => page.locator('.tile[data-head="0.3"]').click());
    await frames(page);
    await page
      .locator('.frame')
      .first()
      .click({ position: await cellPosition(page, 4, 6) });
    const formula = page.getByRole('region', { name: 'How this cell came to be' });
    await formula.waitFor();
    const text = await formula.innerText();
    assert.match(text, /layer 1, head 4 · Vaswani/);
    const [, product, quotient] = /add up to (−?[\d.]+)[\s\S]*√16 = (−?[\d.]+)/
      .exec(text)!
      .map(part => Number(part.replace('−', '-')));
    assert.ok(Math.abs(product / 4 - quotient) < 0.02, 'q · k / √d');
    const reading = await expectedReading('sentence', { method: 'raw', unit: 'subwords', layerIndex: 0, head: 3 });
    const weight = reading.weights[4 * reading.columns.length + 6];
    assert.ok(text.includes(`${(weight * 100).toFixed(0)}\u00a0% of the sum`), 'the softmax gives the cell’s weight');
    await screenshot(page, 'formula-dark');
    await painted(page, () => page.locator('.frame').first().press('m'));
    await formula.getByText('which reads this most of all heads shown').waitFor();
    await page.keyboard.press('Escape');
    await formula.waitFor({ state: 'hidden' });
  });

  it('map: draws lines for the word in focus and a table for everyone', async () => {
    const page = await open({ output: 'sentence' });
    await pick(page, 'Lines');
    await word(page, 'target', 3).hover();
    await frames(page);
    const inked = await page.locator('.lineView canvas').evaluate((canvas: HTMLCanvasElement) =>
      canvas
        .getContext('2d')!
        .getImageData(0, 0, canvas.width, canvas.height)
        .data.some(value => value > 0),
    );
    assert.ok(inked);
    await screenshot(page, 'lines-dark');
    await pick(page, 'Table');
    const row = page.getByRole('row', { name: /^almacena/ });
    assert.match(await row.innerText(), /cache \d\d\s%/);
  });

  it('map: puts more than 512 tokens together first, and shows them all when asked', async () => {
    const page = await open({ output: 'tokens2048' });
    const size = () =>
      page
        .locator('canvas.cells')
        .first()
        .evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height]);
    await page.locator('.notice', { hasText: 'put together' }).waitFor();
    assert.ok((await size()).every(side => side <= 512));
    await painted(page, () => page.getByRole('button', { name: /Show all 2,048 x 2,048/ }).click());
    assert.deepEqual(await size(), [2048, 2048]);
    assert.ok((await page.evaluate(() => document.querySelectorAll('*').length)) < 6000);
    await screenshot(page, 'tokens2048');
  });

  it('steps: scrubs, offers alternatives, continues from one and compares', async () => {
    const page = await open({ output: 'sentence' });
    await complete(page);
    const slider = page.getByRole('slider', { name: 'Step of the output' });
    await slider.fill('2');
    await page.locator('.stepPlace', { hasText: 'Step 3 of 16: no' }).waitFor();
    assert.match(await readout(page), /^“no” ←/);
    const alternatives = page.getByRole('list', { name: 'Alternatives' }).getByRole('listitem');
    assert.equal(await alternatives.count(), 5);
    await painted(page, () => alternatives.nth(1).getByRole('button').click());
    await page.getByRole('list', { name: 'Outputs' }).getByRole('listitem').nth(1).waitFor();
    assert.match(await page.locator('.target .text').innerText(), /^El servidor otra/);
    await page.locator('.figure.other').waitFor();
    await frames(page);
    const tops = await page
      .locator('.figure .frame')
      .evaluateAll(nodes => nodes.map(node => Math.round(node.getBoundingClientRect().top)));
    assert.equal(tops[0], tops[1], 'both maps begin at the same height');
    await screenshot(page, 'continued-dark');
  });

  it('steps: searches for the n-best list and shows one of it', async () => {
    const page = await open({ output: 'sentence' });
    await page.getByRole('button', { name: 'Search for more outputs' }).click();
    const list = page.getByRole('list', { name: 'N-best list' }).getByRole('listitem');
    await list.nth(3).waitFor();
    await painted(page, () => list.nth(1).getByRole('button').click());
    assert.match(await page.locator('.target .text').innerText(), /cosa/);
  });

  it('an edited output gets its own attention', async () => {
    const page = await open({ output: 'sentence' });
    await page.getByRole('button', { name: 'Edit' }).click();
    const field = page.getByRole('textbox', { name: 'Output text' });
    await field.fill('El servidor espera');
    await painted(page, () => field.press('Enter'));
    assert.match(await page.locator('.target .text').innerText(), /^El servidor espera/);
    const [, rowCount] = await page
      .locator('canvas.cells')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height]);
    assert.equal(rowCount, 3);
  });

  it('an edited output that cannot be had keeps its words, and all else stays in sight', async () => {
    const page = await open({ output: 'sentence' });
    await page.evaluate(() => {
      window.harness.failing = { call: 'addVariant edited', code: 'engine-crashed' };
    });
    await page.getByRole('button', { name: 'Edit' }).click();
    const field = page.getByRole('textbox', { name: 'Output text' });
    await field.fill('El servidor espera');
    await field.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'The decoder has no softmax over the source.' }).waitFor();
    assert.equal(await field.inputValue(), 'El servidor espera');
    assert.equal(await page.locator('.frame').first().isVisible(), true);
    await screenshot(page, 'edit-failed-dark');
    await painted(page, () => field.press('Enter'));
    assert.match(await page.locator('.target .text').innerText(), /^El servidor espera/);
  });

  it('an edited output without words is not taken, and that is said', async () => {
    const page = await open({ output: 'sentence' });
    await page.getByRole('button', { name: 'Edit' }).click();
    const field = page.getByRole('textbox', { name: 'Output text' });
    await field.fill(' ');
    await field.press('Enter');
    await page.getByRole('alert').filter({ hasText: 'An output without words' }).waitFor();
    await field.press('Escape');
    assert.match(await page.locator('.target .text').innerText(), /^El servidor no/);
  });

  it('steps: says why an alternative cannot be continued from, and keeps the n-best list', async () => {
    const page = await open({ output: 'sentence' });
    await complete(page);
    await page.getByRole('button', { name: 'Search for more outputs' }).click();
    const list = page.getByRole('list', { name: 'N-best list' }).getByRole('listitem');
    await list.nth(3).waitFor();
    await page.evaluate(() => {
      window.harness.failing = { call: 'addVariant continued', code: 'engine-crashed' };
    });
    await page.getByRole('list', { name: 'Alternatives' }).getByRole('button').nth(1).click();
    await page.getByRole('status').filter({ hasText: 'The decoder has no softmax over the source.' }).waitFor();
    assert.equal(await list.count(), 4);
  });

  it('what was asked of an output comes though another map is looked at meanwhile', async () => {
    const page = await open({ output: 'sentence' });
    const slowly = async (act: () => Promise<unknown>, call: string) => {
      await page.evaluate(() => {
        window.harness.delayMs = 2000;
      });
      await act();
      await page.waitForFunction(wanted => window.harness.calls.includes(wanted), call);
      await page.evaluate(() => {
        window.harness.delayMs = 0;
      });
    };
    await slowly(() => page.getByRole('button', { name: 'Search for more outputs' }).click(), 'hypotheses');
    await painted(page, () => page.locator('.tile[data-head="0.4"]').click());
    await page.getByRole('list', { name: 'N-best list' }).getByRole('listitem').nth(3).waitFor();
    await page.getByRole('button', { name: 'Edit' }).click();
    const field = page.getByRole('textbox', { name: 'Output text' });
    await field.fill('El servidor espera');
    await slowly(() => field.press('Enter'), 'addVariant edited');
    await painted(page, () => page.locator('.tile[data-head="0.5"]').click());
    await page.locator('.target .text', { hasText: 'El servidor espera' }).waitFor();
    await page.locator('.place', { hasText: 'head 6 of 8' }).first().waitFor();
  });
});
