import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type DeviceAnswer, type DeviceKey, DeviceMemory } from '../../../src/client/deviceMemory';

const key: DeviceKey = {
  modelSha256: '33901d45f349',
  onnxruntimeVersion: '1.30.0',
  system: 'linux x64 6.8.0-45-generic',
  gpus: ['Intel 0x46a6', 'NVIDIA GeForce RTX 3060'],
  drivers: ['NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.107.02', 'intel_icd.x86_64.json'],
  candidates: ['webgpu', 'cpu'],
};
const answer: DeviceAnswer = {
  device: 'webgpu',
  attempts: [
    { device: 'webgpu', outcome: { kind: 'right', firstMs: 900, singleMs: 8, batchMs: 14 } },
    { device: 'cpu', outcome: { kind: 'right', firstMs: 30, singleMs: 12, batchMs: 40 } },
  ],
  probedAt: '2026-01-01T00:00:00.000Z',
};

describe('the memory of devices', () => {
  let folder: string;
  let warnings: string[];
  let memory: DeviceMemory;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'headlight-devices-'));
    warnings = [];
    memory = memoryIn(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function memoryIn(place: string): DeviceMemory {
    return new DeviceMemory(place, { info: () => {}, warn: message => warnings.push(message) });
  }

  it('gives an answer back in the next session, whatever the order in which the system lists things', async () => {
    await memory.remember(key, answer);
    const turned = { ...key, gpus: [...key.gpus].reverse(), drivers: [...key.drivers].reverse() };
    assert.deepEqual(await memoryIn(folder).recall(turned), answer);
    assert.deepEqual(warnings, []);
  });

  it('has no answer once anything it depends on is another', async () => {
    await memory.remember(key, answer);
    const changes: Partial<DeviceKey>[] = [
      { modelSha256: '0' },
      { onnxruntimeVersion: '1.31.0' },
      { system: 'linux x64 6.9.0' },
      { gpus: ['Intel 0x46a6'] },
      { drivers: [] },
      { candidates: ['cuda', 'webgpu', 'cpu'] },
    ];
    for (const change of changes) assert.equal(await memory.recall({ ...key, ...change }), undefined);
  });

  it('replaces the answer for the same machine and keeps those for others', async () => {
    const other = { ...key, modelSha256: 'other' };
    await memory.remember(key, answer);
    await memory.remember(other, answer);
    await memory.remember(key, { ...answer, device: 'cpu' });
    assert.equal((await memory.recall(key))?.device, 'cpu');
    assert.equal((await memory.recall(other))?.device, 'webgpu');
    assert.deepEqual(readdirSync(folder), ['devices.json'], 'nothing temporary is left');
  });

  it('keeps every answer of those that come at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(names.map(modelSha256 => memory.remember({ ...key, modelSha256 }, answer)));
    for (const modelSha256 of names)
      assert.deepEqual(await memory.recall({ ...key, modelSha256 }), answer, modelSha256);
    assert.deepEqual(warnings, []);
  });

  it('forgets the oldest answers, so that the file does not grow', async () => {
    for (let index = 0; index < 60; index++) await memory.remember({ ...key, modelSha256: `${index}` }, answer);
    assert.equal(await memory.recall({ ...key, modelSha256: '0' }), undefined);
    assert.ok(await memory.recall({ ...key, modelSha256: '59' }));
    assert.equal(JSON.parse(readFileSync(path.join(folder, 'devices.json'), 'utf8')).answers.length, 50);
  });

  it('has no answer in a file that is damaged or of another format, and writes it anew', async () => {
    for (const content of [
      '',
      '{"format": 1',
      '{"format": 99, "answers": []}',
      '{"format": 1, "answers": [{"key": 3}]}',
    ]) {
      writeFileSync(path.join(folder, 'devices.json'), content);
      assert.equal(await memory.recall(key), undefined);
      await memory.remember(key, answer);
      assert.deepEqual(await memory.recall(key), answer);
    }
    assert.ok(warnings.some(line => line.includes('devices.json')));
  });

  it('says in the log where an answer could not be kept, and fails nothing', async () => {
    writeFileSync(path.join(folder, 'file'), '');
    await memoryIn(path.join(folder, 'file')).remember(key, answer);
    assert.match(warnings.at(-1) ?? '', /could not be kept/);
  });
});
