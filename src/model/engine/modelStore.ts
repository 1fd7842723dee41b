// The models that are open: each folder and device is loaded once, however many ask for it. Runs in the engine process.

import type { ModelTarget } from '../../protocol/engine';
import type { DeviceName, ModelDescription } from '../types';
import { resolveDevice } from './device';
import type { Precision } from './graphFileNames';
import { type OpenedModel, openModelFolder } from './modelFolder';
import { cpuPrecisions, precisionsFor } from './precision';
import { Seq2SeqModel } from './seq2seqModel';

/** Translation and summary may each have their own model; a third one pushes out the one that was used longest ago. */
const maxLoaded = 2;

const keepOpenedMs = 5000;

interface Entry {
  readonly target: ModelTarget;
  /** The promise is kept, not the model, so that two requests at once load it once. A failure is forgotten. */
  readonly model: Promise<Seq2SeqModel>;
  isLoaded: boolean;
  /** Runs that hold the model between their turns; it is not released under them. */
  userCount: number;
}

export class ModelStore {
  /** In order of use, the latest last. */
  private readonly entries = new Map<string, Entry>();
  private readonly opened = new Map<string, Promise<OpenedModel>>();

  isLoaded(folder: string, device: DeviceName): boolean {
    return this.entries.get(keyOf(folder, device))?.isLoaded ?? false;
  }

  loaded(): ModelTarget[] {
    return [...this.entries.values()].filter(entry => entry.isLoaded).map(entry => entry.target);
  }

  /** Reads and checks a folder; a model that is loaded from it is not read again. */
  async describe(folder: string): Promise<ModelDescription> {
    for (const { target, model } of this.entries.values()) {
      if (target.folder !== folder) continue;
      const loaded = await model.catch(() => undefined); // that a device failed says nothing of the folder
      if (loaded) return loaded.description;
    }
    return (await this.open(folder, cpuPrecisions)).folder.description;
  }

  /** Who asks what a model can do mostly runs it next: what was read is kept for that moment, and no longer. */
  private open(folder: string, precisions: readonly Precision[]): Promise<OpenedModel> {
    const key = openedKey(folder, precisions);
    const existing = this.opened.get(key);
    if (existing) return existing;
    const opened = openModelFolder(folder, precisions);
    this.opened.set(key, opened);
    const forget = () => {
      if (this.opened.get(key) === opened) this.opened.delete(key);
    };
    opened.catch(forget);
    setTimeout(forget, keepOpenedMs).unref();
    return opened;
  }

  /**
   * Runs `job` with the model, loading it first in a turn of the scheduler that `turn` takes: loading may release another one.
   * Errors: those of opening, loading and `job`.
   */
  async use<T>(
    { folder, device }: ModelTarget,
    turn: (load: () => Promise<Seq2SeqModel>) => Promise<Seq2SeqModel>,
    job: (model: Seq2SeqModel) => Promise<T>,
  ): Promise<T> {
    const entry = this.entryOf(folder, device, turn);
    entry.userCount++;
    try {
      return await job(await entry.model);
    } finally {
      entry.userCount--;
    }
  }

  private entryOf(
    folder: string,
    device: DeviceName,
    turn: (load: () => Promise<Seq2SeqModel>) => Promise<Seq2SeqModel>,
  ): Entry {
    const key = keyOf(folder, device);
    const existing = this.entries.get(key);
    if (existing) {
      this.entries.delete(key);
      this.entries.set(key, existing);
      return existing;
    }
    const model = turn(async () => {
      const precisions = await precisionsFor(resolveDevice(device));
      const loaded = await Seq2SeqModel.load(await this.open(folder, precisions), device);
      this.opened.delete(openedKey(folder, precisions));
      await this.releaseOldest();
      return loaded;
    });
    const entry: Entry = { target: { folder, device: resolveDevice(device) }, model, isLoaded: false, userCount: 0 };
    this.entries.set(key, entry);
    model.then(
      () => {
        entry.isLoaded = true;
      },
      () => {
        if (this.entries.get(key) === entry) this.entries.delete(key);
      },
    );
    return entry;
  }

  private async releaseOldest(): Promise<void> {
    for (const [key, entry] of [...this.entries]) {
      if (this.entries.size <= maxLoaded) return;
      if (entry.userCount > 0) continue;
      this.entries.delete(key);
      await (await entry.model).release();
    }
  }
}

function keyOf(folder: string, device: DeviceName): string {
  return `${resolveDevice(device)}:${folder}`;
}

function openedKey(folder: string, precisions: readonly Precision[]): string {
  return `${precisions.join(',')}:${folder}`;
}
