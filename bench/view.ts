// The attention view in headless Chromium: the targets, and BertViz's own page on the same maps in the same round.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../scripts/workbench/browser.mjs';
import { PanelBrowser } from '../test/ui/harness/panelBrowser';
import type { PanelHarness } from '../test/ui/harness/panelPage';
import { roundCount } from './measure';
import { bertVizPage, installBertViz, libraryOf } from './viewPeer.mjs';

interface Shape {
  readonly layers: number;
  readonly heads: number;
  readonly tokens: number;
}

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly target: number;
  readonly value: number;
  /** What the browser alone needs for it on this machine, in the same round. */
  readonly floor?: number;
}

const median = (values: readonly number[]) => values.toSorted((first, second) => first - second)[values.length >> 1];
const percentile95 = (values: readonly number[]) =>
  values.toSorted((first, second) => first - second)[Math.min(values.length - 1, Math.floor(values.length * 0.95))];

const panels = await PanelBrowser.launch();
const rows: Row[] = [];
const add = (name: string, unit: string, target: number, value: number, floor?: number) =>
  rows.push({ name, unit, target, value, floor });

/** A page whose host has the maps and shows nothing yet. */
async function prepared(shape: Shape): Promise<Page> {
  const { page } = await panels.open({ width: 1280, height: 1000 });
  await page.locator('.message').waitFor();
  await page.evaluate(shape => window.harness.prepareShape(shape), shape);
  return page;
}

/** Shows the prepared output; milliseconds until a mark has been painted. */
function shownAfter(page: Page, mark: string): Promise<number> {
  return page.evaluate(
    mark =>
      new Promise<number>(resolve => {
        const begun = performance.now();
        new PerformanceObserver((list, observer) => {
          if (!list.getEntriesByName(mark).length) return;
          observer.disconnect();
          requestAnimationFrame(() => resolve(performance.now() - begun)); // the next frame, as for the peer
        }).observe({ type: 'mark' });
        window.harness.showPrepared();
      }),
    mark,
  );
}

/** Milliseconds of script in each frame that an event leads to. Every event finds the frame before it finished, as in a browser. */
function frameTimes(page: Page, kind: 'pointermove' | 'wheel'): Promise<number[]> {
  return page.evaluate(async kind => {
    const frame = document.querySelector('.frame')!;
    const { left, top } = document.querySelector('.window')!.getBoundingClientRect();
    const times: number[] = [];
    for (let step = 0; step < 60; step++) {
      const place = { clientX: left + 20 + step * 5, clientY: top + 30 + ((step * 37) % 300), bubbles: true };
      // Callbacks of one frame run in the order they were asked for: these two stand around the view's own.
      let entered = 0;
      requestAnimationFrame(() => {
        entered = performance.now();
      });
      const begun = performance.now();
      if (kind === 'pointermove') frame.dispatchEvent(new PointerEvent('pointermove', place));
      else
        frame.dispatchEvent(
          new WheelEvent('wheel', { ...place, ctrlKey: true, deltaY: step < 30 ? -40 : 40, cancelable: true }),
        );
      const handled = performance.now() - begun;
      await new Promise<void>(resolve => {
        requestAnimationFrame(() => {
          times.push(handled + performance.now() - entered);
          setTimeout(resolve);
        });
      });
    }
    return times;
  }, kind);
}

/**
 * Milliseconds from a key that asks for a head not looked at yet until it is painted. Keys come at any time between two frames.
 * `bare`: no view at all: the key paints pixels of that size into one canvas, which no view can do sooner.
 */
async function headSwitches(page: Page, bare: boolean): Promise<number[]> {
  return page.evaluate(async bare => {
    const target = bare ? document.body : document.querySelector<HTMLElement>('.frame')!;
    if (bare) {
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 512;
      document.body.replaceChildren(canvas);
      const image = new ImageData(512, 512);
      document.body.addEventListener('keydown', () =>
        requestAnimationFrame(() => {
          image.data.fill(Math.random() * 256);
          canvas.getContext('2d')!.putImageData(image, 0, 0);
          performance.mark('headlight:cells');
        }),
      );
    } else {
      target.focus();
      // From words to heads, and there to the last layer.
      for (const key of ['m', 'PageDown', 'PageDown'])
        target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }
    const times: number[] = [];
    for (let step = -10; step < 49; step++) {
      await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 40 + (((step + 10) * 7) % 17))));
      const begun = performance.now();
      const painted = new Promise<void>(resolve => {
        new PerformanceObserver((list, observer) => {
          if (!list.getEntriesByName('headlight:cells').length) return;
          observer.disconnect();
          resolve();
        }).observe({ type: 'mark' });
      });
      const key = (step + 10) % 10 === 9 ? 'PageUp' : ']'; // ten heads, then those of the next layer: each for the first time
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      await painted;
      if (step >= 0) times.push(performance.now() - begun);
    }
    return times;
  }, bare);
}

