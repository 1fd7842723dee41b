// Cached keys and values stay in the memory of the GPU: the same tokens, nothing left behind, a clean end. The driver is SwiftShader.

import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Tensor } from 'onnxruntime-node';
import type { CachedDecoder } from '../../src/model/engine/cachedDecoder';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import { Seq2SeqModel } from '../../src/model/engine/seq2seqModel';
import { Channel } from '../../src/protocol/channel';
import type { EngineMethods, EngineParentMethods } from '../../src/protocol/engine';
import { marianMerged, marianSplit } from '../golden/marianGolden';
import { leastGrowthMb, startEngine, translation } from '../support/engine';
import { enginePath } from '../support/paths';

describe('cached keys and values on webgpu', () => {
  before(() => {
    const driver = process.env.HEADLIGHT_VULKAN_ICD;
    assert.ok(driver, 'npm test names a Vulkan driver in HEADLIGHT_VULKAN_ICD');
    process.env.VK_ICD_FILENAMES = driver;
    process.env.VK_DRIVER_FILES = driver;
  });

  for (const folder of [marianSplit, marianMerged])
    it(`stay there between steps, also when rows leave, and are given back: ${folder.split('/').pop()}`, async () => {
      const model = await Seq2SeqModel.load(await openModelFolder(folder), 'webgpu');
      const sources = [
        [20, 30, 40, 2],
        [60, 70, 2],
      ];
      const decoder = (await model.decoderFor(sources)) as CachedDecoder;
      // biome-ignore lint/complexity/useLiteralKeys: nobody but a test asks a decoder what it holds
      const caches = (): Record<string, Tensor>[] => [decoder['selfCache'], decoder['sourceInputs']];
      const held = (): Tensor[] =>
        caches().flatMap(cache =>
          Object.keys(cache).flatMap(name => (/\.(key|value)$/.test(name) ? [cache[name]] : [])),
        );
      await decoder.start([model.folder.generation.decoderStartTokenId], 2);
      const ofFirst = held();
      await decoder.step([50, 51], [0, 1], 2);
      await decoder.step([50], [1], 2);
      assert.ok(held().length > 4);
      assert.deepEqual([...new Set(held().map(({ location }) => location))], ['gpu-buffer']);
      const ofLast = held();
      decoder.dispose();
      const locations = [...ofFirst, ...ofLast].map(({ location }) => location);
      assert.deepEqual([...new Set(locations)], ['none']);
      await model.release();
    });

  it('give every beam its own past, as on the CPU', async () => {
    const { engine } = startEngine();
    try {
      for (const folder of [marianSplit, marianMerged]) {
        const params = translation('cat sees\nthe house\ncasa', {
          folder,
          task: { kind: 'raw' },
          segmentation: 'lines',
          options: { beamCount: 4, maxNewTokens: 8 },
        });
        const onCpu = await engine.call('run', params);
        const onGpu = await engine.call('run', { ...params, device: 'webgpu' });
        const idsOf = ({ segments }: typeof onCpu) =>
          segments.map(({ targetTokens }) => targetTokens.map(({ id }) => id));
        assert.deepEqual(idsOf(onGpu), idsOf(onCpu));
      }
    } finally {
      engine.dispose();
    }
  });

  it('leave nothing behind in 200 translations', async () => {
    const { engine } = startEngine();
    try {
      const params = translation('cat sees', {
        folder: marianSplit,
        device: 'webgpu',
        task: { kind: 'raw' },
        segmentation: 'whole',
        options: { beamCount: 1, maxNewTokens: 5 },
      });
      const grownMb = await leastGrowthMb(engine, () => params);
      assert.ok(grownMb < 3, `every 50 translations took ${grownMb.toFixed(1)} MB or more`);
    } finally {
      engine.dispose();
    }
  });

  it('do not stand in the way of a clean exit', async () => {
    const child = fork(enginePath, [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const channel = channelTo(child);
    const params = translation('cat sees', { folder: marianSplit, device: 'webgpu', task: { kind: 'raw' } });
    await channel.call('run', params);
    const exit = once(child, 'exit');
    child.disconnect();
    assert.deepEqual(await exit, [0, null]);
  });
});

function channelTo(child: ChildProcess): Channel<EngineMethods, EngineParentMethods> {
  return new Channel<EngineMethods, EngineParentMethods>(
    {
      post: message => {
        child.send(message as object);
      },
      listen: onMessage => {
        child.on('message', onMessage);
        return () => child.off('message', onMessage);
      },
    },
    {},
  );
}
