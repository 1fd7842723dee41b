// Reads a SentencePiece model (`.spm`, `.model`). Field numbers are those of sentencepiece_model.proto 0.2. Runs anywhere.

import { HeadlightError } from '../errors';
import { type ByteRange, ProtobufReader } from '../onnx/protobufReader';

/** ModelProto.SentencePiece.Type. */
export type PieceKind = 'normal' | 'unknown' | 'control' | 'userDefined' | 'unused' | 'byte';

export interface SentencePiece {
  /** With `▁` for a space. */
  readonly text: string;
  /** Unigram: a log-probability. BPE: minus the rank of the merge that makes it. */
  readonly score: number;
  readonly kind: PieceKind;
}

export interface SentencePieceModel {
  readonly algorithm: 'unigram' | 'bpe';
  /** Index: the id inside this model, which other files may map to another one. */
  readonly pieces: readonly SentencePiece[];
  /** Of the piece that stands for unknown text. */
  readonly unknownIndex: number;
  /** Characters that no piece has become pieces of their bytes. */
  readonly byteFallback: boolean;
  /** For `PrecompiledCharsmap`. Undefined: the text stays as it is. */
  readonly charsmap: Uint8Array | undefined;
  /** A space goes before the text. */
  readonly addsPrefixSpace: boolean;
  /** Spaces at both ends go, several become one. */
  readonly removesExtraSpaces: boolean;
}

/** SentencePiece makes them up to 16 long by default; the work on a piece grows with the square of its length. */
const longestPiece = 1000;

/** Index: the value in the file; 0 is not used. */
const pieceKinds: readonly (PieceKind | undefined)[] = [
  undefined,
  'normal',
  'unknown',
  'control',
  'userDefined',
  'unused',
  'byte',
];

/**
 * Errors: `model-file-corrupt` when the file is cut short or not a SentencePiece model; `unsupported-architecture` for models of
 * words or of characters, and for settings that no translation model is known to use.
 */
export function readSentencePieceModel(bytes: Uint8Array, file: string): SentencePieceModel {
  const reader = new ProtobufReader(bytes, file);
  const pieces: SentencePiece[] = [];
  let trainer: TrainerSettings = { algorithm: 1, byteFallback: false };
  let normalizer: NormalizerSettings = { addsPrefixSpace: true, removesExtraSpaces: true, escapesSpaces: true };
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) pieces.push(readPiece(reader.readMessage()));
    else if (reader.fieldNumber === 2) trainer = readTrainer(reader.readMessage(), trainer);
    else if (reader.fieldNumber === 3) normalizer = readNormalizer(reader.readMessage(), normalizer);
    else reader.skip();
  }
  const unknownIndex = pieces.findIndex(({ kind }) => kind === 'unknown');
  if (unknownIndex === -1)
    throw reader.corrupt('a SentencePiece model has a piece for unknown text', `${pieces.length} pieces`);
  if (trainer.algorithm !== 1 && trainer.algorithm !== 2)
    throw unsupported(file, 'a Unigram or BPE model', `model type ${trainer.algorithm}`);
  if (!normalizer.escapesSpaces) throw unsupported(file, 'spaces written as ▁', 'escape_whitespaces false');
  const { charsmap } = normalizer;
  return {
    algorithm: trainer.algorithm === 1 ? 'unigram' : 'bpe',
    pieces,
    unknownIndex,
    byteFallback: trainer.byteFallback,
    charsmap: charsmap && charsmap.end > charsmap.start ? bytes.subarray(charsmap.start, charsmap.end) : undefined,
    addsPrefixSpace: normalizer.addsPrefixSpace,
    removesExtraSpaces: normalizer.removesExtraSpaces,
  };
}

interface TrainerSettings {
  /** TrainerSpec.ModelType: 1 Unigram, 2 BPE, 3 words, 4 characters. */
  readonly algorithm: number;
  readonly byteFallback: boolean;
}

interface NormalizerSettings {
  readonly charsmap?: ByteRange;
  readonly addsPrefixSpace: boolean;
  readonly removesExtraSpaces: boolean;
  readonly escapesSpaces: boolean;
}

function readPiece(reader: ProtobufReader): SentencePiece {
  let text = '';
  let score = 0;
  let kind: PieceKind = 'normal';
  while (reader.nextField()) {
    if (reader.fieldNumber === 1) text = reader.readString();
    else if (reader.fieldNumber === 2) score = reader.readFloat();
    else if (reader.fieldNumber === 3) {
      const value = reader.readNumber();
      const found = pieceKinds[value];
      if (found === undefined) throw reader.corrupt('the type of a piece is 1 to 6', `${value}`);
      kind = found;
    } else reader.skip();
  }
  if (text === '') throw reader.corrupt('a piece has a text', 'none');
  if (text.length > longestPiece)
    throw reader.corrupt(`a piece has at most ${longestPiece} characters`, `${text.length}`, reader.location.start);
  if (!Number.isFinite(score)) throw reader.corrupt('the score of a piece is a number', `${score}`);
  return { text, score, kind };
}

function readTrainer(reader: ProtobufReader, settings: TrainerSettings): TrainerSettings {
  let { algorithm, byteFallback } = settings;
  while (reader.nextField()) {
    if (reader.fieldNumber === 3) algorithm = reader.readNumber();
    else if (reader.fieldNumber === 35) byteFallback = reader.readNumber() !== 0;
    else reader.skip();
  }
  return { algorithm, byteFallback };
}

function readNormalizer(reader: ProtobufReader, settings: NormalizerSettings): NormalizerSettings {
  let { charsmap, addsPrefixSpace, removesExtraSpaces, escapesSpaces } = settings;
  while (reader.nextField()) {
    if (reader.fieldNumber === 2) charsmap = reader.readRange();
    else if (reader.fieldNumber === 3) addsPrefixSpace = reader.readNumber() !== 0;
    else if (reader.fieldNumber === 4) removesExtraSpaces = reader.readNumber() !== 0;
    else if (reader.fieldNumber === 5) escapesSpaces = reader.readNumber() !== 0;
    else reader.skip();
  }
  return { charsmap, addsPrefixSpace, removesExtraSpaces, escapesSpaces };
}

function unsupported(file: string, rule: string, found: string): HeadlightError {
  return new HeadlightError('unsupported-architecture', `${file}: expected ${rule}, found ${found}`, {
    file,
    found,
    supported: [rule],
  });
}
