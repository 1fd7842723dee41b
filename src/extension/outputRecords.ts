// Remembers, across window reloads, where outputs came from: enough to run again, never their text. Pure.

import type { TaskKind } from './taskRunner';
import type { TextLocation } from './textLocation';

export interface OutputRecord {
  readonly id: string;
  readonly kind: TaskKind;
  readonly location: TextLocation;
}

/** The part of VS Code's Memento that is needed here. */
export interface Memory {
  get<Value>(key: string, fallback: Value): Value;
  update(key: string, value: unknown): Thenable<void>;
}

const memoryKey = 'outputs';
const recordLimit = 50;

export class OutputRecords {
  constructor(private readonly memory: Memory) {}

  find(id: string): OutputRecord | undefined {
    return this.all.find(record => record.id === id);
  }

  /** Adds a record; the oldest ones make room. */
  async add(record: OutputRecord): Promise<void> {
    const others = this.all.filter(({ id }) => id !== record.id);
    await this.memory.update(memoryKey, [record, ...others].slice(0, recordLimit));
  }

  /** Forgets the outputs that came from a document, because its address means another one from now on. */
  async forgetSource(uri: string): Promise<void> {
    const others = this.all.filter(({ location }) => location.uri !== uri);
    if (others.length < this.all.length) await this.memory.update(memoryKey, others);
  }

  private get all(): readonly OutputRecord[] {
    return this.memory.get<readonly OutputRecord[]>(memoryKey, []);
  }
}
