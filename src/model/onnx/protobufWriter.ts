// Writes protobuf wire format and edits it in place of a full re-serialisation. Knows no schema.

import { type ByteRange, type ByteSource, type FieldLocation, wireTypes } from './protobufReader';

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

/** A field to put in front of the one whose tag is at `offset`. */
export interface Insertion {
  readonly offset: number;
  readonly field: Uint8Array;
}

/** Fields to take out of an embedded message and to append to it, and edits of messages inside it. */
export interface MessageEdit {
  readonly location: FieldLocation;
  /** Whole fields of this message, each from its tag on. */
  readonly remove?: readonly ByteRange[];
  /** Fields to put before all others. */
  readonly prepend?: readonly Uint8Array[];
  readonly insert?: readonly Insertion[];
  readonly append: readonly Uint8Array[];
  readonly inner: readonly MessageEdit[];
}

/**
 * The bytes of a file with every edit made and every enclosing length corrected; all else is as it was, byte for byte. Edits of one
 * message add up, in their order, and those inside of what is removed fall away; otherwise they must not overlap, and order does not
 * matter.
 */
export function applyEdits(bytes: ByteSource, edits: readonly MessageEdit[]): Uint8Array {
  return concatBytes(editedParts(bytes, { start: 0, end: bytes.length }, edits, [], []));
}

function editedParts(
  bytes: ByteSource,
  { start, end }: ByteRange,
  edits: readonly MessageEdit[],
  removed: readonly ByteRange[],
  inserted: readonly Insertion[],
): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let offset = start;
  const isLeft = (place: number) => !removed.some(({ start, end }) => place >= start && place < end);
  const left = addedUp(edits).filter(({ location }) => isLeft(location.start));
  const changes = [
    ...left.map(edit => ({
      start: edit.location.lengthStart,
      end: edit.location.end,
      edit,
      field: undefined,
    })),
    ...removed.map(({ start, end }) => ({ start, end, edit: undefined, field: undefined })),
    ...inserted.map(({ offset, field }) => ({ start: offset, end: offset, edit: undefined, field })),
  ].sort((a, b) => a.start - b.start || a.end - b.end);
  for (const change of changes) {
    parts.push(bytes.subarray(offset, change.start));
    offset = change.end;
    if (change.field !== undefined) parts.push(change.field);
    if (change.edit === undefined) continue;
    const { location, remove = [], prepend = [], insert = [], append, inner } = change.edit;
    const content = [...prepend, ...editedParts(bytes, location, inner, remove, insert), ...append];
    parts.push(encodeVarint(content.reduce((sum, part) => sum + part.length, 0)), ...content);
  }
  parts.push(bytes.subarray(offset, end));
  return parts;
}

/** One edit for each message. */
function addedUp(edits: readonly MessageEdit[]): MessageEdit[] {
  const byPlace = new Map<number, MessageEdit>();
  for (const edit of edits) {
    const before = byPlace.get(edit.location.lengthStart);
    byPlace.set(edit.location.lengthStart, before === undefined ? edit : sumOf(before, edit));
  }
  return [...byPlace.values()];
}

function sumOf(first: MessageEdit, second: MessageEdit): MessageEdit {
  return {
    location: first.location,
    remove: [...(first.remove ?? []), ...(second.remove ?? [])],
    prepend: [...(first.prepend ?? []), ...(second.prepend ?? [])],
    insert: [...(first.insert ?? []), ...(second.insert ?? [])],
    append: [...first.append, ...second.append],
    inner: [...first.inner, ...second.inner],
  };
}
