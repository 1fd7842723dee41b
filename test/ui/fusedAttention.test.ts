// A model whose export keeps attention inside fused operators: it translates, and the panel says why it has no maps.

import path from 'node:path';
import { root } from '../support/paths';
import { withWorkbench } from './withWorkbench';

describe('a model with fused attention', () => {
  const folder = path.join(root, 'test', 'fixtures', 'models', 'bartFused');
  const workbench = withWorkbench({ settings: { 'headlight.translationModel': folder } });

  it('translates, and the panel names the operator that hides its attention, as the log does', async () => {
    await workbench().openFile('docs/installing.md');
    await workbench().selectLine(5);
    await workbench().runCommand('Headlight: Show Attention');
    const message = workbench().webview().getByRole('alert');
    await message.filter({ hasText: 'not as fused operators' }).waitFor();
    await message.filter({ hasText: 'encoder_model.onnx' }).waitFor();
    await workbench().screenshot('fused-attention');
    await message.getByRole('button', { name: 'Show Log' }).click();
    const log = workbench().page.locator('.part.panel .view-line', { hasText: /attention.panel:/ });
    await log.first().waitFor();
  });
});
