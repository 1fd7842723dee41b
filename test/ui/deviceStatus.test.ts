// The language status says which device runs, and why not the others.

import assert from 'node:assert/strict';
import { withWorkbench } from './withWorkbench';

describe('the language status', () => {
  const workbench = withWorkbench();

  it('names the device that runs, says of each other one why it does not, and keeps its link in sight', async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(3);
    await workbench().runCommand('Headlight: Replace Selection with Translation');
    await workbench().waitForText('installing.md', /El servidor/);
    await workbench().runCommand('Headlight: Probe Devices Again');
    await workbench()
      .page.locator('.notification-toast', { hasText: /CUDA: .+ · WebGPU: / })
      .waitFor();
    await workbench().page.locator('[id="status.languageStatus"]').hover();
    const status = workbench().page.locator('.hover-language-status', { hasText: 'runs on CPU' });
    await status.waitFor();
    await workbench().screenshot('device-status');
    const link = await status.getByText('Probe', { exact: true }).boundingBox();
    const width = workbench().page.viewportSize()?.width ?? 0;
    assert.ok(link && link.x + link.width < width, `the link ends at ${link && link.x + link.width} of ${width}`);
    assert.match((await status.innerText()).replaceAll('\n', ' '), /CUDA: .+ · WebGPU: /);
  });
});
