// What the panel does again, and what it leaves as it is: structure, not time.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { levelOfWeight } from '../../src/model/attention/pooling';
import { cellPosition, choose, colorsOf, complete, frames, painted, withPanel, word } from './harness/panelDriver';
import { mapsOf, outputs } from './harness/panelFixtures';

type Drawn = Record<'cells' | 'labels' | 'tiles' | 'words' | 'calls', number>;

describe('what the attention panel draws again', () => {
  const open = withPanel();

  /** Counts pixels put on the map, letters written around it, thumbnails drawn, words made and calls of the extension. */
  async function watched(page: Page): Promise<() => Promise<Drawn>> {
    await page.evaluate(() => {
      const counts = { cells: 0, labels: 0, tiles: 0, words: 0 };
      const { prototype } = CanvasRenderingContext2D;
      const { putImageData, fillText, drawImage } = prototype;
      prototype.putImageData = function (this: CanvasRenderingContext2D, ...args: unknown[]) {
        if (this.canvas.className === 'cells') counts.cells++;
        return Reflect.apply(putImageData, this, args);
      };
      prototype.fillText = function (this: CanvasRenderingContext2D, ...args: unknown[]) {
        if (this.canvas.className === 'furniture') counts.labels++;
        return Reflect.apply(fillText, this, args);
      };
      prototype.drawImage = function (this: CanvasRenderingContext2D, ...args: unknown[]) {
        if (this.canvas.className === 'headPictures') counts.tiles++;
        return Reflect.apply(drawImage, this, args);
      };
      new MutationObserver(changes => {
        for (const { addedNodes } of changes) counts.words += addedNodes.length;
      }).observe(document.querySelector('.pair')!, { childList: true, subtree: true });
      Object.assign(window, { counts });
    });
    let before: Drawn = { cells: 0, labels: 0, tiles: 0, words: 0, calls: 0 };
    return async () => {
      await frames(page);
      const now = await page.evaluate(() => ({
        ...(window as unknown as { counts: Omit<Drawn, 'calls'> }).counts,
        calls: window.harness.calls.length,
      }));
      const names = Object.keys(now) as (keyof Drawn)[];
      const since = Object.fromEntries(names.map(name => [name, now[name] - before[name]])) as Drawn;
      before = now;
      return since;
    };
  }

  async function withHeads(): Promise<Page> {
    const page = await open({ output: 'sentence' });
    await complete(page);
    await page.waitForFunction(() => window.harness.calls.includes('alignment 1 0')); // the last thing that is asked for
    await frames(page);
    await painted(page, () => choose(page, 'Method', 'raw'));
    await page.waitForFunction(() => window.harness.calls.includes('matrix 0 raw cross 1 7'));
    await frames(page);
    return page;
  }

  it('puts the cells of another head once, and touches no label, word or thumbnail', async () => {
    const page = await withHeads();
    const drawn = await watched(page);
    await drawn();
    await painted(page, () => page.locator('.frame').first().press(']'));
    const { cells, labels, words, tiles } = await drawn();
    assert.deepEqual({ cells, labels, words, tiles }, { cells: 1, labels: 0, words: 0, tiles: 0 });
  });

  it('follows the pointer without drawing the map or asking anybody', async () => {
    const page = await withHeads();
    const drawn = await watched(page);
    await drawn();
    const { left, top } = await page
      .locator('.frame')
      .first()
      .evaluate(frame => frame.getBoundingClientRect());
    for (const row of [1, 4, 8]) {
      const { x, y } = await cellPosition(page, row, row);
      await page.mouse.move(left + x, top + y);
      await frames(page);
    }
    await word(page, 'source', 6).hover();
    assert.deepEqual(await drawn(), { cells: 0, labels: 0, words: 0, tiles: 0, calls: 0 });
  });

  it('zooms without drawing a cell', async () => {
    const page = await withHeads();
    const drawn = await watched(page);
    await drawn();
    await page.getByRole('button', { name: 'Zoom in' }).click();
    const { cells, labels, calls } = await drawn();
    assert.deepEqual({ cells, calls }, { cells: 0, calls: 0 });
    assert.ok(labels > 0, 'labels stand elsewhere');
  });

  it('marks words of other sentences without writing the text anew', async () => {
    const page = await open({ output: 'sentence' });
    const drawn = await watched(page);
    await drawn();
    await page.waitForFunction(() => window.harness.calls.includes('alignment 1 0'));
    assert.equal((await drawn()).words, 0);
  });

  for (const order of ['layer', 'sharpness'])
    it(`draws each head under its button, ordered by ${order}`, async () => {
      const page = await withHeads();
      if (order !== 'layer') await choose(page, 'Sort heads', order);
      await frames(page);
      const { shape, data } = mapsOf(outputs.sentence(), 0).cross;
      const [, , rowCount, columnCount] = shape;
      const own = data.subarray(3 * rowCount * columnCount, 4 * rowCount * columnCount);
      const strongest = own.indexOf(Math.max(...own));
      const place = [(strongest % columnCount) + 0.5, Math.floor(strongest / columnCount) + 0.5];
      const pixel = await page.evaluate(
        ([across, down]) => {
          const canvas = document.querySelector<HTMLCanvasElement>('.headPictures')!;
          const tile = document.querySelector('[data-head="0.3"] .tileWindow')!.getBoundingClientRect();
          const { left, top } = canvas.getBoundingClientRect();
          const [x, y] = [tile.left - left + across * tile.width, tile.top - top + down * tile.height];
          return [...canvas.getContext('2d')!.getImageData(x, y, 1, 1).data];
        },
        [place[0] / columnCount, place[1] / rowCount],
      );
      const level = levelOfWeight(own[strongest]);
      assert.deepEqual(pixel, [...colorsOf('dark').subarray(level * 4, level * 4 + 4)]);
    });
});
