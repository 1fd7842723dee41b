// One model folder of each family, from the setting alone: translated with, its languages offered, its attention shown.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/paths';
import { withWorkbench } from './withWorkbench';

interface Family {
  readonly folder: string;
  /** What Choose Target Language offers besides the language of VS Code; none: the model does not say. */
  readonly languages: readonly string[];
}

const families: readonly Family[] = [
  { folder: 'marianSplit', languages: [] },
  { folder: 'opusMtDynamo', languages: ['German', 'Spanish'] },
  { folder: 't5Split', languages: ['German'] },
  { folder: 'mt5Merged', languages: [] },
  { folder: 'bartSplit', languages: [] },
  { folder: 'pegasusExternal', languages: [] },
  { folder: 'mbartHalf', languages: ['Romanian'] },
  { folder: 'nllbMerged', languages: ['English', 'German', 'Spanish'] },
  { folder: 'm2m100Dynamo', languages: ['Afrikaans', 'Albanian', 'Amharic'] },
];

const source = 'the red cat sees a small dog';

/** What Hugging Face transformers makes of `source`. */
function targetOf(folder: string): string {
  const file = folder === 'marianSplit' ? 'marian.json' : `families/${folder}.json`;
  const { cases } = JSON.parse(readFileSync(path.join(root, 'test', 'golden', file), 'utf8')) as {
    cases: readonly { source: string; target: string; beams?: unknown }[];
  };
  return cases.find(each => each.source === source)!.target.trim();
}

describe('a model folder in the setting', () => {
  let workspace = '';
  const useModel = (folder: string) => {
    const model = path.join(root, 'test', 'fixtures', 'models', folder);
    const settings = { 'headlight.translationModel': model };
    writeFileSync(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify(settings));
  };

  const workbench = withWorkbench({
    prepareFolder: folder => {
      workspace = folder;
      mkdirSync(path.join(folder, '.vscode'));
      for (const { folder: name } of families) writeFileSync(path.join(folder, `${name}.txt`), `${source}\n`);
      useModel(families[0].folder); // before the window opens: it notices a file that is new only after a while
    },
  });

  for (const { folder, languages } of families)
    describe(folder, () => {
      before(() => useModel(folder));

      it('translates as transformers does', async () => {
        await workbench().openFile(`${folder}.txt`);
        await workbench().selectLine(1);
        const output = `Translation of ${folder}.txt`;
        const lens = workbench().page.locator('.codelens-decoration').getByText(`${folder} · CPU`);
        // The window notices a changed settings file in its own time.
        const isOfModel = async () => {
          await workbench().runCommand('Headlight: Translate Selection');
          await workbench().finished(output);
          return lens.isVisible();
        };
        await workbench().eventually(() => `an output of ${folder}`, isOfModel);
        let text = '';
        const isAsExpected = async () => {
          text = (await workbench().readEditor(output)).trim();
          return text === targetOf(folder);
        };
        await workbench().eventually(() => `“${targetOf(folder)}”, but: “${text}”`, isAsExpected);
      });

      it('offers the languages that it has', async () => {
        await workbench().page.keyboard.press('F1');
        await workbench().fillQuickInput('>Headlight: Choose Target Language');
        await workbench().acceptQuickPick('Headlight: Choose Target Language');
        const rows = workbench().page.locator('.quick-input-list .monaco-list-row .label-name');
        await rows.filter({ hasText: 'The language of VS Code' }).waitFor();
        const offered = (await rows.allInnerTexts()).slice(1);
        await workbench().page.keyboard.press('Escape');
        // A long list shows its beginning.
        assert.deepEqual(offered.slice(0, Math.max(languages.length, 1)), languages);
      });

      it('shows its attention', async () => {
        await workbench().runCommand('Headlight: Show Attention');
        const panel = workbench().webview();
        await panel.getByText(`${folder} on CPU`).waitFor();
        await panel.locator('main[data-stage="ready"]').waitFor();
        await panel.locator('.source .token', { hasText: 'red' }).first().waitFor();
        const shadeCount = () =>
          panel
            .locator('canvas.cells')
            .first()
            .evaluate(
              (canvas: HTMLCanvasElement) =>
                new Set(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data).size,
            );
        const isDrawn = async () => (await shadeCount()) > 20; // in the frame after the one that says ready
        await workbench().eventually(() => 'cells of many shades', isDrawn);
        await workbench().screenshot(`family-${folder}`);
      });
    });
});
