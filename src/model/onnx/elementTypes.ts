// The element types of ONNX tensors. Numbers are those of onnx.proto, ONNX 1.23 (IR version 14).

import type { ProtobufReader } from './protobufReader';

/** An element type, in the words of onnxruntime. */
export type ElementType = (typeof elementTypes)[number][0];

/** Index: TensorProto.DataType. Second: bits per element; 0: no raw form. */
const elementTypes = [
  ['undefined', 0],
  ['float32', 32],
  ['uint8', 8],
  ['int8', 8],
  ['uint16', 16],
  ['int16', 16],
  ['int32', 32],
  ['int64', 64],
  ['string', 0],
  ['bool', 8],
  ['float16', 16],
  ['float64', 64],
  ['uint32', 32],
  ['uint64', 64],
  ['complex64', 64],
  ['complex128', 128],
  ['bfloat16', 16],
  ['float8e4m3fn', 8],
  ['float8e4m3fnuz', 8],
  ['float8e5m2', 8],
  ['float8e5m2fnuz', 8],
  ['uint4', 4],
  ['int4', 4],
  ['float4e2m1', 4],
  ['float8e8m0', 8],
  ['uint2', 2],
  ['int2', 2],
] as const;

/** Throws `model-file-corrupt` for a number that stands for none. */
export function elementTypeOf(reader: ProtobufReader, value: number): ElementType {
  const entry = elementTypes[value];
  if (entry === undefined) throw reader.corrupt(`element types are below ${elementTypes.length}`, `${value}`);
  return entry[0];
}

/** Size of `count` elements in their raw form, which types of less than a byte share bytes in. */
export function byteLength(elementType: ElementType, count: number): number {
  const bits = elementTypes.find(([candidate]) => candidate === elementType)?.[1] ?? 0;
  return Math.ceil((count * bits) / 8);
}
