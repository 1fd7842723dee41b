// The engine with a choice of devices: `auto` becomes the one that was proven fastest, and a device that fails gives way to the
// CPU, which repeats the work. Runs in the extension host and in the terminal program; knows nothing of either.

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeviceReport } from '../model/devices/deviceReport';
import { type ErrorCode, type HeadlightError, toHeadlightError } from '../model/errors';
import type { GrammarSource } from '../model/text/formats/grammarSource';
import { isBuiltInModel } from '../model/text/pseudo';
import type { GraphDevice, ModelDescription } from '../model/types';
import type { CallOptions, ProgressOf } from '../protocol/channel';
import type { EngineMethods, ModelTarget, RunProgress } from '../protocol/engine';
import { DeviceChoice } from './deviceChoice';
import { EngineProcess, type EngineProcessOptions, type EngineState } from './engineProcess';
import { plainReason } from './plainReason';
import { ProgressReplay } from './progressReplay';

/** A device failed and the CPU did its work. */
export interface DeviceFallback {
  readonly device: GraphDevice;
  /** What the device, or the process with it, died of. */
  readonly message: string;
  /** False: `auto` chose it, and will not again. True: the user did; it is tried again in the next session. */
  readonly isChosenByUser: boolean;
}

export interface DeviceEngineOptions extends Omit<EngineProcessOptions, 'environment'> {
  /** Where answers about devices are remembered. */
  readonly cacheFolder: string;
  /** A folder with CUDA's libraries that the user named. */
  readonly cudaFolder: () => string | undefined;
  /** After so long without work, devices are tried with a model that `auto` ran. Undefined: only when asked for. */
  readonly probeAfterIdleMs: number | undefined;
  /** For one candidate of a probe. Default: two minutes. */
  readonly probeLimitMs?: number;
  /** Called once for each device that gave way: in all sessions when `auto` chose it, in each one when the user did. */
  readonly onFallback?: (fallback: DeviceFallback) => void;
  /** Called when more is known about the devices for a model. */
  readonly onReport?: (report: DeviceReport) => void;
}

type CallsOf<Method extends keyof EngineMethods> = CallOptions<ProgressOf<EngineMethods, Method>>;

const deviceFailures: readonly ErrorCode[] = [
  'device-failed',
  'device-unavailable',
  'engine-crashed',
  'engine-timeout',
];
const processFailures: readonly ErrorCode[] = ['engine-crashed', 'engine-timeout'];

export class DeviceEngine {
  private readonly process: EngineProcess;
  private readonly choice: DeviceChoice;
  /** Devices that failed in this session, each with the folder of the model. */
  private readonly givenUp = new Set<string>();
  /** Engine processes that ended while a device worked: others that were in them may be repeated, too. */
  private readonly endedByDevice = new Set<number>();
  private readonly waitingForProbe = new Map<string, ModelDescription>();
  private probeTimer: NodeJS.Timeout | undefined;
  private environment: NodeJS.ProcessEnv = {};
  private announced: DeviceReport | undefined;
  private readonly disposal = new AbortController();

  constructor(private readonly options: DeviceEngineOptions) {
    const { enginePath, log, cacheFolder, cudaFolder, probeLimitMs } = options;
    this.process = new EngineProcess({ ...options, environment: () => this.environment });
    let version: Promise<string> | undefined;
    const onnxruntimeVersion = () => {
      version ??= this.process.call('status', undefined).then(status => status.onnxruntimeVersion);
      version.catch(() => {
        version = undefined;
      });
      return version;
    };
    this.choice = new DeviceChoice({ enginePath, log, cacheFolder, cudaFolder, probeLimitMs, onnxruntimeVersion });
  }

  get state(): EngineState {
    return this.process.state;
  }

  get processId(): number | undefined {
    return this.process.processId;
  }

