// Writes the parts of an ONNX graph: nodes, attributes, inputs and outputs, as fields to append to a graph. Field numbers are those of
// onnx.proto.

import type { OnnxNode } from './graphReader';
import { concatBytes, integerField, type MessageEdit, messageField, stringField } from './protobufWriter';

/** TensorProto.DataType. */
const elementTypeNumbers = { float32: 1, int32: 6, int64: 7, float16: 10 } as const;

type WrittenType = keyof typeof elementTypeNumbers;

/** GraphProto.node of the operators of ONNX itself. `attributes`: from `integerAttribute`. */
export function nodeField(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Uint8Array[] = [],
): Uint8Array {
  return messageField(
    1,
    ...inputs.map(name => stringField(1, name)),
    ...outputs.map(name => stringField(2, name)),
    stringField(4, operator),
    ...attributes,
  );
}

/** GraphProto.node: a Cast. On values that have the type already it costs nothing that can be measured. */
export function castField(input: string, output: string, to: WrittenType): Uint8Array {
  return nodeField('Cast', [input], [output], [integerAttribute('to', elementTypeNumbers[to])]);
}

/** GraphProto.input: a vector of `size` elements, or of any number. */
export function vectorInputField(name: string, type: WrittenType, size: number | string): Uint8Array {
  return inputField(name, type, [size]);
}

/** GraphProto.input; a dimension with a name may be of any size. */
export function inputField(name: string, type: WrittenType, dims: readonly (number | string)[]): Uint8Array {
  const shape = messageField(
    2,
    ...dims.map(dim => messageField(1, typeof dim === 'number' ? integerField(1, dim) : stringField(2, dim))),
  );
  const tensor = messageField(1, integerField(1, elementTypeNumbers[type]), shape);
  return messageField(11, stringField(1, name), messageField(2, tensor));
}

/** A whole model: the fields of its graph, in the operators of `opset` of ONNX itself. */
export function modelOf(graphFields: readonly Uint8Array[], opset: number): Uint8Array {
  const irVersion = integerField(1, 8);
  const operatorSet = messageField(8, stringField(1, ''), integerField(2, opset));
  return concatBytes([irVersion, messageField(7, stringField(2, 'headlight'), ...graphFields), operatorSet]);
}

/** GraphProto.output without a type: onnxruntime infers it. */
export function outputField(name: string): Uint8Array {
  return messageField(12, stringField(1, name));
}

/** NodeProto.attribute of type INT. */
export function integerAttribute(name: string, value: number): Uint8Array {
  return messageField(5, stringField(1, name), integerField(3, value), integerField(20, 2));
}

/** The same node, with its name and outputs, as another operator without attributes. */
export function rewrittenNode(
  { location, outputs, name }: OnnxNode,
  operator: string,
  inputs: readonly string[],
): MessageEdit {
  return { location, remove: [location], append: namedNodeFields(operator, inputs, outputs, name), inner: [] };
}

/** Fields of a NodeProto of ONNX itself. */
export function namedNodeFields(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  name: string,
): Uint8Array[] {
  return [
    ...inputs.map(input => stringField(1, input)),
    ...outputs.map(output => stringField(2, output)),
    stringField(3, name),
    stringField(4, operator),
  ];
}
