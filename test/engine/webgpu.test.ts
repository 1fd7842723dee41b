import assert from 'node:assert/strict';

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { EngineProcess } from '../../src/client/engineProcess';
import { disagreement, toleranceFor } from '../../src/model/devices/measurement';
import { sessionOptions } from '../../src/model/engine/device';
import { gpuForm } from '../../src/model/engine/gpuForm';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import type { OnnxFile } from '../../src/model/engine/onnxFile';
import type { DeviceName } from '../../src/model/types';
import { marianMerged, marianSplit, readMarianGolden } from '../golden/marianGolden';
import { leastGrowthMb, startEngine, translation } from '../support/engine';
import { defaultModel, enginePath, root } from '../support/paths';
import { useNoVulkan, useSoftwareVulkan } from '../support/vulkan';

describe('the webgpu device', () => {
  const golden = readMarianGolden();
  let engine: EngineProcess;
  let restore: () => void;

  beforeEach(() => {
    restore = useSoftwareVulkan();
    engine = startEngine().engine;
  });
  afterEach(() => {
    engine.dispose();
    restore();
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

  it('computes the 8-bit products of the shipped model, widened, as onnxruntime itself reports', async () => {
    const { graphs, folder } = await openModelFolder(defaultModel);
    assert.equal(graphs.decoder.layout, 'merged');
    const attentionMask = new Tensor('int64', new BigInt64Array(6).fill(1n), [1, 6]);
    const inputIds = new Tensor('int64', BigInt64Array.of(5n, 60n, 70n, 80n, 90n, 0n), [1, 6]);
    const encoded = await profiled(graphs.encoder, { input_ids: inputIds, attention_mask: attentionMask });
    const { decoderHeadCount, headDimension } = folder.architecture;
    const first = { encoder_hidden_states: encoded.outputs.last_hidden_state, encoder_attention_mask: attentionMask };
    const decoded = await profiled(
      (graphs.decoder as { merged: OnnxFile }).merged,
      { ...first, input_ids: new Tensor('int64', [1n], [1, 1]), use_cache_branch: new Tensor('bool', [false], [1]) },
      new Tensor('float32', [], [1, decoderHeadCount, 0, headDimension]),
    );
    const products = [...encoded.products, ...decoded.products];
    assert.ok(products.length > 50, `${products.length} products`);
    const onGpu = products.filter(provider => provider === 'WebGpuExecutionProvider');
    assert.ok(onGpu.length >= 0.95 * products.length, `${onGpu.length} of ${products.length} ran on WebGPU`);
  });

  it('computes the shipped model as the CPU does, but for what 8-bit products round', async () => {
    const tolerance = toleranceFor((await engine.call('describe', { folder: defaultModel })).files);
    for (const text of ['Open the file.', 'Save the settings.']) {
      const params = translation(text, { device: 'webgpu' });
      const onGpu = await engine.call('run', params);
      assert.equal(onGpu.device, 'webgpu');
      assert.match(onGpu.target, /\p{L}/u);
      const [{ targetTokens, logProbabilities }] = (await engine.call('run', { ...params, device: 'cpu' })).segments;
      // Of the same tokens: two that are as good as equal may change places in a search.
      const { folder, device, task } = params;
      const targetIds = targetTokens.map(({ id }) => id);
      const forced = await engine.call('force', { folder, device, text, task, targetIds });
      for (const [step, value] of forced.segments[0].logProbabilities.entries())
        assert.ok(Math.abs(value - logProbabilities[step]) <= tolerance.maximum, `${text} ${step}: ${value}`);
    }
  });

  it('takes fp32 files before 8-bit ones, and the CPU the other way round', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'headlight-precisions-'));
    try {
      cpSync(marianMerged, folder, { recursive: true });
      for (const name of ['encoder_model', 'decoder_model_merged'])
        copyFileSync(path.join(folder, `onnx/${name}.onnx`), path.join(folder, `onnx/${name}_quantized.onnx`));
      const filesOn = async (device: DeviceName) => (await engine.call('load', { folder, device })).files;
      assert.deepEqual(await filesOn('webgpu'), ['onnx/encoder_model.onnx', 'onnx/decoder_model_merged.onnx']);
      assert.deepEqual(await filesOn('cpu'), [
        'onnx/encoder_model_quantized.onnx',
        'onnx/decoder_model_merged_quantized.onnx',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  // Every family and kind of export but the half-precision one, which the driver refuses: onnxruntime's WebGPU has had operators
  // that were right for one shape and wrong for the next.
  for (const name of [
    't5Split',
    'mt5Merged',
    'bartSplit',
    'bartQuantized',
    'pegasusExternal',
    'm2m100Dynamo',
    'nllbMerged',
    'opusMtDynamo',
  ])
    it(`computes ${name} as the CPU does`, async () => {
      const folder = fixture(name);
      const reference = await measured(folder, 'cpu');
      const candidate = await measured(folder, 'webgpu', reference.targets);
      const { files } = await engine.call('describe', { folder });
      assert.equal(disagreement(reference, candidate, toleranceFor(files)), undefined);
    });

  it('takes no more memory with every translation', async () => {
    const folder = fixture('opusMtDynamo');
    const task = { kind: 'raw' } as const;
    const options = { beamCount: 1, maxNewTokens: 12 };
    const grownMb = await leastGrowthMb(engine, index =>
      translation(`file ${index % 7}`, { folder, device: 'webgpu', task, options }),
    );
    assert.ok(grownMb < 3, `every 50 translations took ${grownMb.toFixed(1)} MB or more`);
  });

  it('ends its process with exit code 0 when the parent goes, with a model on the device', async () => {
    const child = fork(enginePath, [], {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const params = translation('Open.', { folder: fixture('opusMtDynamo'), device: 'webgpu', task: { kind: 'raw' } });
    child.send({ kind: 'call', id: 1, method: 'run', params });
    for (;;) {
      const [message] = (await once(child, 'message')) as [{ kind: string }];
      assert.notEqual(message.kind, 'error');
      if (message.kind === 'result') break;
    }
    child.disconnect();
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('says so when there is no GPU, and the CPU still works', async () => {
    engine.stop();
    restore();
    restore = useNoVulkan();
    const onGpu = assert.rejects(engine.call('run', translation('Open.', { device: 'webgpu' })), {
      code: 'device-failed',
      message: /webgpu/,
    });
    // While it is being loaded, somebody asks what the folder holds.
    assert.equal((await engine.call('describe', { folder: defaultModel })).folder, defaultModel);
    await onGpu;
    assert.ok((await engine.call('run', translation('Open.'))).target.length > 0);
  });

  it('says so when this installation has no such device', async () => {
    await assert.rejects(engine.call('run', translation('Open.', { device: 'coreml' })), {
      code: 'device-unavailable',
    });
  });

  async function measured(folder: string, device: DeviceName, referenceTargets?: readonly (readonly number[])[]) {
    const measurement = await engine.call('measureDevice', { folder, device, referenceTargets });
    assert.ok(measurement.kind === 'whole', 'nothing is given up without a limit');
    return measurement;
  }
});

/**
 * Runs one graph once on WebGPU with onnxruntime's profiler: its outputs, and the provider of each matrix product that ran.
 * `past`: fed for every cached key and value.
 */
async function profiled(
  file: OnnxFile,
  feeds: Readonly<Record<string, Tensor>>,
  past?: Tensor,
): Promise<{ readonly outputs: Record<string, Tensor>; readonly products: readonly string[] }> {
  const { bytes, model, parameterFolder } = gpuForm(file);
  const options = sessionOptions('webgpu', model);
  const folder = mkdtempSync(path.join(tmpdir(), 'headlight-profile-'));
  try {
    const session = await InferenceSession.create(bytes, {
      ...options,
      enableProfiling: true,
      profileFilePrefix: path.join(folder, 'run'),
      extra: {
        session: {
          ...(options.extra?.session as object),
          model_external_initializers_file_folder_path: parameterFolder,
        },
      },
    });
    const pastNames = session.inputNames.filter(name => name.startsWith('past_key_values.'));
    const allFeeds = { ...feeds, ...Object.fromEntries(pastNames.map(name => [name, past!])) };
    const outputs = (await session.run(allFeeds, [session.outputNames[0]])) as Record<string, Tensor>;
    session.endProfiling();
    await session.release();
    const profile = path.join(folder, readdirSync(folder)[0]);
    const events = JSON.parse(readFileSync(profile, 'utf8')) as { args?: { op_name?: string; provider?: string } }[];
    const products = events.flatMap(({ args }) =>
      args?.provider && /MatMul|Gemm/.test(args.op_name ?? '') ? [args.provider] : [],
    );
    return { outputs, products };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function fixture(name: string): string {
  return path.join(root, 'test', 'fixtures', 'models', name);
}
