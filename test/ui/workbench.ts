// A real VS Code workbench in a headless browser, with the packed extension installed: what a person does in it, as
// methods. Runs in the test process; knows nothing of what Headlight answers.

import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, errors, type FrameLocator, type Locator, type Page } from 'playwright-core';
import { packedPath } from '../../scripts/packaging/packedFiles.mjs';
import { currentTarget } from '../../scripts/packaging/targets.mjs';
import { launchBrowser } from '../../scripts/workbench/browser.mjs';
import { type CodeServer, installExtension, startCodeServer } from '../../scripts/workbench/codeServerProcess.mjs';
import {
  createWorkbenchFolders,
  removeWorkbenchFolders,
  type WorkbenchFolders,
} from '../../scripts/workbench/workbenchFolders.mjs';

export interface WorkbenchOptions {
  /** User settings, over quiet defaults. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** True: the folder opens in Restricted Mode. Default false: everything is trusted. */
  readonly restricted?: boolean;
  /** Called with the folder that will be opened, a copy of `sample/`, before it is. */
  readonly prepareFolder?: (folder: string) => void;
}

/** As VS Code's style sheets call them. */
export type ThemeKind = 'vs' | 'vs-dark' | 'hc-black' | 'hc-light';

/** Only what never comes takes so long, and a machine with other work is slow. */
export const patienceMs = 60_000;

/** A picker is there within a tenth of it; one that is not has closed. */
const pickerPatienceMs = 10_000;

const screenshotFolder = process.env.HEADLIGHT_SCREENSHOTS ?? 'out/screenshots';

export class Workbench {
  private constructor(
    private readonly folders: WorkbenchFolders,
    private readonly server: CodeServer,
    private readonly browser: Browser,
    readonly page: Page,
  ) {}

  /** Starts a server with the packed extension and opens a copy of the sample folder. Caller stops it. */
  static async start({ settings = {}, restricted = false, prepareFolder }: WorkbenchOptions = {}): Promise<Workbench> {
    const folders = createWorkbenchFolders({
      'editor.wordWrap': 'on',
      'editor.hover.delay': 200,
      'editor.minimap.enabled': false,
      'security.workspace.trust.startupPrompt': 'never',
      ...settings,
    });
    const folder = path.join(folders.base, 'sample');
    cpSync('sample', folder, { recursive: true });
    prepareFolder?.(folder);
    installExtension(folders, path.resolve(packedPath(currentTarget())));
    const server = await startCodeServer(folders, { workspaceTrust: restricted });
    const browser = await launchBrowser().catch(async error => {
      await server.stop();
      throw error;
    });
    const context = await browser.newContext({
      viewport: { width: 1360, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    const workbench = new Workbench(folders, server, browser, page);
    try {
      page.setDefaultTimeout(patienceMs);
      await page.goto(`${server.url}/?folder=${encodeURIComponent(folder)}`);
      await page.locator('.monaco-workbench').waitFor();
      await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
    } catch (error) {
      await workbench.stop();
      throw error;
    }
    return workbench;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    removeWorkbenchFolders(this.folders);
  }

  /** Opens a file of the folder, by its path in it, and puts the cursor into it. */
  async openFile(file: string): Promise<void> {
    await this.pick(() => this.page.keyboard.press('Control+P'), file, path.basename(file));
    await this.editor(path.basename(file)).waitFor();
  }

  /** Runs a command of the palette by its whole title, such as `Headlight: Show Log`. */
  async runCommand(title: string): Promise<void> {
    await this.pick(() => this.page.keyboard.press('F1'), `>${title}`, title);
  }

  /** Runs a command and takes an item of the picker that it opens. */
  async runAndPick(title: string, item: string): Promise<void> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: item });
    const open = async () => {
      await this.runCommand(title);
      await rows.first().waitFor({ timeout: pickerPatienceMs });
    };
    await this.pick(open, item, item);
  }

  async closeEditors(): Promise<void> {
    await this.runCommand('View: Close All Editors');
    await this.page.locator('.editor-group-container .tab').first().waitFor({ state: 'detached' });
  }

