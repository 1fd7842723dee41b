// Knows which device runs a model: by what was remembered, by a probe, or the CPU until then. Runs in the parent of the engine.

import { type DeviceReport, withFailure } from '../model/devices/deviceReport';
import { untilAborted } from '../model/errors';
import type { GraphDevice, ModelDescription } from '../model/types';
import { type DeviceKey, DeviceMemory } from './deviceMemory';
import { probeDevices } from './deviceProbe';
import { type DeviceSystem, deviceSystem } from './deviceSystem';
import { deviceLines } from './deviceWords';
import type { EngineLog } from './engineProcess';

export interface DeviceChoiceOptions {
  readonly enginePath: string;
  readonly log: EngineLog;
  /** Where answers are remembered. */
  readonly cacheFolder: string;
  /** A folder with CUDA's libraries that the user named. Read anew by `forgetSystem`. */
  readonly cudaFolder: () => string | undefined;
  /** Version of the onnxruntime that the engine runs; asked for once. */
  readonly onnxruntimeVersion: () => Promise<string>;
  /** For one candidate, its loading and compiling included. Default: two minutes. */
  readonly probeLimitMs?: number;
}

const defaultProbeLimitMs = 120_000;

export class DeviceChoice {
  private readonly memory: DeviceMemory;
  private readonly reports = new Map<string, Promise<DeviceReport>>();
  private readonly probes = new Map<string, Promise<DeviceReport>>();
  private known: Promise<DeviceSystem> | undefined;

  constructor(private readonly options: DeviceChoiceOptions) {
    this.memory = new DeviceMemory(options.cacheFolder, options.log);
  }

  /** What the machine has, looked up once. */
  system(): Promise<DeviceSystem> {
    const { enginePath, cacheFolder, cudaFolder } = this.options;
    this.known ??= deviceSystem({ enginePath, cacheFolder, userFolder: cudaFolder() });
    return this.known;
  }

  /** After a change of settings, or when somebody asks for another probe: what the machine has is looked up again. */
  forgetSystem(): void {
    this.known = undefined;
    this.reports.clear();
  }

  /** What is known, without trying anything. */
  report(model: ModelDescription): Promise<DeviceReport> {
    const running = this.probes.get(model.sha256);
    if (running) return Promise.resolve(unknown('probing'));
    return this.once(model, () => this.recalled(model));
  }

  /**
   * Tries every candidate, remembers the answer and gives it. Who comes while that goes on waits for the same answer, and `signal` ends
   * no more than the wait. Errors: those of the model on the CPU; `cancelled`.
   */
  probe(model: ModelDescription, signal?: AbortSignal): Promise<DeviceReport> {
    const running = this.probes.get(model.sha256);
    if (running) return untilAborted(running, signal);
    const probe = this.probed(model, signal).finally(() => this.probes.delete(model.sha256));
    this.probes.set(model.sha256, probe);
    probe.then(
      report => this.reports.set(model.sha256, Promise.resolve(report)),
      () => {},
    );
    return probe;
  }

  /** Remembers that a device failed in the middle of work, so that `auto` is the CPU from now on. */
  async failed(model: ModelDescription, device: GraphDevice, message: string): Promise<DeviceReport> {
    const report = withFailure(await this.report(model), device, message);
    this.reports.set(model.sha256, Promise.resolve(report));
    await this.remember(model, report);
    return report;
  }

  private once(model: ModelDescription, look: () => Promise<DeviceReport>): Promise<DeviceReport> {
    const existing = this.reports.get(model.sha256);
    if (existing) return existing;
    const report = look();
    this.reports.set(model.sha256, report);
    report.catch(() => this.reports.delete(model.sha256));
    return report;
  }

  private async recalled(model: ModelDescription): Promise<DeviceReport> {
    const { gpus, candidates, ruledOut } = await this.system();
    // Nothing to try: the answer is there without a probe, and without a file.
    if (candidates.length === 1 && ruledOut.length === 0) return { ...unknown('known'), gpus };
    const answer = await this.memory.recall(await this.key(model));
    if (!answer) return { ...unknown('unknown'), gpus };
    const report: DeviceReport = { state: 'known', gpus, ...answer };
    this.log(model, 'remembered', report);
    return report;
  }

  private async probed(model: ModelDescription, signal: AbortSignal | undefined): Promise<DeviceReport> {
    const { candidates: tried, ruledOut, gpus, environment } = await this.system();
    const { enginePath, log, probeLimitMs: limitMs = defaultProbeLimitMs } = this.options;
    log.info(`devices: trying ${tried.join(', ')} with ${model.name}`);
    const answer = await probeDevices(model, { tried, ruledOut }, { enginePath, environment, log, limitMs }, signal);
    const report: DeviceReport = { state: 'known', gpus, probedAt: new Date().toISOString(), ...answer };
    await this.remember(model, report);
    this.log(model, 'probed', report);
    return report;
  }

  private async remember(model: ModelDescription, { device, attempts, probedAt }: DeviceReport): Promise<void> {
    if (probedAt === undefined) return; // a device that nobody probed is not chosen by itself either
    await this.memory.remember(await this.key(model), { device, attempts, probedAt });
  }

  private async key({ sha256 }: ModelDescription): Promise<DeviceKey> {
    const { system, gpus, drivers, candidates } = await this.system();
    const onnxruntimeVersion = await this.options.onnxruntimeVersion();
    return { modelSha256: sha256, onnxruntimeVersion, system, gpus, drivers, candidates };
  }

  private log({ name }: ModelDescription, how: string, report: DeviceReport): void {
    for (const line of deviceLines(report)) this.options.log.info(`devices (${how}) for ${name}: ${line}`);
  }
}

function unknown(state: DeviceReport['state']): DeviceReport {
  return { state, device: 'cpu', attempts: [], gpus: [], probedAt: undefined };
}
