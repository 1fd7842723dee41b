// Damage inside protobuf messages that leaves the lengths around it right, so that it reaches the deeper readers.

import { joined, mutateBytes, repeated } from './byteMutations';
import type { Random } from './random';

/** Which fields of a message are messages themselves. */
export interface MessageShape {
  readonly [fieldNumber: number]: MessageShape;
}

/** ModelProto of onnx.proto, as deep as its readers go. */
export const onnxShape: MessageShape = (() => {
  const tensor: MessageShape = { 13: {} };
  const value: MessageShape = { 2: { 1: { 2: { 1: {} } } } };
  const attribute: Record<number, MessageShape> = { 5: tensor };
  const graph: MessageShape = { 1: { 5: attribute }, 5: tensor, 11: value, 12: value, 15: { 1: tensor } };
  attribute[6] = graph;
  attribute[11] = graph;
  return { 7: graph, 8: {} };
})();

/** ModelProto of sentencepiece_model.proto. */
export const sentencePieceShape: MessageShape = { 1: {}, 2: {}, 3: {} };

interface Field {
  readonly number: number;
  readonly wireType: number;
  /** With tag and length. */
  readonly whole: Uint8Array;
  /** Without them. */
  readonly content: Uint8Array;
}

/** Changed bytes; `bytes` stay as they are. `other`: a file of the same format, fields of which may get in. */
export function mutateProtobuf(bytes: Uint8Array, shape: MessageShape, random: Random, other: Uint8Array): Uint8Array {
  const fields = fieldsOf(bytes);
  if (fields === undefined || fields.length === 0) return mutateBytes(bytes, random, other);
  const inner = fields.filter(({ number, wireType }) => wireType === 2 && shape[number] !== undefined);
  if (inner.length > 0 && !random.once(4)) {
    // A message holds many fields of few kinds: the kind is chosen first, else nodes and pieces would be all that changes.
    const number = random.pick([...new Set(inner.map(field => field.number))]);
    const field = random.pick(inner.filter(candidate => candidate.number === number));
    const twin = fieldsOf(other)?.find(candidate => candidate.number === number)?.content ?? other;
    const changed = mutateProtobuf(field.content, shape[number], random, twin);
    return joined(fields.map(each => (each === field ? lengthDelimited(number, changed) : each.whole)));
  }
  return random.pick(fieldMutations)(fields, random, other);
}

type FieldMutation = (fields: readonly Field[], random: Random, other: Uint8Array) => Uint8Array;

const replaceOne = (fields: readonly Field[], random: Random, by: (field: Field) => Uint8Array): Uint8Array => {
  const chosen = random.below(fields.length);
  return joined(fields.map((field, index) => (index === chosen ? by(field) : field.whole)));
};

const fieldMutations: readonly FieldMutation[] = [
  function dropField(fields, random) {
    return replaceOne(fields, random, () => new Uint8Array());
  },
  function dropKind(fields, random) {
    const { number } = random.pick(fields);
    return joined(fields.filter(field => field.number !== number).map(({ whole }) => whole));
  },
  function repeatField(fields, random) {
    return replaceOne(fields, random, ({ whole }) => repeated(whole, random.size(4096)));
  },
  function shuffleFields(fields, random) {
    const order = fields.map(({ whole }) => ({ whole, place: random.next() })).sort((a, b) => a.place - b.place);
    return joined(order.map(({ whole }) => whole));
  },
  function swapContents(fields, random) {
    const from = random.pick(fields);
    return replaceOne(fields, random, field =>
      field.wireType === 2 ? lengthDelimited(field.number, from.content) : from.whole,
    );
  },
  function renumber(fields, random) {
    return replaceOne(fields, random, field => withTag(field, random.below(24), field.wireType));
  },
  function changeWireType(fields, random) {
    return replaceOne(fields, random, field => withTag(field, field.number, random.below(8)));
  },
  function wrongLength(fields, random) {
    return replaceOne(fields, random, ({ number, content }) =>
      joined([varint(BigInt(number) * 8n + 2n), varint(extremeInteger(random, content.length)), content]),
    );
  },
  function extremeNumber(fields, random) {
    return replaceOne(fields, random, ({ number }) =>
      joined([varint(BigInt(number) * 8n), varint(extremeInteger(random, 1))]),
    );
  },
  function damageContent(fields, random, other) {
    return replaceOne(fields, random, field =>
      field.wireType === 2 ? lengthDelimited(field.number, mutateBytes(field.content, random, other)) : field.whole,
    );
  },
  function longContent(fields, random) {
    return replaceOne(fields, random, ({ number, content }) => {
      const part = content.length > 0 && content.length < 64 ? content : Uint8Array.of(0x61);
      return lengthDelimited(number, repeated(part, random.size(1 << 16)));
    });
  },
  function nest(fields, random) {
    return replaceOne(fields, random, ({ number, content }) => {
      const path = random.pick([[number], [7, 1, 5, 6], [1, 5, 6], [2]]);
      let inner = content;
      for (let depth = random.size(512); depth > 0; depth--) inner = lengthDelimited(path[depth % path.length], inner);
      return lengthDelimited(number, inner);
    });
  },
  function takeFromOther(fields, random, other) {
    const others = fieldsOf(other);
    return replaceOne(fields, random, field => (others?.length ? random.pick(others).whole : field.whole));
  },
];

function extremeInteger(random: Random, usual: number): bigint {
  return random.pick([
    0n,
    1n,
    BigInt(Math.max(0, usual - 1)),
    BigInt(usual + 1),
    BigInt(random.below(256)),
    (1n << 31n) - 1n,
    1n << 31n,
    1n << 32n,
    (1n << 53n) + 1n,
    (1n << 63n) - 1n,
    (1n << 64n) - 1n,
  ]);
}

/** Undefined for bytes that are no message. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  let offset = 0;
  const readVarint = (): number | undefined => {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (offset >= bytes.length) return undefined;
      const byte = bytes[offset++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return undefined;
  };
  while (offset < bytes.length) {
    const start = offset;
    const tag = readVarint();
    if (tag === undefined) return undefined;
    const wireType = tag % 8;
    let contentStart = offset;
    if (wireType === 0) {
      while (offset < bytes.length && bytes[offset] >= 0x80) offset++;
      offset++;
    } else if (wireType === 1) offset += 8;
    else if (wireType === 5) offset += 4;
    else if (wireType === 2) {
      const length = readVarint();
      if (length === undefined) return undefined;
      contentStart = offset;
      offset += length;
    } else return undefined;
    if (offset > bytes.length) return undefined;
    fields.push({
      number: Math.floor(tag / 8),
      wireType,
      whole: bytes.subarray(start, offset),
      content: bytes.subarray(contentStart, offset),
    });
  }
  return fields;
}

function withTag({ number, whole }: Field, newNumber: number, wireType: number): Uint8Array {
  const tag = varint(BigInt(newNumber) * 8n + BigInt(wireType));
  return joined([tag, whole.subarray(varint(BigInt(number) * 8n).length)]);
}

function lengthDelimited(fieldNumber: number, content: Uint8Array): Uint8Array {
  return joined([varint(BigInt(fieldNumber) * 8n + 2n), varint(BigInt(content.length)), content]);
}

function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
