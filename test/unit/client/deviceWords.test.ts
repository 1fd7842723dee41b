import assert from 'node:assert/strict';
import { deviceLines } from '../../../src/client/deviceWords';
import { plainReason } from '../../../src/client/plainReason';
import type { DeviceReport } from '../../../src/model/devices/deviceReport';

const report: DeviceReport = {
  state: 'known',
  device: 'cpu',
  gpus: [],
  probedAt: '2026-01-01T00:00:00.000Z',
  attempts: [
    { device: 'cuda', outcome: { kind: 'libraries-missing', missing: ['libcublas.so.12', 'libcudnn.so.9'] } },
    { device: 'webgpu', outcome: { kind: 'slow', firstMs: 4892, singleMs: 540 } },
    { device: 'cpu', outcome: { kind: 'right', firstMs: 51, singleMs: 12, batchMs: 40 } },
  ],
};

describe('the words about devices', () => {
  it('say of each device whether it runs, and why', () => {
    assert.deepEqual(deviceLines(report), [
      'cuda does not run: missing libcublas.so.12, libcudnn.so.9; to be had as ' +
        'https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html says',
      'webgpu does not run: 540 ms for one text, 45 times as long as the CPU',
      'cpu runs: the fastest that is right (12 ms for one text, 40 ms for eight)',
    ]);
  });

  it('say how much faster a GPU is', () => {
    const [webgpu] = deviceLines({
      ...report,
      device: 'webgpu',
      attempts: [
        { device: 'webgpu', outcome: { kind: 'right', firstMs: 900, singleMs: 3, batchMs: 10 } },
        report.attempts[2],
      ],
    });
    assert.equal(
      webgpu,
      'webgpu runs: the fastest that is right (3.0 ms for one text, 10 ms for eight, 4.0 times as fast as the CPU)',
    );
  });

  it('do not claim a choice where there was none', () => {
    assert.deepEqual(deviceLines({ ...report, attempts: [] }), ['cpu runs: this platform has no other device']);
    assert.deepEqual(deviceLines({ ...report, state: 'unknown', attempts: [] }), [
      'cpu runs: the other devices have not been tried yet',
    ]);
    assert.match(deviceLines({ ...report, attempts: report.attempts.slice(2) })[0], /no other works here/);
  });

  it('give the reason of onnxruntime without the source lines around it', () => {
    const adapter =
      'onnx/encoder_model.onnx: onnxruntime could not load it on webgpu: /onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 ' +
      'onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> ' +
      'adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n\n';
    assert.equal(plainReason(adapter), 'Failed to get a WebGPU adapter: No supported adapters');
    const node =
      "a graph run failed on webgpu: Non-zero status code returned while running Gather node. Name:'/encoder/embed_tokens/Gather' " +
      'Status Message: shader_helper.cc:416 GenerateSourceCode Program Gather requires f16 but the device does not support it.';
    assert.equal(plainReason(node), 'Program Gather requires f16 but the device does not support it.');
    assert.equal(
      plainReason('the engine process ended by signal SIGKILL'),
      'the engine process ended by signal SIGKILL',
    );
  });
});
