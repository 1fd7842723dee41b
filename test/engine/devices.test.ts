// Devices as the editor and the terminal use them: probed, remembered, and replaced when they fail. Real processes throughout; the
// GPU is a software driver, so it computes right and is slower than the CPU.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCudaLibraries } from '../../src/client/cudaLibraries';
import { DeviceEngine, type DeviceEngineOptions, type DeviceFallback } from '../../src/client/deviceEngine';
import type { DeviceReport } from '../../src/model/devices/deviceReport';
import { HeadlightError } from '../../src/model/errors';
import type { RunProgress } from '../../src/protocol/engine';
import { startEngine, streamedText, translation } from '../support/engine';
import { enginePath, root } from '../support/paths';
import { useNoVulkan, useSoftwareVulkan, useVulkanDriver } from '../support/vulkan';

const folder = path.join(root, 'test', 'fixtures', 'models', 'opusMtDynamo');
const raw = { folder, task: { kind: 'raw' }, segmentation: 'lines' } as const;
/** So many lines that a device is still at it when something happens to it. */
const longText = Array.from({ length: 40 }, (_, index) => `file ${index} of the list`).join('\n');

describe('devices', () => {
  let cache: string;
  let restore: () => void;
  let engines: DeviceEngine[];
  let fallbacks: DeviceFallback[];
  let reports: DeviceReport[];
  let log: string[];

  beforeEach(() => {
    cache = mkdtempSync(path.join(tmpdir(), 'headlight-devices-'));
    restore = useSoftwareVulkan();
    engines = [];
    fallbacks = [];
    reports = [];
    log = [];
  });
  afterEach(() => {
    for (const engine of engines) engine.dispose();
    restore();
    rmSync(cache, { recursive: true, force: true, maxRetries: 3 });
  });

  /** What one window, or one run of the terminal program, has. */
  function session(options: Partial<DeviceEngineOptions> = {}): DeviceEngine {
    const engine = new DeviceEngine({
      enginePath,
      cacheFolder: cache,
      cudaFolder: () => undefined,
      probeAfterIdleMs: undefined,
      idleTimeoutMs: () => 0,
      stepLimitMs: 60_000,
      log: { info: message => log.push(message), warn: message => log.push(message) },
      onFallback: fallback => fallbacks.push(fallback),
      onReport: report => reports.push(report),
      ...options,
    });
    engines.push(engine);
    return engine;
  }

  describe('probed', () => {
    it('are tried while nobody waits: the first translation runs on the CPU', async () => {
      const engine = session({ probeAfterIdleMs: 50 });
      const { device } = await engine.call('run', translation('Open.', { ...raw, device: 'auto' }));
      assert.equal(device, 'cpu');
      const report = await eventually('the probe', () => reports.find(({ state }) => state === 'known'));
      assert.equal(report.device, 'cpu');
      const kinds = report.attempts.map(attempt => [attempt.device, attempt.outcome.kind]);
      assert.deepEqual(kinds, [
        ['cuda', 'no-hardware'],
        ['webgpu', 'slow'],
        ['cpu', 'right'],
      ]);
      assert.ok(
        log.some(line => /webgpu does not run: .* times as long as the CPU/.test(line)),
        log.join('\n'),
      );
      assert.ok(log.some(line => /cpu runs: the fastest that is right/.test(line)));
    });

    it('are remembered by the next session, and tried again when somebody asks', async () => {
      const first = await session().probe(folder);
      const next = session();
      assert.deepEqual(await next.report(folder), first);
      assert.ok(!log.slice(log.findIndex(line => /remembered/.test(line))).some(line => /trying/.test(line)));
      const again = await next.probe(folder);
      assert.notEqual(again.probedAt, first.probedAt);
    });

    it('are the CPU alone where there is no Vulkan, which is no error', async () => {
      restore();
      restore = useNoVulkan();
      const { device, attempts } = await session().probe(folder);
      assert.equal(device, 'cpu');
      const webgpu = attempts.find(attempt => attempt.device === 'webgpu')?.outcome;
      assert.ok(webgpu?.kind === 'failed');
      assert.match(webgpu.message, /No supported adapters/);
      assert.deepEqual(fallbacks, []);
    });

    it('include one that hangs, whose time runs out', async () => {
      restore();
      restore = useVulkanDriver(hangingDriver(cache));
      const { device, attempts } = await session({ probeLimitMs: 10_000 }).probe(folder);
      assert.equal(device, 'cpu');
      assert.deepEqual(attempts.find(attempt => attempt.device === 'webgpu')?.outcome, {
        kind: 'timed-out',
        limitMs: 10_000,
      });
    });

    it('include one that takes its process with it', async () => {
      restore();
      restore = useVulkanDriver(hangingDriver(cache));
      const engine = session();
      await engine.call('ping', undefined);
      const probe = engine.probe(folder);
      const children = await eventually('the driver being opened', () => {
        const found = childrenOf(process.pid).filter(child => child !== engine.processId);
        return found.some(child => looksForDriver(child)) && found;
      });
      for (const child of children) process.kill(child, 'SIGKILL');
      const { device, attempts } = await probe;
      assert.equal(device, 'cpu');
      const outcome = attempts.find(attempt => attempt.device === 'webgpu')?.outcome;
      assert.ok(outcome?.kind === 'crashed', JSON.stringify(outcome));
      assert.match(outcome.message, /SIGKILL/);
    });

    it('fail as the model does where even the CPU cannot run it', async () => {
      await assert.rejects(session().probe('/nowhere'), { code: 'model-folder-missing' });
    });

    it('stop being tried when the person cancels, and nothing is remembered', async () => {
      const controller = new AbortController();
      const engine = session();
      const probe = engine.probe(folder, controller.signal);
      await eventually('the beginning', () => log.some(line => /trying/.test(line)));
      controller.abort();
      await assert.rejects(probe, { code: 'cancelled' });
      assert.equal((await engine.report(folder)).state, 'unknown');
    });

    it('go on being tried for the first who asked when the second one cancels', async () => {
      const controller = new AbortController();
      const engine = session();
      let isOver = false;
      const first = engine.probe(folder).finally(() => {
        isOver = true;
      });
      await eventually('the beginning', () => log.some(line => /trying/.test(line)));
      const second = engine.probe(folder, controller.signal);
      controller.abort();
      await assert.rejects(second, { code: 'cancelled' });
      assert.equal(isOver, false);
      assert.equal((await first).state, 'known');
    });
  });

  describe('that fail in the middle of work', () => {
    it('give way to the CPU, which goes on with the same text, and this is said once', async () => {
      const engine = session();
      const expected = await engine.call('run', translation(longText, { ...raw, device: 'cpu' }));
      const { result, progress } = await runAndHarm(engine, 'webgpu', () => process.kill(engine.processId!, 'SIGKILL'));
      assert.equal(result.device, 'cpu');
      assert.equal(result.target, expected.target);
      assert.equal(streamedText(progress), expected.target);
      assert.equal(progress.filter(({ kind }) => kind === 'segment').length, expected.segments.length);
      assert.ok(!progress.some(({ kind }) => kind === 'restarted'));
      assert.deepEqual(fallbacks, [
        { device: 'webgpu', message: 'the engine process ended by signal SIGKILL', isChosenByUser: true },
      ]);
      const next = await engine.call('run', translation('Open.', { ...raw, device: 'webgpu' }));
      assert.equal(next.device, 'cpu', 'the device is not tried again in this session');
      assert.equal(fallbacks.length, 1);
    });

    it('are tried again in the next session when the user chose them', async () => {
      restore();
      restore = useNoVulkan();
      for (const count of [1, 2]) {
        const { device } = await session().call('run', translation('Open.', { ...raw, device: 'webgpu' }));
        assert.equal(device, 'cpu');
        assert.equal(fallbacks.length, count);
      }
      assert.match(fallbacks[0].message, /^Failed to get a WebGPU adapter/);
    });

    it('are not tried again in any session when they were chosen automatically, until somebody asks', async () => {
      await session().probe(folder);
      preferWebgpu(cache);
      const engine = session();
      const { result } = await runAndHarm(engine, 'auto', () => process.kill(engine.processId!, 'SIGKILL'));
      assert.equal(result.device, 'cpu');
      assert.deepEqual(
        fallbacks.map(({ device, isChosenByUser }) => [device, isChosenByUser]),
        [['webgpu', false]],
      );
      const next = session();
      assert.equal((await next.call('run', translation('Open.', { ...raw, device: 'auto' }))).device, 'cpu');
      const report = await next.report(folder);
      assert.equal(report.attempts.find(({ device }) => device === 'webgpu')?.outcome.kind, 'failed-at-work');
      assert.equal(fallbacks.length, 1, 'the next session has nothing to say');
      const again = await next.probe(folder);
      assert.equal(again.attempts.find(({ device }) => device === 'webgpu')?.outcome.kind, 'slow');
    });

    it('give way when they hang, and what else was in the same process is repeated with them', async () => {
      const engine = session();
      await engine.call('load', { folder, device: 'cpu' });
      let others: Promise<unknown> | undefined;
      const { result } = await runAndHarm(engine, 'webgpu', () => {
        process.kill(engine.processId!, 'SIGSTOP');
        const onCpu = engine.call('run', translation('Open.', { ...raw, device: 'cpu' }));
        others = Promise.all([onCpu, engine.report(folder)]);
        // As the watchdog does when its time is over; a limit short enough to wait for would end a slow driver at work, too.
        setImmediate(() => engine.stop(new HeadlightError('engine-timeout', 'one step took longer than its limit')));
      });
      assert.equal(result.device, 'cpu');
      await assert.doesNotReject(others!);
      assert.match(fallbacks[0].message, /longer than its limit/);
    });

    it('are not blamed for a model that fails on the CPU, too', async () => {
      const engine = session();
      const wrong = {
        folder,
        device: 'webgpu',
        sourceIds: [1],
        targetIds: [999_999],
        priority: 'interactive',
      } as const;
      await assert.rejects(engine.call('attention', wrong), { code: 'invalid-request' });
      assert.deepEqual(fallbacks, []);
    });

    it('give way where the platform has no such device', async () => {
      const { device } = await session().call('run', translation('Open.', { ...raw, device: 'coreml' }));
      assert.equal(device, 'cpu');
      assert.match(fallbacks[0].message, /"coreml" is not in this installation/);
    });
  });

  describe('that need libraries of the user', () => {
    it('run in an engine that takes onnxruntime from beside them, and fail there with the reason of the loader', async () => {
      const libraries = path.join(cache, 'libraries');
      const binaries = path.join(root, 'node_modules/onnxruntime-node/bin/napi-v6/linux/x64');
      mkdirSync(libraries);
      // Stand for the providers: they can be loaded, and are none.
      for (const name of ['libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'])
        copyFileSync(path.join(binaries, 'onnxruntime_binding.node'), path.join(libraries, name));
      const { environment } = await findCudaLibraries({ enginePath, userFolder: libraries, cacheFolder: cache });
      const { engine } = startEngine({ environment: () => environment });
      try {
        assert.ok((await engine.call('run', translation('Open.', { ...raw, device: 'cpu' }))).target.length > 0);
        const maps = readFileSync(`/proc/${engine.processId}/maps`, 'utf8');
        assert.ok(maps.includes(path.join(cache, 'cuda')), 'onnxruntime is the one beside the providers');
        const onCuda = engine.call('run', translation('Open.', { ...raw, device: 'cuda' }));
        await assert.rejects(onCuda, { code: 'device-failed', message: /Failed to load shared library/ });
      } finally {
        engine.dispose();
      }
    });
  });

  /** Runs the long text, and does `harm` when its first words have come. */
  async function runAndHarm(engine: DeviceEngine, device: 'auto' | 'webgpu', harm: () => void) {
    const progress: RunProgress[] = [];
    let harmed = false;
    const result = await engine.call('run', translation(longText, { ...raw, device }), {
      onProgress: step => {
        progress.push(step);
        if (harmed || step.kind !== 'text') return;
        harmed = true;
        harm();
      },
    });
    assert.ok(harmed, 'something was written before the harm');
    return { result, progress };
  }
});