  /** Selects one line of the file that has the focus, counted from 1, with its line break. */
  async selectLine(line: number): Promise<void> {
    await this.page.keyboard.press('Control+G');
    await this.fillQuickInput(`:${line}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.page.keyboard.press('Control+L');
  }

  /** The editor whose tab is labelled so. */
  editor(label: string | RegExp): Locator {
    return this.page
      .locator('.editor-group-container')
      .filter({ has: this.activeTab(label) })
      .locator('.editor-instance .view-lines')
      .first();
  }

  /** The text that an editor shows, wrapped lines joined by line breaks; empty when there is no such editor. */
  async readEditor(label: string | RegExp): Promise<string> {
    const lines = await this.editor(label)
      .locator('.view-line')
      .evaluateAll(elements =>
        elements
          .map(element => ({ top: element.getBoundingClientRect().top, text: element.textContent ?? '' }))
          .sort((first, second) => first.top - second.top)
          .map(({ text }) => text),
      );
    return lines.join('\n').replaceAll('\u00a0', ' '); // the editor shows spaces as no-break spaces
  }

  /**
   * Notes from now on, at every painted frame, each new text that the editor shows whose tab is labelled so. Gives a
   * function that reads the notes, in the order of time. In the page itself: from outside, a fast change is missed.
   */
  async recordEditor(label: string): Promise<() => Promise<string[]>> {
    const notes = await this.page.evaluateHandle(wanted => {
      const texts: string[] = [];
      const note = () => {
        const groups = [...document.querySelectorAll('.editor-group-container')];
        const group = groups.find(element => element.querySelector('.tab.active')?.textContent?.includes(wanted));
        const lines = [...(group?.querySelectorAll('.editor-instance .view-line') ?? [])]
          .map(line => ({ top: line.getBoundingClientRect().top, text: line.textContent ?? '' }))
          .sort((first, second) => first.top - second.top);
        const text = lines
          .map(line => line.text)
          .join('\n')
          .replaceAll('\u00a0', ' ')
          .trimEnd();
        if (text !== '' && text !== texts.at(-1)) texts.push(text);
        requestAnimationFrame(note);
      };
      note();
      return texts;
    }, label);
    return () => notes.jsonValue();
  }

  /** Waits until an editor shows a text that matches, and gives the text. */
  async waitForText(label: string | RegExp, expected: RegExp): Promise<string> {
    let text = '';
    const matches = async () => {
      text = await this.readEditor(label);
      return expected.test(text);
    };
    await this.eventually(() => `${label} to show ${expected}, but: ${text}`, matches);
    return text;
  }

  /** Looks until what `look` gives is true. `what`: for the error. */
  async eventually(what: () => string, look: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + patienceMs; Date.now() < end; await this.page.waitForTimeout(50))
      if (await look()) return;
    throw new Error(`waited ${patienceMs / 1000} s for ${what()}`);
  }

  /** Waits until the run that writes an output has ended. Its last words may still be on their way into the editor. */
  async finished(label: string | RegExp): Promise<void> {
    const group = this.page.locator('.editor-group-container').filter({ has: this.activeTab(label) });
    await group.locator('.codelens-decoration').getByText('Run Again').waitFor();
  }

  /** Changes the colour theme by its name and waits until the window shows one of that kind. */
  async chooseTheme(name: string, kind: ThemeKind): Promise<void> {
    const open = async () => {
      await this.page.keyboard.press('Control+K');
      await this.page.keyboard.press('Control+T');
    };
    await this.pick(open, name, name);
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /** Rests the mouse on a word of an editor and gives the hover that appears. */
  async hover(label: string | RegExp, word: string): Promise<Locator> {
    const span = this.editor(label).locator('.view-line span > span', { hasText: word }).first();
    const box = await span.boundingBox();
    if (!box) throw new Error(`no ${word} to hover over in ${label}`);
    await this.page.mouse.move(box.x + 20, box.y + box.height / 2);
    await this.page.mouse.move(box.x + 24, box.y + box.height / 2, { steps: 4 }); // one jump is no hover
    return this.page.locator('.monaco-hover:visible').first();
  }

  /**
   * As `hover`, again and again until the hover has `wanted` in it: what is not made yet is offered as a link, and made meanwhile.
   */
  async hoverUntil(label: string | RegExp, word: string, wanted: string): Promise<Locator> {
    let hover: Locator | undefined;
    const isThere = async () => {
      await this.page.keyboard.press('Escape');
      await this.page.mouse.move(0, 0);
      hover = await this.hover(label, word);
      return hover
        .getByText(wanted)
        .waitFor({ timeout: 3000 })
        .then(
          () => true,
          () => false,
        );
    };
    await this.eventually(() => `“${wanted}” over ${word}`, isThere);
    return hover!;
  }

  /** What is inside the webview that is shown. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  /** Saves what the window shows. Gives the path. */
  async screenshot(name: string): Promise<string> {
    mkdirSync(screenshotFolder, { recursive: true });
    const file = path.join(screenshotFolder, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  readServerLog(): string {
    return this.server.readLog();
  }

  /** Writes into the picker that is open. */
  async fillQuickInput(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input').first();
    await input.waitFor({ state: 'visible' });
    await input.fill(text);
  }

  /** Waits until the picker stands on an item, because it still shows older items while it searches, and takes it. */
  async acceptQuickPick(text: string): Promise<void> {
    await this.focusedItem(text).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /**
   * Takes an item of the picker that `open` opens. A picker closes when something else takes the focus, as whatever was closed just
   * before may do late; then it is opened again.
   */
  private async pick(open: () => Promise<void>, text: string, item: string): Promise<void> {
    const isPicked = async () => {
      try {
        await open();
        await this.page.locator('.quick-input-widget input').first().fill(text, { timeout: pickerPatienceMs });
        await this.focusedItem(item).waitFor({ timeout: pickerPatienceMs });
      } catch (error) {
        if (error instanceof errors.TimeoutError) return false;
        throw error;
      }
      await this.page.keyboard.press('Enter');
      return true;
    };
    await this.eventually(() => `“${item}” in a picker`, isPicked);
  }

  private focusedItem(text: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: text });
  }

  private activeTab(label: string | RegExp): Locator {
    return this.page.locator('.tab.active').filter({ hasText: label });
  }
}
