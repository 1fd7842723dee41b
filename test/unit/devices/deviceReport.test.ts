import assert from 'node:assert/strict';
import { deviceCandidates } from '../../../src/model/devices/candidates';
import {
  type DeviceAttempt,
  type DeviceReport,
  fastestRight,
  relativeTime,
  withFailure,
} from '../../../src/model/devices/deviceReport';
import type { GraphDevice } from '../../../src/model/types';

function right(device: GraphDevice, singleMs: number, batchMs: number): DeviceAttempt {
  return { device, outcome: { kind: 'right', firstMs: singleMs * 3, singleMs, batchMs } };
}

const cpu = right('cpu', 12, 40);

describe('choosing a device', () => {
  it('takes the fastest of those that are right', () => {
    assert.equal(fastestRight([right('cuda', 3, 6), right('webgpu', 5, 9), cpu]), 'cuda');
    assert.equal(fastestRight([right('cuda', 30, 90), right('webgpu', 5, 9), cpu]), 'webgpu');
  });

  it('takes the CPU where no other device works', () => {
    const failures: DeviceAttempt[] = [
      { device: 'cuda', outcome: { kind: 'libraries-missing', missing: ['libcudnn.so.9'] } },
      { device: 'webgpu', outcome: { kind: 'wrong', how: 'log-probabilities differ' } },
      cpu,
    ];
    assert.equal(fastestRight(failures), 'cpu');
    assert.equal(
      fastestRight([{ device: 'webgpu', outcome: { kind: 'slow', firstMs: 900, singleMs: 300 } }, cpu]),
      'cpu',
    );
  });

  it('keeps the CPU where another device is hardly faster', () => {
    assert.equal(fastestRight([right('webgpu', 11.5, 38), cpu]), 'cpu');
    assert.equal(fastestRight([right('webgpu', 8, 30), cpu]), 'webgpu');
  });

  it('counts one text and a batch alike', () => {
    assert.equal(relativeTime({ singleMs: 6, batchMs: 80 }, { singleMs: 12, batchMs: 40 }), 1.25);
    assert.equal(fastestRight([right('webgpu', 18, 4), cpu]), 'webgpu');
    assert.equal(fastestRight([right('webgpu', 6, 80), cpu]), 'cpu');
  });

  it('is the CPU after the chosen device failed in the middle of work, with the reason kept', () => {
    const report: DeviceReport = {
      state: 'known',
      device: 'webgpu',
      attempts: [right('webgpu', 3, 6), cpu],
      gpus: ['AMD 0x73bf'],
      probedAt: '2026-01-01T00:00:00.000Z',
    };
    const after = withFailure(report, 'webgpu', 'the device was lost');
    assert.equal(after.device, 'cpu');
    assert.deepEqual(after.attempts, [
      { device: 'webgpu', outcome: { kind: 'failed-at-work', message: 'the device was lost' } },
      cpu,
    ]);
  });

  it('has the CPU last on every platform, and alone where onnxruntime has no binary for another device', () => {
    for (const [platform, architecture, expected] of [
      ['linux', 'x64', ['cuda', 'webgpu', 'cpu']],
      ['linux', 'arm64', ['cpu']],
      ['win32', 'x64', ['dml', 'webgpu', 'cpu']],
      ['darwin', 'arm64', ['coreml', 'webgpu', 'cpu']],
      ['freebsd', 'x64', ['cpu']],
    ] as const)
      assert.deepEqual(deviceCandidates(platform, architecture), expected);
  });
});