async function bytesInUse(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const usage = (await session.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number };
  return usage.usedSize + (usage.backingStorageSize ?? 0);
}

async function peer(view: 'head_view' | 'model_view', shape: Shape): Promise<{ paintMs: number; nodes: number }> {
  const folder = installBertViz();
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const matrix = Array.from({ length: shape.tokens }, (_, row) =>
    Array.from({ length: shape.tokens }, (_, column) => Number((0.5 ** Math.abs(row - column) / 3).toFixed(4))),
  );
  const tokens = Array.from({ length: shape.tokens }, (_, index) => `word${index}`);
  const body = bertVizPage(folder, view, { ...shape, tokens, matrix });
  await page.route('**/*', route => {
    const url = route.request().url();
    const library = libraryOf(folder, url);
    if (library) return route.fulfill({ contentType: 'text/javascript', body: library });
    return url === 'http://peer.test/' ? route.fulfill({ contentType: 'text/html', body }) : route.abort();
  });
  await page.goto('http://peer.test/', { timeout: 240_000 });
  await page.waitForFunction(() => window.paintedAt !== undefined, undefined, { timeout: 240_000 });
  const found = await page.evaluate(() => ({
    paintMs: window.paintedAt! - window.startedAt!,
    nodes: document.querySelectorAll('*').length,
  }));
  await browser.close();
  return found;
}

declare global {
  interface Window {
    startedAt?: number;
    paintedAt?: number;
    harness: PanelHarness;
  }
}

const medium: Shape = { layers: 6, heads: 8, tokens: 128 };
const long: Shape = { layers: 6, heads: 8, tokens: 512 };
const wide: Shape = { layers: 12, heads: 12, tokens: 512 };

const paints: number[] = [];
const allMedium: number[] = [];
const thumbnails: number[] = [];
for (let round = 0; round < roundCount; round++) {
  const first = await prepared(medium);
  paints.push(await shownAfter(first, 'headlight:cells'));
  await first.context().close();
  const all = await prepared(medium);
  allMedium.push(await shownAfter(all, 'headlight:tiles'));
  await all.context().close();
  const page = await prepared(long);
  thumbnails.push(await shownAfter(page, 'headlight:tiles'));
  await page.context().close();
}
add('data to text and one head, 48 x 128 x 128', 'ms', 100, median(paints));
add('all thumbnails, 48 x 512 x 512', 'ms', 300, median(thumbnails));

const page = await prepared(long);
const before = await bytesInUse(page);
await shownAfter(page, 'headlight:tiles');
const switches = await headSwitches(page, false);
const blank = await prepared(medium);
const bare = await headSwitches(blank, true);
await blank.context().close();
add('head switch at 512, p95', 'ms', 16, percentile95(switches), percentile95(bare));
add('head switch at 512, median', 'ms', 16, median(switches), median(bare));
add('hover at 512: script a frame, p95', 'ms', 4, percentile95(await frameTimes(page, 'pointermove')));
add('zoom at 512: script a frame, p95', 'ms', 4, percentile95(await frameTimes(page, 'wheel')));
add('DOM nodes at 512', '', 3000, await page.evaluate(() => document.querySelectorAll('*').length));
const payloadMb = (48 * 512 * 512) / 2 ** 20;
add('memory beyond the payload', 'MB', 1.5 * payloadMb + 30, ((await bytesInUse(page)) - before) / 2 ** 20);
await page.context().close();

const largest: number[] = [];
for (let round = 0; round < 3; round++) {
  const page = await prepared(wide);
  largest.push(await shownAfter(page, 'headlight:tiles'));
  await page.context().close();
}
add('all thumbnails, 144 x 512 x 512', 'ms', 800, median(largest));
add('bundle, gzipped', 'KB', 150, gzipSync(readFileSync('dist/webview.js')).length / 1024);
await panels.close();

const width = Math.max(...rows.map(({ name }) => name.length));
for (const { name, unit, target, value, floor } of rows) {
  const digits = unit === 'ms' ? 1 : 0;
  const verdict = value <= target ? 'holds' : 'MISSED';
  const bare = floor === undefined ? '' : `; a bare canvas: ${floor.toFixed(digits)}`;
  console.log(
    `${name.padEnd(width)}  ${value.toFixed(digits).padStart(8)} ${unit.padEnd(2)}  target ${target.toFixed(0).padStart(5)}  ${verdict}${bare}`,
  );
}

const model = await peer('model_view', medium);
console.log(`\nBertViz 1.4.1 model_view, 48 x 128 x 128: ${model.paintMs.toFixed(0)} ms, ${model.nodes} nodes`);
console.log(
  `all 48 heads at 128 here: ${median(allMedium).toFixed(0)} ms, ratio ${(model.paintMs / median(allMedium)).toFixed(0)} x`,
);
const head = await peer('head_view', { layers: 1, heads: 8, tokens: 256 });
console.log(`BertViz 1.4.1 head_view, 8 x 256 x 256: ${head.paintMs.toFixed(0)} ms, ${head.nodes} nodes`);
