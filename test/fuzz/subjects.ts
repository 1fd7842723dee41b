// What the fuzzer feeds: each group of readers, which files it reads, and which error codes a damaged file may end in.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readArchitecture } from '../../src/model/config/architecture';
import { JsonReader } from '../../src/model/config/jsonReader';
import { readLanguageTokens, readPromptTasks, readSingleDirection } from '../../src/model/config/languageTokens';
import { readManifest } from '../../src/model/config/manifest';
import { openModelFolder } from '../../src/model/engine/modelFolder';
import type { ErrorCode } from '../../src/model/errors';
import { readGenerationConfig } from '../../src/model/generation/generationConfig';
import { findAttentionTaps } from '../../src/model/onnx/attentionTaps';
import { addTapOutputs } from '../../src/model/onnx/graphEditor';
import { readOnnxModel } from '../../src/model/onnx/graphReader';
import { separateParameters } from '../../src/model/onnx/parameterSidecar';
import { readSentencePieceFiles, sentencePieceFileNames } from '../../src/model/tokenizer/sentencePieceFiles';
import { Tokenizer } from '../../src/model/tokenizer/tokenizer';
import { checkTokenizer } from './checkTokenizer';
import { type ModelFiles, modelFixtures } from './modelFiles';
import { planted } from './planted';

export interface Subject {
  readonly name: string;
  /** Share of the inputs. */
  readonly weight: number;
  /** Which files of a model folder it reads. */
  readonly reads: (file: string) => boolean;
  /** How a damaged file may end, besides in a result. */
  readonly codes: readonly ErrorCode[];
  /** Reads the files. Throws what the readers throw, and any other error for a result that makes no sense. */
  readonly read: (files: ModelFiles, fixture: string) => void | Promise<void>;
}

const fileCodes: readonly ErrorCode[] = ['model-file-corrupt', 'model-file-mismatch', 'unsupported-architecture'];
const isOnnx = (file: string) => file.endsWith('.onnx');
const isConfig = (file: string) => /config\.json$|^headlight\.json$/.test(file);

export const subjects: readonly Subject[] = [
  {
    name: 'graph',
    weight: 4,
    reads: isOnnx,
    codes: ['model-file-corrupt', 'attention-unavailable'],
    read: readGraphs,
  },
  { name: 'config', weight: 3, reads: isConfig, codes: fileCodes, read: readConfigs },
  {
    name: 'tokenizer',
    weight: 4,
    reads: file => /^tokenizer.*\.json$/.test(file),
    codes: fileCodes,
    read: readTokenizerJson,
  },
  {
    name: 'sentencePiece',
    weight: 2,
    reads: file => /\.(spm|model)$|^vocab\.json$/.test(file),
    codes: fileCodes,
    read: readSentencePiece,
  },
  {
    name: 'folder',
    weight: 2,
    reads: () => true,
    codes: [...fileCodes, 'model-file-missing'],
    read: readFolder,
  },
  // Only when asked for by name.
  { name: 'planted', weight: 0, reads: isConfig, codes: fileCodes, read: planted },
];

function readGraphs(files: ModelFiles): void {
  for (const [name, bytes] of files) {
    const separate = separateParameters(bytes, name, { own: name, beside: location => location });
    readOnnxModel(separate, name);
    const model = readOnnxModel(bytes, name);
    const taps = findAttentionTaps(model, name.includes('encoder') ? 'encoder' : 'decoder', name);
    readOnnxModel(addTapOutputs(bytes, model, taps), name);
  }
}

function readConfigs(files: ModelFiles): void {
  const text = (name: string) => (files.has(name) ? textOf(files, name) : undefined);
  const config = text('config.json');
  const manifest = text('headlight.json');
  const tokenizerConfig = text('tokenizer_config.json');
  if (manifest !== undefined) readManifest(manifest, 'headlight.json');
  if (tokenizerConfig !== undefined) readSingleDirection(JsonReader.parse(tokenizerConfig, 'tokenizer_config.json'));
  if (config === undefined) return;
  const architecture = readArchitecture(config, 'config.json');
  readPromptTasks(JsonReader.parse(config, 'config.json'));
  const generation = text('generation_config.json');
  readGenerationConfig(generation, 'generation_config.json', config, 'config.json', architecture);
}

function readTokenizerJson(files: ModelFiles, fixture: string): void {
  if (!files.has('tokenizer.json')) return;
  const configText = files.has('tokenizer_config.json') ? textOf(files, 'tokenizer_config.json') : undefined;
  const text = textOf(files, 'tokenizer.json');
  const tokenizer = Tokenizer.parse(text, 'tokenizer.json', configText, 'tokenizer_config.json');
  const family = /^[a-z0-9]+/.exec(fixture)?.[0] === 'mbart' ? 'mbart' : 'm2m100';
  readLanguageTokens({
    family,
    tokens: tokenizer.tokens(),
    template: tokenizer.template,
    tokenizerConfig: configText === undefined ? undefined : JsonReader.parse(configText, 'tokenizer_config.json'),
    decoderStartTokenId: 2,
    forcedBosTokenId: undefined,
  });
  checkTokenizer(tokenizer);
}

function readSentencePiece(files: ModelFiles): void {
  const family = files.has('source.spm') ? 'marian' : 'm2m100';
  const names = sentencePieceFileNames(family);
  const model = names && files.get(names.model);
  if (!names || !model) return;
  const vocabulary = textOf(files, names.vocabulary);
  const pieces = readSentencePieceFiles(family, names, model, vocabulary, undefined);
  checkTokenizer(Tokenizer.fromSentencePiece(pieces, names.model));
}

/** The folder on disk: its unchanged files are links. */
async function readFolder(files: ModelFiles, fixture: string): Promise<void> {
  const original = modelFixtures().find(({ name }) => name === fixture)!;
  const folder = mkdtempSync(path.join(tmpdir(), 'headlight-fuzz-'));
  try {
    for (const [name, bytes] of files) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      if (original.files.get(name) === bytes) symlinkSync(path.join(original.folder, name), file);
      else writeFileSync(file, bytes);
    }
    await openModelFolder(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function textOf(files: ModelFiles, name: string): string {
  return new TextDecoder('utf-8').decode(files.get(name));
}
