import assert from 'node:assert/strict';
import type { EngineProcess } from '../../src/client/engineProcess';
import { marianMerged, marianSplit, readMarianGolden } from '../golden/marianGolden';
import { startEngine, translation } from '../support/engine';

// The driver is SwiftShader: a real Vulkan driver, in software. Results are those of a GPU in fp32, slowly.
describe('the webgpu device', () => {
  const golden = readMarianGolden();
  const before = { ...process.env };
  let engine: EngineProcess;

  beforeEach(() => {
    const driver = process.env.HEADLIGHT_VULKAN_ICD;
    assert.ok(driver, 'npm test names a Vulkan driver in HEADLIGHT_VULKAN_ICD');
    process.env.VK_ICD_FILENAMES = driver;
    process.env.VK_DRIVER_FILES = driver;
    engine = startEngine().engine;
  });
  afterEach(() => {
    engine.dispose();
    process.env = { ...before };
  });

  for (const folder of [marianSplit, marianMerged])
    it(`gives the tokens and attention of the reference for ${folder.split('/').pop()}`, async () => {
      for (const { source, sourceIds, greedy } of golden.cases.slice(0, 3)) {
        const params = translation(source, { folder, device: 'webgpu', task: { kind: 'raw' }, segmentation: 'whole' });
        const { segments, device } = await engine.call('run', params);
        assert.equal(device, 'webgpu');
        assert.deepEqual(
          segments[0].targetTokens.map(({ id }) => id),
          greedy.targetIds,
        );
        const maps = await engine.call('attention', {
          folder,
          device: 'webgpu',
          sourceIds,
          targetIds: greedy.targetIds,
          priority: 'interactive',
        });
        const onCpu = await engine.call('attention', {
          folder,
          device: 'cpu',
          sourceIds,
          targetIds: greedy.targetIds,
          priority: 'interactive',
        });
        for (const kind of ['encoder', 'decoder', 'cross'] as const)
          for (const [index, weight] of maps[kind].data.entries())
            assert.ok(Math.abs(weight - onCpu[kind].data[index]) < 1e-4, `${kind} attention at ${index}`);
      }
    });

  it('says so when there is no GPU, and the CPU still works', async () => {
    engine.stop();
    process.env.VK_ICD_FILENAMES = '/nowhere.json';
    process.env.VK_DRIVER_FILES = '/nowhere.json';
    await assert.rejects(
      engine.call('run', translation('Open.', { device: 'webgpu' })),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'device-failed');
        assert.match(error.message, /webgpu/);
        return true;
      },
    );
    assert.ok((await engine.call('run', translation('Open.'))).target.length > 0);
  });

  it('says so when this installation has no such device', async () => {
    await assert.rejects(engine.call('run', translation('Open.', { device: 'coreml' })), {
      code: 'device-unavailable',
    });
  });
});