  /**
   * As `EngineProcess.call`. Where the params name a device, `auto` is resolved first, and a device that fails is replaced by the
   * CPU, for the whole of the call.
   */
  async call<Method extends keyof EngineMethods>(
    method: Method,
    params: EngineMethods[Method]['params'],
    options: CallsOf<Method> = {},
  ): Promise<EngineMethods[Method]['result']> {
    this.environment = (await this.choice.system()).environment;
    // What has no graphs has no device either.
    if (!isModelTarget(params) || isBuiltInModel(params.folder)) return this.callBesideDevices(method, params, options);
    const device = await this.resolve(params);
    const result =
      device === 'cpu'
        ? await this.callBesideDevices(method, { ...params, device }, options)
        : await this.callDevice(method, params, device, options);
    if (method === 'run' && params.device === 'auto') void this.planProbe(params.folder);
    return result;
  }

  /** What is known about the devices for a model, without trying any. Errors: those of opening the folder. */
  async report(folder: string): Promise<DeviceReport> {
    return this.choice.report(await this.call('describe', { folder }));
  }

  /** Tries the devices again, also those that failed in the middle of work. Errors: those of the model on the CPU; `cancelled`. */
  async probe(folder: string, signal?: AbortSignal): Promise<DeviceReport> {
    this.forgetDevices();
    return this.probeModel(await this.call('describe', { folder }), signal);
  }

  /** What the machine has may be another thing now: after a change of settings. Devices that were given up get another chance. */
  forgetDevices(): void {
    this.choice.forgetSystem();
    this.givenUp.clear();
  }

  /** As `EngineProcess.useGrammars`. */
  useGrammars(grammars: readonly GrammarSource[]): void {
    this.process.useGrammars(grammars);
  }

  stop(reason?: HeadlightError): void {
    this.process.stop(reason);
  }

  dispose(): void {
    clearTimeout(this.probeTimer);
    this.disposal.abort();
    this.process.dispose();
  }

  private async resolve({ folder, device }: ModelTarget): Promise<GraphDevice> {
    const chosen = device === 'auto' ? await this.automatic(folder) : device;
    return this.givenUp.has(givenUpKey(folder, chosen)) ? 'cpu' : chosen;
  }

  private async automatic(folder: string): Promise<GraphDevice> {
    const report = await this.report(folder);
    this.announce(report);
    return report.device;
  }

  private announce(report: DeviceReport): void {
    if (report === this.announced) return;
    this.announced = report;
    this.options.onReport?.(report);
  }

  /** Repeated when a device, at work for another call, takes the process with it. */
  private async callBesideDevices<Method extends keyof EngineMethods>(
    method: Method,
    params: EngineMethods[Method]['params'],
    options: CallsOf<Method>,
  ): Promise<EngineMethods[Method]['result']> {
    const replay = replayOf(method, options);
    const call = this.process.call(method, params, replay.options);
    const { processId } = this.process;
    try {
      return await call;
    } catch (error) {
      if (!processFailures.includes(toHeadlightError(error).code)) throw error;
      await nextTurn(); // whoever used the device hears of the same end in this turn
      if (processId === undefined || !this.endedByDevice.has(processId)) throw error;
      replay.repeat();
      const result = await this.process.call(method, params, replay.options);
      replay.finish();
      return result;
    }
  }

  private async callDevice<Method extends keyof EngineMethods>(
    method: Method,
    params: EngineMethods[Method]['params'] & ModelTarget,
    device: GraphDevice,
    options: CallsOf<Method>,
  ): Promise<EngineMethods[Method]['result']> {
    let onText = () => {};
    const replay = replayOf(method, options, () => onText());
    const call = this.process.call(method, { ...params, device }, replay.options);
    const { processId } = this.process;
    try {
      return await call;
    } catch (thrown) {
      const failure = toHeadlightError(thrown);
      if (!deviceFailures.includes(failure.code) || options.signal?.aborted) throw failure;
      if (processId !== undefined && processFailures.includes(failure.code)) this.endedByDevice.add(processId);
      this.options.log.warn(`devices: ${device} failed, the CPU repeats the work: ${plainReason(failure.message)}`);
      // What fails on the CPU as well is no fault of the device: it is given up as soon as the CPU gets further.
      let givenUp: Promise<void> | undefined;
      onText = () => {
        givenUp ??= this.giveUp(params, device, failure);
      };
      replay.repeat();
      const result = await this.process.call(method, { ...params, device: 'cpu' }, replay.options);
      replay.finish();
      onText();
      await givenUp;
      return result;
    }
  }

