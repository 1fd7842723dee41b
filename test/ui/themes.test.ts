// The attention panel in VS Code's own themes.

import { withWorkbench } from './withWorkbench';

/** Dark and light in turn, so that each looks different from the one before. */
const themes = [
  { name: 'dark', theme: 'Dark Modern', kind: 'vs-dark', webviewKind: 'vscode-dark' },
  { name: 'light', theme: 'Light Modern', kind: 'vs', webviewKind: 'vscode-light' },
  { name: 'high-contrast', theme: 'Dark High Contrast', kind: 'hc-black', webviewKind: 'vscode-high-contrast' },
  {
    name: 'high-contrast-light',
    theme: 'Light High Contrast',
    kind: 'hc-light',
    webviewKind: 'vscode-high-contrast-light',
  },
] as const;

describe('the attention panel', () => {
  const workbench = withWorkbench();

  before(async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Show Attention');
    await workbench().webview().locator('canvas').first().waitFor();
  });

  let previousPicture = '';
  for (const { name, theme, kind, webviewKind } of themes) {
    it(`follows the theme ${theme}`, async () => {
      await workbench().chooseTheme(theme, kind);
      await workbench().webview().locator(`body[data-vscode-theme-kind="${webviewKind}"]`).waitFor();
      const cells = workbench().webview().locator('canvas.cells').first();
      let picture = '';
      const isOther = async () => {
        picture = await cells.evaluate(canvas => (canvas as HTMLCanvasElement).toDataURL());
        return picture !== previousPicture;
      };
      await workbench().eventually(() => 'cells that look other than in the theme before', isOther);
      previousPicture = picture;
      await workbench().screenshot(`attention-${name}`);
    });
  }
});
