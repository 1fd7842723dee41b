// Opens the built panel in Chromium, with the policy and the page that the extension gives it and no network at all.

import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../../scripts/workbench/browser.mjs';
import { panelHtml } from '../../../src/extension/panelHtml';
import type { OutputName } from './panelFixtures';
import type { ThemeName } from './panelThemes';

export interface PanelPageOptions {
  /** What was shown before the page opened; undefined: nothing yet. */
  readonly output?: OutputName;
  readonly theme?: ThemeName;
  readonly width?: number;
  readonly height?: number;
  readonly deviceScaleFactor?: number;
  readonly forcedColors?: boolean;
  readonly reducedMotion?: boolean;
  readonly language?: string;
  /** Of the page's words; absent: none, and they are English. */
  readonly translations?: Readonly<Record<string, string>>;
}

export interface PanelPage {
  readonly page: Page;
  /** Every request but the page and its script. */
  readonly requests: readonly string[];
  /** What was thrown in the page and caught by nobody. */
  readonly errors: readonly string[];
}

export class PanelBrowser {
  private constructor(
    private readonly browser: Browser,
    private readonly harnessScript: string,
    private readonly panelScript: string,
  ) {}

  /** The panel must have been built (`npm run build`). Caller closes. */
  static async launch(): Promise<PanelBrowser> {
    const [built] = (
      await esbuild.build({
        entryPoints: ['test/ui/harness/panelPage.ts'],
        bundle: true,
        write: false,
        format: 'iife',
        target: 'chrome122',
      })
    ).outputFiles;
    const browser = await launchBrowser();
    return new PanelBrowser(browser, built.text, readFileSync('dist/webview.js', 'utf8'));
  }

  async open(options: PanelPageOptions = {}): Promise<PanelPage> {
    const {
      output,
      theme = 'dark',
      width = 760,
      height = 900,
      deviceScaleFactor = 1,
      forcedColors = false,
      reducedMotion = false,
      language = 'en',
      translations,
    } = options;
    const context = await this.browser.newContext({
      viewport: { width, height },
      deviceScaleFactor,
      forcedColors: forcedColors ? 'active' : 'none',
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    });
    context.setDefaultTimeout(60_000); // a machine with other work is slow
    const page = await context.newPage();
    const requests: string[] = [];
    const errors: string[] = [];
    page.on('pageerror', error => errors.push(error.stack ?? error.message));
    await page.route('**/*', route => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/')
        return route.fulfill({ contentType: 'text/html', body: panelHtml('/webview.js', language, translations) });
      if (pathname === '/webview.js') return route.fulfill({ contentType: 'text/javascript', body: this.panelScript });
      requests.push(route.request().url());
      return route.abort();
    });
    await page.addInitScript(`window.harnessStart = ${JSON.stringify({ output, theme })};\n${this.harnessScript}`);
    await page.goto('http://panel.test/');
    return { page, requests, errors };
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

const screenshotFolder = process.env.HEADLIGHT_SCREENSHOTS ?? 'out/screenshots';

/** Writes a picture of the panel for a person to look at. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(screenshotFolder, { recursive: true });
  await page.screenshot({ path: path.join(screenshotFolder, `panel-${name}.png`) });
}
