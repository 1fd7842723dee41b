// The attention panel in VS Code's own themes.

import assert from 'node:assert/strict';
import { withWorkbench } from './withWorkbench';

const themes = [
  ['dark', 'Dark Modern', 'vs-dark'],
  ['light', 'Light Modern', 'vs'],
  ['high-contrast', 'Dark High Contrast', 'hc-black'],
  ['high-contrast-light', 'Light High Contrast', 'hc-light'],
] as const;

describe('the attention panel', () => {
  const workbench = withWorkbench();

  before(async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Show Attention');
    await workbench().webview().locator('canvas').first().waitFor();
  });

  const backgrounds = new Set<string>();
  for (const [name, theme, kind] of themes) {
    it(`follows the theme ${theme}`, async () => {
      await workbench().chooseTheme(theme, kind);
      const body = workbench().webview().locator('body');
      const background = await body.evaluate(element => getComputedStyle(element).backgroundColor);
      assert.ok(!backgrounds.has(background), `${background} is the background of another theme too`);
      backgrounds.add(background);
      await workbench().screenshot(`attention-${name}`);
    });
  }
});
