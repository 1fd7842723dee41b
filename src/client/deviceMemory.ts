// The file that remembers which device runs a model best, so that a machine is probed once. Runs in the parent of the engine.

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DeviceAttempt } from '../model/devices/deviceReport';
import { deviceNames, type GraphDevice } from '../model/types';
import type { EngineLog } from './engineProcess';

/** All that an answer depends on. Any change asks for a new probe. */
export interface DeviceKey {
  readonly modelSha256: string;
  readonly onnxruntimeVersion: string;
  /** Operating system and processor. */
  readonly system: string;
  readonly gpus: readonly string[];
  readonly drivers: readonly string[];
  /** Devices worth trying. */
  readonly candidates: readonly GraphDevice[];
}

export interface DeviceAnswer {
  readonly device: GraphDevice;
  readonly attempts: readonly DeviceAttempt[];
  /** ISO 8601. */
  readonly probedAt: string;
}

interface Entry extends DeviceAnswer {
  readonly key: DeviceKey;
}

/** Raised when the same probe would judge differently: answers of another format are forgotten. */
const format = 1;
const longestMemory = 50;

export class DeviceMemory {
  private readonly file: string;
  /** One change of the file after the other. */
  private changes: Promise<void> = Promise.resolve();

  constructor(
    private readonly folder: string,
    private readonly log: EngineLog,
  ) {
    this.file = path.join(folder, 'devices.json');
  }

  async recall(key: DeviceKey): Promise<DeviceAnswer | undefined> {
    const entry = (await this.read()).find(one => sameKey(one.key, key));
    return entry && { device: entry.device, attempts: entry.attempts, probedAt: entry.probedAt };
  }

  /** A folder that cannot be written costs a probe at the next start, and no error now. */
  remember(key: DeviceKey, answer: DeviceAnswer): Promise<void> {
    this.changes = this.changes.then(() => this.write(key, answer));
    return this.changes;
  }

  private async write(key: DeviceKey, answer: DeviceAnswer): Promise<void> {
    const others = (await this.read()).filter(one => !sameKey(one.key, key));
    const answers = [...others, { key, ...answer }].slice(-longestMemory);
    const temporary = `${this.file}.${process.pid}`;
    try {
      await mkdir(this.folder, { recursive: true });
      await writeFile(temporary, `${JSON.stringify({ format, answers }, undefined, 1)}\n`);
      await rename(temporary, this.file); // whole or not at all: another window may be reading
    } catch (error) {
      this.log.warn(`devices: the answer could not be kept in ${this.file}: ${String(error)}`);
    }
  }

  /** What cannot be read is not there: the machine is probed again. */
  private async read(): Promise<readonly Entry[]> {
    try {
      const json = JSON.parse(await readFile(this.file, 'utf8')) as { format?: unknown; answers?: unknown };
      return json.format === format && Array.isArray(json.answers) ? json.answers.filter(isEntry) : [];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.log.warn(`devices: ${this.file} could not be read and is made anew: ${String(error)}`);
      return [];
    }
  }
}

function sameKey(left: DeviceKey, right: DeviceKey): boolean {
  return JSON.stringify(inOrder(left)) === JSON.stringify(inOrder(right));
}

function inOrder({ modelSha256, onnxruntimeVersion, system, gpus, drivers, candidates }: DeviceKey) {
  return [modelSha256, onnxruntimeVersion, system, [...gpus].sort(), [...drivers].sort(), candidates];
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Partial<Entry> | null;
  return (
    typeof entry?.key?.modelSha256 === 'string' &&
    Array.isArray(entry.key.gpus) &&
    Array.isArray(entry.key.drivers) &&
    Array.isArray(entry.key.candidates) &&
    Array.isArray(entry.attempts) &&
    entry.device !== undefined &&
    deviceNames.includes(entry.device) &&
    typeof entry.probedAt === 'string'
  );
}
