// A wrong model folder in the settings: the person learns what is wrong and gets to the setting with one click.

import { withWorkbench } from './withWorkbench';

describe('a model folder that does not exist', () => {
  const workbench = withWorkbench({ settings: { 'headlight.translationModel': '/nowhere/model' } });

  it('is named in a message whose button opens the setting', async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Translate Selection');
    const message = workbench().notification('/nowhere/model');
    await message.waitFor();
    await workbench().screenshot('wrong-model-path');
    await message.getByRole('button', { name: /Setting/ }).click();
    await workbench()
      .page.locator('.settings-editor')
      .getByText('Translation Model', { exact: true })
      .first()
      .waitFor();
    await workbench().screenshot('wrong-model-setting');
  });
});
