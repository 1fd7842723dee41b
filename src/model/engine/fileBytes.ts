// A file as bytes that are read when somebody looks at them. Runs in the engine process.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ByteSource } from '../onnx/protobufReader';

/** Structure comes in long stretches; parameters between them are skipped without a read. */
const windowSize = 64 << 10;

/** Reads block: at most a window, or as much as is asked for. Caller closes. */
export class FileBytes implements ByteSource {
  readonly length: number;
  private readonly descriptor: number;
  /** Never written again once it is filled, so that what was given out of it stays. */
  private window = new Uint8Array(0);
  private windowStart = 0;

  /** Throws what the file system does. */
  constructor(path: string) {
    this.descriptor = openSync(path, 'r');
    this.length = fstatSync(this.descriptor).size;
  }

  at(offset: number): number | undefined {
    const index = offset - this.windowStart;
    if (index >= 0 && index < this.window.length) return this.window[index];
    return this.subarray(offset, offset + 1)[0];
  }

  subarray(start: number, end: number): Uint8Array {
    const last = Math.min(end, this.length);
    if (start < this.windowStart || last > this.windowStart + this.window.length) {
      this.window = this.read(start, Math.min(Math.max(last, start + windowSize), this.length));
      this.windowStart = start;
    }
    return this.window.subarray(start - this.windowStart, last - this.windowStart);
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private read(start: number, end: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.max(0, end - start));
    let filled = 0;
    while (filled < bytes.length) {
      const count = readSync(this.descriptor, bytes, filled, bytes.length - filled, start + filled);
      if (count === 0) return bytes.subarray(0, filled); // the file was cut short meanwhile
      filled += count;
    }
    return bytes;
  }
}
