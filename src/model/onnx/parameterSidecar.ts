// Takes the parameters out of the bytes of an ONNX model: what is left is small and says where in the file they stand, so that
// onnxruntime maps them from there instead of copying them. Field numbers are those of onnx.proto, ONNX 1.23.

import { refuseStandIns } from './graphReader';
import { readEntry } from './initializerReader';
import { type ByteRange, type ByteSource, type FieldLocation, ProtobufReader } from './protobufReader';
import { applyEdits, integerField, type MessageEdit, messageField, stringField } from './protobufWriter';

/** Smaller parameters stay: shapes and axes among them, which onnxruntime reads while it optimises. */
const smallestBytes = 1024;

/** Where the bytes of a parameter are, for `session.model_external_initializers_file_folder_path` and the names under it. */
export interface ParameterFiles {
  /** Name of the model's own file. */
  readonly own: string;
  /** The name to write in place of one that the model gives to a file beside it. */
  beside(location: string): string;
}

/**
 * The same model with every parameter of 1 KB or more that `bytes` holds in raw form declared as external data at its place in
 * the file `files.own`, in the branches of an `If` as well. Parameters in typed fields, sparse ones and the values of `Constant`
 * nodes stay inside; parameters that were external before get the name that `files.beside` gives.
 * Throws `model-file-corrupt`, and what `files.beside` throws.
 */
export function separateParameters(bytes: ByteSource, file: string, files: ParameterFiles): Uint8Array {
  refuseStandIns(bytes, file);
  const reader = new ProtobufReader(bytes, file);
  const edits: MessageEdit[] = [];
  while (reader.nextField()) {
    if (reader.fieldNumber === 7) edits.push(...graphEdit(reader.readMessage(), files));
    else reader.skip();
  }
  return applyEdits(bytes, edits);
}

/** No edit where there is nothing to change. */
function graphEdit(reader: ProtobufReader, files: ParameterFiles): MessageEdit[] {
  const inner: MessageEdit[] = [];
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) inner.push(...nodeEdit(reader.readMessage(), files));
    else if (reader.fieldNumber === 5) inner.push(...initializerEdit(reader.readMessage(), files));
    else reader.skip();
  }
  return enclosing(reader.location, inner);
}

function nodeEdit(reader: ProtobufReader, files: ParameterFiles): MessageEdit[] {
  const inner: MessageEdit[] = [];
  while (reader.nextField()) {
    if (reader.fieldNumber === 5) inner.push(...attributeEdit(reader.readMessage(), files));
    else reader.skip();
  }
  return enclosing(reader.location, inner);
}

function attributeEdit(reader: ProtobufReader, files: ParameterFiles): MessageEdit[] {
  const inner: MessageEdit[] = [];
  while (reader.nextField()) {
    if (reader.fieldNumber === 6 || reader.fieldNumber === 11) inner.push(...graphEdit(reader.readMessage(), files));
    else reader.skip();
  }
  return enclosing(reader.location, inner);
}

function enclosing(location: FieldLocation, inner: readonly MessageEdit[]): MessageEdit[] {
  return inner.length === 0 ? [] : [{ location, append: [], inner }];
}

function initializerEdit(reader: ProtobufReader, files: ParameterFiles): MessageEdit[] {
  const rawFields: ByteRange[] = [];
  const locationFields: ByteRange[] = [];
  let rawData: ByteRange | undefined;
  let location: string | undefined;
  while (reader.nextField()) {
    const { fieldNumber, fieldStart: start } = reader;
    if (fieldNumber === 9) {
      rawData = reader.readRange();
      rawFields.push({ start, end: rawData.end });
    } else if (fieldNumber === 13) {
      const [key, value] = readEntry(reader.readMessage());
      if (key !== 'location') continue;
      location = value;
      locationFields.push({ start, end: reader.position });
    } else reader.skip();
  }
  if (location !== undefined) {
    const name = files.beside(location);
    if (name === location) return [];
    return [{ location: reader.location, remove: locationFields, append: [entry('location', name)], inner: [] }];
  }
  if (rawData === undefined || rawData.end - rawData.start < smallestBytes) return [];
  const { start, end } = rawData;
  const place = [entry('location', files.own), entry('offset', `${start}`), entry('length', `${end - start}`)];
  const isExternal = integerField(14, 1);
  return [{ location: reader.location, remove: rawFields, append: [...place, isExternal], inner: [] }];
}

/** TensorProto.external_data. */
function entry(key: string, value: string): Uint8Array {
  return messageField(13, stringField(1, key), stringField(2, value));
}
