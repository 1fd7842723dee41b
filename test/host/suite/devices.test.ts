import assert from 'node:assert/strict';
import type { HeadlightTestApi } from '../../../src/extension/testApi';
import {
  closeEverything,
  english,
  eventually,
  headlight,
  openAndSelectAll,
  run,
  translate,
  withSetting,
} from './support';

describe('the device', () => {
  let api: HeadlightTestApi;

  before(async () => {
    api = await headlight();
  });
  afterEach(closeEverything);

  it('is told with its reasons after the devices were probed', async () => {
    await run('probeDevices');
    assert.match(api.lastSentence() ?? '', /^Headlight runs on (CPU|WebGPU|CUDA)\. /);
    const [text, detail] = api.deviceStatus();
    assert.match(text, /Headlight: runs on (CPU|WebGPU|CUDA)$/);
    if (process.platform === 'linux' && process.arch === 'x64') {
      assert.match(detail, /WebGPU: |faster than the CPU/);
      assert.match(detail, /CUDA: |faster than the CPU/);
    }
  });

  it('gives way to the CPU when it fails, which is said once and stays in the status', async () => {
    // Another system's device: it fails on every machine that the tests run on, and the extension must not know that beforehand.
    const device = process.platform === 'darwin' ? 'dml' : 'coreml';
    await withSetting('device', device, async () => {
      await openAndSelectAll(english);
      await translate();
      assert.equal(api.lastOutput()?.result.device, 'cpu');
      assert.match(api.lastSentence() ?? '', /failed; Headlight uses the CPU until VS Code starts again/);
      const [text, detail] = api.deviceStatus();
      assert.match(text, /runs on CPU/);
      assert.match(detail, /failed: .*not in this installation/);
    });
    await eventually('the status after the setting is back', () => !/failed/.test(api.deviceStatus()[1]));
  });
});
