import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { expandModelPath, type PathContext } from '../../../src/extension/modelPaths';

const context: PathContext = {
  homeFolder: '/home/ada',
  workspaceFolder: '/work/book',
  shippedFolder: '/ext/models/default',
};
const variable = '$' + '{workspaceFolder}';

describe('expandModelPath', () => {
  it('takes an empty or blank setting for the shipped model', () => {
    assert.equal(expandModelPath('', context), '/ext/models/default');
    assert.equal(expandModelPath('  ', context), '/ext/models/default');
  });

  it('expands ~ to the home folder, at the start only', () => {
    assert.equal(expandModelPath('~', context), '/home/ada');
    assert.equal(expandModelPath('~/models/opus', context), '/home/ada/models/opus');
    assert.equal(expandModelPath('/models/~old', context), '/models/~old');
    assert.throws(() => expandModelPath('~ada/models', context), { code: 'model-folder-missing' });
  });

  it('expands the workspace folder', () => {
    assert.equal(expandModelPath(`${variable}/models/../m`, context), '/work/book/m');
  });

  it('says what is missing when no folder is open', () => {
    assert.throws(() => expandModelPath(`${variable}/m`, { ...context, workspaceFolder: undefined }), {
      code: 'model-folder-missing',
      message: /needs an open folder/,
    });
  });

  it('refuses a relative path with the rule and the value', () => {
    assert.throws(() => expandModelPath('models/opus', context), {
      code: 'model-folder-missing',
      message: /must be absolute.*"models\/opus"/,
    });
  });

  it('agrees with the pattern of the setting in package.json', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
    const pattern = new RegExp(manifest.contributes.configuration.properties['headlight.translationModel'].pattern);
    const written = [
      '',
      ' ',
      '~',
      '~/m',
      '/m',
      `${variable}/m`,
      variable,
      'm',
      './m',
      '~ada/m',
      '../m',
      `x${variable}`,
    ];
    for (const setting of written) {
      const accepted = (() => {
        try {
          expandModelPath(setting, context);
          return true;
        } catch {
          return false;
        }
      })();
      assert.equal(pattern.test(setting), accepted, `"${setting}"`);
    }
  });
});
