// Writes protobuf wire format and edits it in place of a full re-serialisation. Knows no schema.

import { type FieldLocation, wireTypes } from './protobufReader';

const utf8 = new TextEncoder();

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** `value`: a non-negative safe integer. */
export function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

export function integerField(fieldNumber: number, value: number): Uint8Array {
  return concatBytes([encodeVarint(fieldNumber * 8 + wireTypes.varint), encodeVarint(value)]);
}

export function bytesField(fieldNumber: number, content: Uint8Array): Uint8Array {
  return concatBytes([encodeVarint(fieldNumber * 8 + wireTypes.bytes), encodeVarint(content.length), content]);
}

export function stringField(fieldNumber: number, text: string): Uint8Array {
  return bytesField(fieldNumber, utf8.encode(text));
}

export function messageField(fieldNumber: number, ...fields: readonly Uint8Array[]): Uint8Array {
  return bytesField(fieldNumber, concatBytes(fields));
}

/** Fields to append to an embedded message, and edits of messages inside it. */
export interface MessageEdit {
  readonly location: FieldLocation;
  readonly append: readonly Uint8Array[];
  readonly inner: readonly MessageEdit[];
}

/**
 * The bytes of a file with every edit made and every enclosing length corrected; all else is as it was, byte for byte. The edits
 * must not overlap; order does not matter.
 */
export function applyEdits(bytes: Uint8Array, edits: readonly MessageEdit[]): Uint8Array {
  return concatBytes(editedParts(bytes, 0, bytes.length, edits));
}

function editedParts(bytes: Uint8Array, start: number, end: number, edits: readonly MessageEdit[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let offset = start;
  for (const { location, append, inner } of [...edits].sort((a, b) => a.location.start - b.location.start)) {
    const content = [...editedParts(bytes, location.start, location.end, inner), ...append];
    const size = content.reduce((sum, part) => sum + part.length, 0);
    parts.push(bytes.subarray(offset, location.lengthStart), encodeVarint(size), ...content);
    offset = location.end;
  }
  parts.push(bytes.subarray(offset, end));
  return parts;
}
