// The extension's only way to the engine process: requests go in, state comes out as events.

import * as vscode from 'vscode';
import { DeviceEngine, type DeviceFallback } from '../client/deviceEngine';
import type { EngineState } from '../client/engineProcess';
import type { AttentionMaps } from '../model/attention/maps';
import type { Calibration, CellExplanation, MethodMaps, Unavailable, WordAlignment } from '../model/attention/methods';
import type { DeviceReport } from '../model/devices/deviceReport';
import { HeadlightError } from '../model/errors';
import type { DescribedSegment } from '../model/text/describeSegments';
import type { DeviceName, ModelDescription, ModelWarning, RunResult, Segment } from '../model/types';
import type { CallOptions } from '../protocol/channel';
import type {
  AlignParams,
  AttentionParams,
  CalibrateParams,
  EngineMethods,
  ExplainCellParams,
  ForceParams,
  MethodMapsParams,
  RunParams,
  RunProgress,
  SegmentsParams,
} from '../protocol/engine';
import { installedGrammars } from './installedGrammars';
import type { Log } from './log';
import type { Settings } from './settings';
import { modelWarningText } from './userMessages';

/** One graph run or load that takes longer has hung: the slowest known, a first load from a cold disk, takes a tenth. */
const stepLimitMs = 60_000;

/** So long nobody asked for anything: time to try devices, which keeps the processor busy for some seconds. */
const probeAfterIdleMs = 5000;

export interface EngineSnapshot {
  readonly state: EngineState;
  /** Name of the model that is being loaded. */
  readonly loading: string | undefined;
  /** Model and device of the last run that the running process finished. */
  readonly lastRun: LastRun | undefined;
}

interface LastRun {
  readonly modelName: string;
  readonly device: DeviceName;
  readonly warnings: readonly ModelWarning[];
}