  /** Never rejects: the work is being done, whatever becomes of this. */
  private async giveUp({ folder, device: setting }: ModelTarget, device: GraphDevice, failure: HeadlightError) {
    const message = plainReason(failure.message);
    const isChosenByUser = setting !== 'auto';
    const key = givenUpKey(folder, device);
    if (this.givenUp.has(key)) return; // another request said so already
    this.givenUp.add(key);
    this.options.onFallback?.({ device, message, isChosenByUser });
    if (isChosenByUser) return;
    try {
      const model = await this.process.call('describe', { folder });
      this.announce(await this.choice.failed(model, device, message));
    } catch (error) {
      this.options.log.warn(`devices: that ${device} failed is not remembered: ${toHeadlightError(error).message}`);
    }
  }

  /** Nobody waits for a probe: it begins when there is nothing to do. Never rejects. */
  private async planProbe(folder: string): Promise<void> {
    const { probeAfterIdleMs } = this.options;
    if (probeAfterIdleMs === undefined) return;
    try {
      const model = await this.process.call('describe', { folder });
      if ((await this.choice.report(model)).state !== 'unknown' || this.disposal.signal.aborted) return;
      this.waitingForProbe.set(model.sha256, model);
      this.armProbe(probeAfterIdleMs);
    } catch {
      // The engine ended meanwhile, or the folder changed: the next run plans again.
    }
  }

  private armProbe(delayMs: number): void {
    clearTimeout(this.probeTimer);
    this.probeTimer = setTimeout(() => {
      if (this.state === 'busy') this.armProbe(delayMs);
      else void this.probeWaiting();
    }, delayMs);
    this.probeTimer.unref();
  }

  private async probeWaiting(): Promise<void> {
    const models = [...this.waitingForProbe.values()];
    this.waitingForProbe.clear();
    for (const model of models) {
      try {
        await this.probeModel(model, this.disposal.signal);
      } catch (error) {
        // The work itself went well; that there is no answer about devices is not worth a message.
        this.options.log.warn(`devices: the probe with ${model.name} did not end: ${toHeadlightError(error).message}`);
      }
    }
  }

  private async probeModel(model: ModelDescription, signal: AbortSignal | undefined): Promise<DeviceReport> {
    const probe = this.choice.probe(model, signal);
    this.announce(await this.choice.report(model));
    const report = await probe;
    this.announce(report);
    // So that the next request finds it loaded. An engine that has ended meanwhile is not started for it.
    if (report.device !== 'cpu' && this.state !== 'stopped')
      await this.call('load', { folder: model.folder, device: 'auto' });
    return report;
  }
}

function isModelTarget(params: unknown): params is ModelTarget {
  return typeof params === 'object' && params !== null && 'device' in params && 'folder' in params;
}

function givenUpKey(folder: string, device: GraphDevice): string {
  return `${device}\n${folder}`;
}

interface Replay<Method extends keyof EngineMethods> {
  readonly options: CallsOf<Method>;
  /** The same work begins again. */
  repeat(): void;
  /** The repetition is done. */
  finish(): void;
}

/** Only `run` reports what a person reads; the progress of other methods may begin again. `onText`: text came. */
function replayOf<Method extends keyof EngineMethods>(
  method: Method,
  options: CallsOf<Method>,
  onText = () => {},
): Replay<Method> {
  if (method !== 'run') return { options, repeat: () => {}, finish: () => {} };
  const replay = new ProgressReplay(
    (options.onProgress as ((progress: RunProgress) => void) | undefined) ?? (() => {}),
  );
  const onProgress = (progress: RunProgress) => {
    if (progress.kind === 'text') onText();
    replay.take(progress);
  };
  return {
    options: { signal: options.signal, onProgress } as CallsOf<Method>,
    repeat: () => replay.repeat(),
    finish: () => replay.finish(),
  };
}
