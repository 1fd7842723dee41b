// Reads one parameter of a graph: what it is and where its values stand. Field numbers are those of onnx.proto, ONNX 1.23.

import { excerpt } from '../errors';
import { byteLength, type ElementType, elementTypeOf } from './elementTypes';
import type { ByteRange, ProtobufReader } from './protobufReader';

/** A parameter or constant of a graph. */
export interface OnnxInitializer {
  readonly name: string;
  readonly elementType: ElementType;
  readonly dims: readonly number[];
  /** The raw little-endian values in the file. Undefined when they are in typed fields or in another file. */
  readonly rawData: ByteRange | undefined;
  /** Where the values are, when in another file. */
  readonly external: ExternalData | undefined;
}

/** Values in a file beside the model. */
export interface ExternalData {
  /** As the model names it: relative, its parts separated by slashes. */
  readonly file: string;
  readonly offset: number;
  /** In bytes. Undefined: up to the end of the file. */
  readonly length: number | undefined;
}

/** Reads what a TensorProto says of itself, and skips its values. Throws `model-file-corrupt` when it has too few or too many. */
export function readInitializer(reader: ProtobufReader): OnnxInitializer {
  const dims: number[] = [];
  const entries = new Map<string, string>();
  let name = '';
  let elementType: ElementType = 'undefined';
  let rawData: ByteRange | undefined;
  let hasTypedData = false;
  while (reader.nextField()) {
    const { fieldNumber } = reader;
    if (fieldNumber === 1) for (const dimension of reader.readNumbers()) dims.push(dimension);
    else if (fieldNumber === 2) elementType = elementTypeOf(reader, reader.readNumber());
    else if (fieldNumber === 8) name = reader.readString();
    else if (fieldNumber === 9) rawData = reader.readRange();
    else if (fieldNumber === 13) entries.set(...readEntry(reader.readMessage()));
    else {
      hasTypedData ||= [4, 5, 6, 7, 10, 11].includes(fieldNumber);
      reader.skip();
    }
  }
  const external = externalOf(reader, entries);
  const initializer = { name, elementType, dims, rawData: external === undefined ? rawData : undefined, external };
  checkSize(reader, initializer, hasTypedData);
  return initializer;
}

function checkSize(reader: ProtobufReader, initializer: OnnxInitializer, hasTypedData: boolean): void {
  const { name, dims, elementType, rawData, external } = initializer;
  const { start } = reader.location;
  const where = `initializer ${excerpt(name || '(unnamed)', 60)} [${dims.slice(0, 8).join(', ')}] ${elementType}`;
  if (dims.some(dimension => dimension < 0)) throw reader.corrupt('dimensions are not negative', where, start);
  if (elementType === 'undefined') throw reader.corrupt('an initializer has an element type', where, start);
  if (external === undefined ? hasTypedData : external.length === undefined) return;
  const expected = byteLength(
    elementType,
    dims.reduce((product, dimension) => product * dimension, 1),
  );
  const actual = external?.length ?? (rawData === undefined ? 0 : rawData.end - rawData.start);
  if (actual !== expected)
    throw reader.corrupt('an initializer has the bytes its shape says', `${actual} of ${expected} for ${where}`, start);
}

/** StringStringEntryProto. */
export function readEntry(reader: ProtobufReader): [key: string, value: string] {
  let key = '';
  let value = '';
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) key = reader.readString();
    else if (reader.fieldNumber === 2) value = reader.readString();
    else reader.skip();
  }
  return [key, value];
}

/** The entry `checksum` has no agreed meaning, so nobody checks it. */
function externalOf(reader: ProtobufReader, entries: ReadonlyMap<string, string>): ExternalData | undefined {
  const file = entries.get('location');
  if (file === undefined) return undefined;
  const number = (key: 'offset' | 'length'): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(Number(text)))
      throw reader.corrupt(
        `the ${key} of external data is a number of bytes`,
        text.slice(0, 40),
        reader.location.start,
      );
    return Number(text);
  };
  return { file, offset: number('offset') ?? 0, length: number('length') };
}
