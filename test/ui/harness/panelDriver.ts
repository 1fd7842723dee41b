// What the panel's tests do and read on its page, and what they expect, computed from the same made-up attention.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { PanelAnswers } from '../../../src/extension/panelAnswers';
import { colorScale, type Rgb } from '../../../src/model/attention/colorScale';
import { isUnavailable } from '../../../src/model/attention/methods';
import type { PanelViewState } from '../../../src/protocol/webview';
import type { PanelHost } from '../../../webview/panelHost';
import { PanelStore } from '../../../webview/panelHost';
import { pullMap } from '../../../webview/pulls';
import type { Reading } from '../../../webview/reading';
import { madeUpSource } from './madeUpSource';
import { PanelBrowser, type PanelPage, type PanelPageOptions } from './panelBrowser';
import { type OutputName, outputs } from './panelFixtures';
import { type ThemeName, themes } from './panelThemes';

/** A map of the first segment as the panel should draw it. */
export async function expectedReading(name: OutputName, changes: Partial<PanelViewState> = {}): Promise<Reading> {
  const content = outputs[name]();
  const answers = new PanelAnswers(content, madeUpSource(content));
  const host = {
    call: async (method: 'matrix' | 'alignment', params: Parameters<PanelAnswers['matrix']>[0], signal: AbortSignal) =>
      method === 'matrix' ? answers.matrix(params, signal) : answers.alignment(params, signal),
  } as unknown as PanelHost;
  const view = { ...defaultView, ...changes };
  const place = { revision: 1, segmentIndex: 0, variantIndex: 0 };
  const signal = new AbortController().signal;
  const { reading, unavailable } = await pullMap(
    new PanelStore(host),
    place,
    answers.segment(place),
    view,
    view,
    512,
    signal,
  );
  assert.ok(reading, unavailable && isUnavailable(unavailable) ? unavailable.rule : undefined);
  return reading;
}

const defaultView: PanelViewState = {
  segmentIndex: 0,
  variantIndex: 0,
  kind: 'cross',
  method: 'alignment',
  unit: 'words',
  layerIndex: 1,
  head: 'mean',
  scale: 'squareRoot',
  hideSinks: false,
  order: 'layer',
  drawing: 'cells',
  compared: undefined,
  collapsed: [],
};

export function colorsOf(theme: ThemeName): Uint8ClampedArray {
  const rgb = (variable: string) =>
    [1, 3, 5].map(place =>
      Number.parseInt(themes[theme].variables[variable].slice(place, place + 2), 16),
    ) as unknown as Rgb;
  return colorScale(rgb('editor-background'), rgb('charts-blue'));
}

/** Does something and waits until it has led to a new picture of the map. */
export async function painted(page: Page, act: () => Promise<unknown>): Promise<void> {
  const count = () => page.evaluate(() => performance.getEntriesByName('headlight:cells').length);
  const before = await count();
  await act();
  await page.waitForFunction(count => performance.getEntriesByName('headlight:cells').length > count, before);
}

/** Waits until the thumbnails of every layer have been drawn. */
export const headsDrawn = (page: Page) =>
  page.waitForFunction(() => performance.getEntriesByName('headlight:tiles').length > 0);

/** Waits until the thumbnails and the steps, which come after the map, can be used. */
export async function complete(page: Page): Promise<void> {
  await headsDrawn(page);
  await page.locator('.alternatives li').first().waitFor({ state: 'attached' });
  await frames(page);
}

/** Two frames: what a pointer or a key asked for has been drawn. */
export const frames = (page: Page) =>
  page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));

export const cellBytes = (page: Page, figure = '.figure:not(.other)') =>
  page
    .locator(`${figure} canvas.cells`)
    .evaluate((canvas: HTMLCanvasElement) => [
      ...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data,
    ]);

export const readout = async (page: Page) => {
  await frames(page);
  return page.locator('.readout').innerText();
};

/** A word of a text by the index of its first token. */
export const word = (page: Page, side: 'source' | 'target', token: number) =>
  page.locator(`.${side} .token[data-token="${token}"]:not(.distant)`);

export async function choose(page: Page, label: string, value: string): Promise<void> {
  const dropdown = page.locator(`vscode-dropdown[aria-label="${label}"]`);
  await dropdown.click();
  await dropdown.locator(`vscode-option[value="${value}"]`).click();
}

export const pick = (page: Page, name: string) => page.getByRole('radio', { name, exact: true }).click();

/** Where a cell lies, from the upper left corner of the frame. */
export const cellPosition = (page: Page, row: number, column: number) =>
  page.evaluate(
    ([row, column]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('canvas.cells')!;
      const frame = canvas.closest('.frame')!.getBoundingClientRect();
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return {
        x: left - frame.left + ((column + 0.5) * width) / canvas.width,
        y: top - frame.top + ((row + 0.5) * height) / canvas.height,
      };
    },
    [row, column],
  );

/** Opens panels for one `describe`, and checks after every test that no policy was violated and nothing was requested. */
export function withPanel(): (options: PanelPageOptions) => Promise<Page> {
  let browser: PanelBrowser | undefined;
  let opened: PanelPage[] = [];
  before(async () => {
    browser = await PanelBrowser.launch();
  });
  after(() => browser?.close());
  afterEach(async () => {
    const pages = opened;
    opened = [];
    for (const { page, requests, errors } of pages) {
      const violations = await page.evaluate(() => window.harness.violations);
      await page.context().close();
      assert.deepEqual(violations, [], 'violations of the content policy');
      assert.deepEqual(requests, [], 'network requests');
      assert.deepEqual(errors, [], 'errors of the page');
    }
  });
  return async options => {
    const panel = await browser!.open(options);
    opened.push(panel);
    if (options.output) await panel.page.locator('main[data-stage="ready"]').waitFor();
    await frames(panel.page);
    return panel.page;
  };
}
