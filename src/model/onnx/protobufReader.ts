// Reads protobuf wire format from bytes that may be hostile. Knows no schema; copies nothing but strings.

import { excerpt, HeadlightError } from '../errors';

/** Half-open range of bytes of a file: `[start, end)`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Where an embedded message stands: its tag is in `[fieldStart, lengthStart)`, its length in `[lengthStart, start)`, its content in `[start, end)`. */
export interface FieldLocation extends ByteRange {
  readonly fieldStart: number;
  readonly lengthStart: number;
}

/** The bytes of a file, in memory or read as they are needed. A `Uint8Array` is one. */
export interface ByteSource {
  readonly length: number;
  /** The byte at `offset`, which is below `length`. */
  at(offset: number): number | undefined;
  /** Bytes that stay as they are, whatever is read later. */
  subarray(start: number, end: number): Uint8Array;
}

export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** As in Google's parsers. Our own readers recurse once per embedded message, so this also bounds the stack. */
const maxNesting = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The error for a file that breaks a rule of its format, with the place. */
export function corruptFile(file: string, rule: string, found: string, offset: number): HeadlightError {
  const shown = excerpt(found);
  return new HeadlightError('model-file-corrupt', `${file}: ${rule}; found ${shown} at byte ${offset}`, {
    file,
    rule,
    found: shown,
    offset,
  });
}

/**
 * A cursor over one message. `nextField` steps to a field; then exactly one of the `read…` methods or `skip` takes its value.
 * Everything that does not fit throws `model-file-corrupt`. Offsets are relative to `bytes`, whatever its `byteOffset`.
 */
export class ProtobufReader {
  /** Number of the field that `nextField` stepped to. */
  fieldNumber = 0;
  /** Where the tag of that field begins. */
  fieldStart = 0;
  private wireType = 0;
  private offset: number;

  constructor(
    readonly bytes: ByteSource,
    readonly file: string,
    readonly location: FieldLocation = { fieldStart: 0, lengthStart: 0, start: 0, end: bytes.length },
    private readonly nesting = 0,
  ) {
    this.offset = location.start;
    if (nesting > maxNesting) throw this.corrupt(`messages nest at most ${maxNesting} deep`, `${nesting}`);
  }

  /** Where the reader stands: after the value that was read last. */
  get position(): number {
    return this.offset;
  }

  /** Steps to the next field; false at the end of the message. */
  nextField(): boolean {
    if (this.offset === this.location.end) return false;
    this.fieldStart = this.offset;
    const tag = this.varint();
    this.fieldNumber = Number(tag >> 3n);
    this.wireType = Number(tag & 7n);
    if (this.fieldNumber === 0 || tag > 0xffffffffn)
      throw this.corrupt('field numbers are between 1 and 2^29 - 1', `${this.fieldNumber}`, this.fieldStart);
    return true;
  }

  /** A signed 64-bit integer. */
  readInteger(): bigint {
    this.expect(wireTypes.varint);
    return BigInt.asIntN(64, this.varint());
  }

  /** A repeated integer field, packed or not: the integers of this occurrence. */
  readIntegers(): bigint[] {
    if (this.wireType === wireTypes.varint) return [this.readInteger()];
    const { start, end } = this.readRange();
    const location = { fieldStart: start, lengthStart: start, start, end };
    const packed = new ProtobufReader(this.bytes, this.file, location, this.nesting + 1);
    const integers: bigint[] = [];
    while (packed.offset < end) integers.push(BigInt.asIntN(64, packed.varint()));
    return integers;
  }

  /** An integer that a number holds exactly, such as a dimension or an enumeration value. */
  readNumber(): number {
    const start = this.offset;
    return this.toNumber(this.readInteger(), start);
  }

  /** The numbers of one occurrence of a repeated integer field, packed or not. */
  readNumbers(): number[] {
    const start = this.offset;
    return this.readIntegers().map(integer => this.toNumber(integer, start));
  }

  /** A 32-bit float. */
  readFloat(): number {
    this.expect(wireTypes.fixed32);
    const { bytes, offset } = this;
    this.advance(4);
    const value = bytes.subarray(offset, offset + 4);
    return new DataView(value.buffer, value.byteOffset, 4).getFloat32(0, true);
  }

  /** The place of a string, byte string or embedded message, unread. */
  readRange(): FieldLocation {
    this.expect(wireTypes.bytes);
    const lengthStart = this.offset;
    const length = this.varint();
    const start = this.offset;
    const bytesLeft = this.location.end - start;
    if (length > BigInt(bytesLeft))
      throw this.corrupt(
        'a field ends inside its message',
        `a length of ${length} with ${bytesLeft} left`,
        lengthStart,
      );
    this.offset = start + Number(length);
    return { fieldStart: this.fieldStart, lengthStart, start, end: this.offset };
  }

  readString(): string {
    const { start, end } = this.readRange();
    try {
      return utf8.decode(this.bytes.subarray(start, end));
    } catch {
      throw this.corrupt('strings are UTF-8', 'other bytes', start);
    }
  }

  /** A reader over an embedded message. */
  readMessage(): ProtobufReader {
    return new ProtobufReader(this.bytes, this.file, this.readRange(), this.nesting + 1);
  }

  /** Steps over the value of the current field. */
  skip(): void {
    if (this.wireType === wireTypes.varint) this.varint();
    else if (this.wireType === wireTypes.bytes) this.readRange();
    else if (this.wireType === wireTypes.fixed32) this.advance(4);
    else if (this.wireType === wireTypes.fixed64) this.advance(8);
    else throw this.corrupt('wire types are 0, 1, 2 and 5', `wire type ${this.wireType}`);
  }

  /** `model-file-corrupt` for this file; without `offset` the place is where the reader stands. */
  corrupt(rule: string, found: string, offset = this.offset): HeadlightError {
    return corruptFile(this.file, rule, found, offset);
  }

  private advance(count: number): void {
    const bytesLeft = this.location.end - this.offset;
    if (count > bytesLeft)
      throw this.corrupt('a field ends inside its message', `${count} bytes wanted with ${bytesLeft} left`);
    this.offset += count;
  }

  /** Unsigned. Nearly all values take one or two bytes, so bigint arithmetic starts only after four. */
  private varint(): bigint {
    const { offset: start } = this;
    let small = 0;
    for (let count = 0; count < 4; count++) {
      const byte = this.byte(start);
      small |= (byte & 0x7f) << (7 * count);
      if (byte < 0x80) return BigInt(small);
    }
    let value = BigInt(small);
    for (let count = 4; count < 10; count++) {
      const byte = this.byte(start);
      value |= BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte >= 0x80) continue;
      if (value >= 1n << 64n) break;
      return value;
    }
    throw this.corrupt('integers have at most 64 bits', `${this.bytes.at(start)}…`, start);
  }

  private byte(varintStart: number): number {
    if (this.offset >= this.location.end)
      throw this.corrupt('an integer ends inside its message', 'the end of the message', varintStart);
    return this.bytes.at(this.offset++) ?? 0;
  }

  private toNumber(integer: bigint, offset: number): number {
    const value = Number(integer);
    if (!Number.isSafeInteger(value)) throw this.corrupt('this integer is below 2^53', `${integer}`, offset);
    return value;
  }

  private expect(wireType: number): void {
    if (this.wireType !== wireType)
      throw this.corrupt(`field ${this.fieldNumber} has wire type ${wireType}`, `wire type ${this.wireType}`);
  }
}
