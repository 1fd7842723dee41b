// Writes small ONNX models for tests, field by field as in onnx.proto.

import {
  bytesField,
  concatBytes,
  integerField,
  messageField,
  stringField,
} from '../../../src/model/onnx/protobufWriter';

export const float32 = 1;
export const uint8 = 2;
export const int8 = 3;
export const boolean = 9;
export const int64 = 7;
export const float16 = 10;

export interface NodeOptions {
  readonly name?: string;
  readonly domain?: string;
  /** AttributeProto messages, see `integerAttribute` and `graphAttribute`. */
  readonly attributes?: readonly Uint8Array[];
}

export interface GraphParts {
  readonly inputs?: readonly Uint8Array[];
  readonly outputs?: readonly Uint8Array[];
  readonly initializers?: readonly Uint8Array[];
  readonly nodes?: readonly Uint8Array[];
}

export function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  options: NodeOptions = {},
) {
  return concatBytes([
    ...inputs.map(name => stringField(1, name)),
    ...outputs.map(name => stringField(2, name)),
    ...(options.name === undefined ? [] : [stringField(3, options.name)]),
    stringField(4, operator),
    ...(options.attributes ?? []).map(attribute => bytesField(5, attribute)),
    ...(options.domain === undefined ? [] : [stringField(7, options.domain)]),
  ]);
}

export function integerAttribute(name: string, value: number): Uint8Array {
  return concatBytes([stringField(1, name), integerField(3, value), integerField(20, 2)]);
}

export function integersAttribute(name: string, values: readonly number[]): Uint8Array {
  return concatBytes([stringField(1, name), ...values.map(value => integerField(8, value)), integerField(20, 7)]);
}

export function graphAttribute(name: string, content: Uint8Array): Uint8Array {
  return concatBytes([stringField(1, name), bytesField(6, content), integerField(20, 5)]);
}

/** ValueInfoProto of a tensor; without `dims` the rank is not given. */
export function value(name: string, elementType: number, dims?: readonly (number | string)[]): Uint8Array {
  const shape = dims?.map(dimension =>
    messageField(1, typeof dimension === 'number' ? integerField(1, dimension) : stringField(2, dimension)),
  );
  const tensor = [integerField(1, elementType), ...(shape === undefined ? [] : [messageField(2, ...shape)])];
  return concatBytes([stringField(1, name), messageField(2, messageField(1, ...tensor))]);
}

/** TensorProto with raw data. */
export function initializer(
  name: string,
  elementType: number,
  dims: readonly number[],
  rawData: Uint8Array,
): Uint8Array {
  return concatBytes([
    ...dims.map(dimension => integerField(1, dimension)),
    integerField(2, elementType),
    stringField(8, name),
    bytesField(9, rawData),
  ]);
}

/** TensorProto with its data in another file. */
export function externalInitializer(
  name: string,
  elementType: number,
  dims: readonly number[],
  location: string,
  offset: number | string,
  length: number | string,
): Uint8Array {
  const entries = { location, offset, length };
  return concatBytes([
    ...dims.map(dimension => integerField(1, dimension)),
    integerField(2, elementType),
    stringField(8, name),
    ...Object.entries(entries).map(([key, value]) => messageField(13, stringField(1, key), stringField(2, `${value}`))),
    integerField(14, 1),
  ]);
}

export function floats(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

export function graph({ inputs = [], outputs = [], initializers = [], nodes = [] }: GraphParts): Uint8Array {
  return concatBytes([
    ...nodes.map(content => bytesField(1, content)),
    stringField(2, 'graph'),
    ...initializers.map(content => bytesField(5, content)),
    ...inputs.map(content => bytesField(11, content)),
    ...outputs.map(content => bytesField(12, content)),
  ]);
}

export function model(content: Uint8Array, operatorSets: Readonly<Record<string, number>> = { '': 17 }): Uint8Array {
  return concatBytes([
    integerField(1, 10),
    stringField(2, 'headlight tests'),
    stringField(3, '1'),
    bytesField(7, content),
    ...Object.entries(operatorSets).map(([domain, version]) =>
      messageField(8, stringField(1, domain), integerField(2, version)),
    ),
  ]);
}

/** Nodes of one attention `softmax(query x key) x value`; `key` is already transposed. The weights are `<prefix>.weights`. */
export function attentionNodes(prefix: string, query: string, key: string, attendedValue: string): Uint8Array[] {
  return [
    node('MatMul', [query, key], [`${prefix}.scores`]),
    node('Softmax', [`${prefix}.scores`], [`${prefix}.weights`], { name: prefix }),
    node('MatMul', [`${prefix}.weights`, attendedValue], [`${prefix}.output`]),
  ];
}