export class EngineGateway implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<EngineSnapshot>();
  /** Fires when the process starts, stops, gets busy or idle, and when a model is being loaded. */
  readonly onDidChange = this.changed.event;

  private readonly learned = new vscode.EventEmitter<DeviceReport>();
  /** Fires when more is known about the devices of this machine. */
  readonly onDidLearnDevices = this.learned.event;

  private readonly fellBack = new vscode.EventEmitter<DeviceFallback>();
  /** Fires once for each device that failed and gave way to the CPU. */
  readonly onDidFallBack = this.fellBack.event;

  private readonly process: DeviceEngine;
  private readonly descriptions = new Map<string, Promise<ModelDescription>>();
  private loading: string | undefined;
  private lastRun: EngineSnapshot['lastRun'];

  constructor(
    enginePath: string,
    cacheFolder: string,
    private readonly log: Log,
    settings: Settings,
  ) {
    this.process = new DeviceEngine({
      enginePath,
      log,
      stepLimitMs,
      idleTimeoutMs: () => settings.unloadAfterMs,
      cacheFolder,
      cudaFolder: () => settings.cudaFolder,
      probeAfterIdleMs,
      onFallback: fallback => this.fellBack.fire(fallback),
      onReport: report => this.learned.fire(report),
      onStateChange: state => this.stateChanged(state),
    });
  }

  get snapshot(): EngineSnapshot {
    return { state: this.process.state, loading: this.loading, lastRun: this.lastRun };
  }

  get processId(): number | undefined {
    return this.process.processId;
  }

  /** What a model folder holds, read once until the next `forgetDescriptions`. Errors: those of the engine. */
  describe(folder: string): Promise<ModelDescription> {
    let description = this.descriptions.get(folder);
    if (!description) {
      description = this.process.call('describe', { folder });
      this.descriptions.set(folder, description);
      description.then(
        ({ name, warnings }) => {
          for (const warning of warnings) this.log.warn(`${name}: ${modelWarningText(warning)}`);
        },
        () => this.descriptions.delete(folder), // a folder that was wrong may be right next time
      );
    }
    return description;
  }

  forgetDescriptions(): void {
    this.descriptions.clear();
  }

  /** `description`: of the model in `params.folder`. */
  async run(
    params: RunParams,
    description: ModelDescription,
    { signal, onProgress }: CallOptions<RunProgress>,
  ): Promise<RunResult> {
    const begun = performance.now();
    const segments: Segment[] = [];
    try {
      const observe = (progress: RunProgress) => {
        if (progress.kind === 'segment') segments.push(progress.segment);
        else if (progress.kind === 'restarted') segments.length = 0;
        const loading = progress.kind === 'loading' ? description.name : undefined; // the engine knows the folder only
        this.setLoading(loading);
        onProgress?.(loading === undefined ? progress : { kind: 'loading', name: loading });
      };
      if (params.document) this.process.useGrammars(installedGrammars());
      const request: RunParams = { ...params, segmentsByProgressOnly: true };
      const answer = await this.process.call('run', request, { signal, onProgress: observe });
      const result = { ...answer, source: params.text, segments };
      this.lastRun = { modelName: result.model.name, device: result.device, warnings: description.warnings };
      if (result.counts) this.log.debug(`sentences and spans: ${JSON.stringify(result.counts)}`);
      this.log.debug(
        `${params.task.kind}: ${params.text.length} characters in ${segments.length} segments ` +
          `took ${(performance.now() - begun).toFixed(0)} ms on ${result.device}`,
      );
      return result;
    } finally {
      this.setLoading(undefined);
      this.changed.fire(this.snapshot);
    }
  }

  clearSentences(folder: string): Promise<undefined> {
    return this.process.call('clearSentences', { folder });
  }

  async segments(params: SegmentsParams): Promise<readonly DescribedSegment[]> {
    this.process.useGrammars(installedGrammars());
    return this.process.call('segments', params, {});
  }

  attention(params: AttentionParams, signal: AbortSignal): Promise<AttentionMaps> {
    return this.process.call('attention', params, { signal });
  }

  methodMaps(params: MethodMapsParams, signal: AbortSignal): Promise<MethodMaps> {
    return this.process.call('methodMaps', params, { signal });
  }

  align(params: AlignParams, signal: AbortSignal): Promise<WordAlignment | Unavailable> {
    return this.process.call('align', params, { signal });
  }

  calibrate(
    params: CalibrateParams,
    options: CallOptions<EngineMethods['calibrate']['progress']>,
  ): Promise<Calibration> {
    return this.process.call('calibrate', params, options);
  }

  explainCell(params: ExplainCellParams, signal: AbortSignal): Promise<CellExplanation | Unavailable> {
    return this.process.call('explainCell', params, { signal });
  }

  force(params: ForceParams, signal: AbortSignal): Promise<RunResult> {
    return this.process.call('force', params, { signal });
  }

  /** As `run`, for a question about an output: it is not the last run that the status tells of. */
  search(params: RunParams, signal: AbortSignal): Promise<RunResult> {
    return this.process.call('run', params, { signal });
  }

  /** Ends the process; open requests fail as `disconnected`. The next request starts a new one. */
  restart(): void {
    this.forgetDescriptions();
    this.process.stop(new HeadlightError('disconnected', 'the engine was restarted'));
  }

  /** Tries the devices of this machine with a model. Errors: those of the model on the CPU; `cancelled`. */
  probeDevices(folder: string, signal: AbortSignal): Promise<DeviceReport> {
    return this.process.probe(folder, signal);
  }

  /** Devices may be other ones now: what was learned about them in this session is looked up again. */
  forgetDevices(): void {
    this.process.forgetDevices();
  }

  /** Makes a changed idle time count for the wait that has begun already. */
  restartIdleWait(): void {
    if (this.process.state !== 'idle') return;
    this.process.call('ping', undefined).catch(() => {}); // it ended by itself: there is nothing to wait for any more
  }

  /** Lets go of loaded models when nothing runs, so that changed settings don't leave the old ones in memory. */
  releaseIdle(): void {
    if (this.process.state === 'idle') this.process.stop();
  }

  dispose(): void {
    this.process.dispose();
    vscode.Disposable.from(this.changed, this.learned, this.fellBack).dispose();
  }

  private setLoading(name: string | undefined): void {
    if (this.loading === name) return;
    this.loading = name;
    this.changed.fire(this.snapshot);
  }

  private stateChanged(state: EngineState): void {
    if (state === 'stopped') {
      this.loading = undefined;
      this.lastRun = undefined;
    }
    this.log.debug(`engine is ${state}`);
    this.changed.fire(this.snapshot);
  }
}