/** As if the probe had found the device faster than the CPU. */
function preferWebgpu(cache: string): void {
  const file = path.join(cache, 'devices.json');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  for (const answer of json.answers) {
    answer.device = 'webgpu';
    for (const attempt of answer.attempts)
      if (attempt.device === 'webgpu') attempt.outcome = { kind: 'right', firstMs: 3, singleMs: 0.1, batchMs: 0.1 };
  }
  writeFileSync(file, JSON.stringify(json));
}

/** A driver whose library is a pipe that nobody writes to: who opens it waits for ever. */
function hangingDriver(place: string): string {
  const library = path.join(place, 'libhang.so');
  execFileSync('mkfifo', [library]);
  const description = path.join(place, 'hang.json');
  const ICD = { library_path: library, api_version: '1.3.0' };
  writeFileSync(description, JSON.stringify({ file_format_version: '1.0.1', ICD }));
  return description;
}

function childrenOf(processId: number): number[] {
  return readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** It has loaded the Vulkan loader, which opens the driver next and hangs there. */
function looksForDriver(processId: number): boolean {
  try {
    return readFileSync(`/proc/${processId}/maps`, 'utf8').includes('libvulkan');
  } catch {
    return false; // it has ended
  }
}

async function eventually<Value>(what: string, look: () => Value | undefined | false): Promise<Value> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(20)) {
    const found = look();
    if (found !== undefined && found !== false) return found;
  }
  throw new Error(`${what}: not in 60 s`);
}
