// One damaged file of a model folder, damaged in the way of its format.

import { mutateBytes } from './byteMutations';
import { mutateJson } from './jsonMutations';
import { mutateProtobuf, onnxShape, sentencePieceShape } from './protobufMutations';
import type { Random } from './random';

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** `other`: the file of the same kind of another model. */
export function mutateFile(name: string, bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let changed = bytes;
  for (let count = random.size(4); count > 0; count--) changed = mutateOnce(name, changed, random, other);
  return changed;
}

function mutateOnce(name: string, bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  if (random.once(8)) return mutateBytes(bytes, random, other);
  if (name.endsWith('.json')) return utf8.encode(mutateJson(fromUtf8.decode(bytes), random, fromUtf8.decode(other)));
  if (name.endsWith('.onnx')) return mutateProtobuf(bytes, onnxShape, random, other);
  if (/\.(spm|model)$/.test(name)) return mutateProtobuf(bytes, sentencePieceShape, random, other);
  return mutateBytes(bytes, random, other);
}
