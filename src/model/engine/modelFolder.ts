// Opens a model folder: finds its files, reads and checks all of them, loads no session. Runs in the engine process.

import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { type Architecture, readArchitecture } from '../config/architecture';
import { JsonReader } from '../config/jsonReader';
import {
  type LanguageTokens,
  readLanguageTokens,
  readPromptTasks,
  readSingleDirection,
} from '../config/languageTokens';
import { type Manifest, readManifest } from '../config/manifest';
import { withToldTasks } from '../config/tasks';
import { HeadlightError } from '../errors';
import { type GenerationConfig, readGenerationConfig } from '../generation/generationConfig';
import { readSentencePieceFiles, sentencePieceFileNames } from '../tokenizer/sentencePieceFiles';
import { Tokenizer } from '../tokenizer/tokenizer';
import type { ModelDescription } from '../types';
import { type DecoderFiles, onnxFilesOf, readDecoder } from './decoderFiles';
import { missingFile, unreadableFile } from './fileErrors';
import { checkDecoder, checkEncoder } from './graphContract';
import { findOnnxFiles, type Precision } from './graphFileNames';
import { type OnnxFile, readOnnxFile } from './onnxFile';
import { cpuPrecisions } from './precision';

/** What stays in memory of a model folder; its graphs do not, once they are loaded. */
export interface ModelFolder {
  readonly folder: string;
  readonly architecture: Architecture;
  readonly generation: GenerationConfig;
  /** What headlight.json says, and the tasks that only other files tell. */
  readonly manifest: Manifest | undefined;
  readonly languages: LanguageTokens | undefined;
  readonly tokenizer: Tokenizer;
  readonly decoderLayout: DecoderFiles['layout'];
  readonly description: ModelDescription;
}

export interface ModelGraphs {
  readonly encoder: OnnxFile;
  readonly decoder: DecoderFiles;
}

export interface OpenedModel {
  readonly folder: ModelFolder;
  readonly graphs: ModelGraphs;
}

/**
 * Reads a model folder in the layout of a Hugging Face / Optimum / transformers.js export.
 * Errors: `model-folder-missing`, `model-file-missing`, `model-file-corrupt`, `model-file-mismatch`, `unsupported-architecture`,
 * each naming the file, the rule and what was found. `precisions`: which files are taken where there are several, the best first.
 */
export async function openModelFolder(
  folder: string,
  precisions: readonly Precision[] = cpuPrecisions,
): Promise<OpenedModel> {
  await requireFolder(folder);
  const configText = await requireText(folder, 'config.json');
  const architecture = readArchitecture(configText, 'config.json');
  const generation = readGenerationConfig(
    await optionalText(folder, 'generation_config.json'),
    'generation_config.json',
    configText,
    'config.json',
    architecture,
  );
  const manifestText = await optionalText(folder, 'headlight.json');
  const ownManifest = manifestText === undefined ? undefined : readManifest(manifestText, 'headlight.json');
  const opened = await openTokenizer(folder, architecture);
  const { tokenizer, tokenizerConfig } = opened;
  checkVocabulary(opened, architecture);
  const languages = readLanguageTokens({
    family: architecture.family,
    tokens: tokenizer.tokens(),
    template: tokenizer.template,
    tokenizerConfig,
    decoderStartTokenId: generation.decoderStartTokenId,
    forcedBosTokenId: generation.forcedBosTokenId,
  });
  const manifest = withToldTasks(ownManifest, {
    languages,
    prompts: readPromptTasks(JsonReader.parse(configText, 'config.json')),
    direction: readSingleDirection(tokenizerConfig),
  });

  const names = await findOnnxFiles(folder, precisions);
  const encoder = await readOnnxFile(folder, names.encoder);
  const decoder = await readDecoder(folder, names.decoder);
  await verifyHashes(folder, manifest, encoder, decoder);
  checkEncoder(encoder, architecture);
  checkDecoder(decoder, architecture);
  checkPrefixes(manifest, tokenizer);
  checkAlignment(manifest, architecture);

  const description = describe(folder, architecture, generation, manifest, opened, encoder, decoder);
  return {
    folder: {
      folder,
      architecture,
      generation,
      manifest,
      languages,
      tokenizer,
      decoderLayout: decoder.layout,
      description,
    },
    graphs: { encoder, decoder },
  };
}

async function requireFolder(folder: string): Promise<void> {
  let found = 'a file';
  try {
    if ((await stat(folder)).isDirectory()) return;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    found = code === 'ENOENT' ? 'nothing' : message;
  }
  throw new HeadlightError('model-folder-missing', `${folder}: expected a model folder, found ${found}`, {
    folder,
    found,
  });
}

async function optionalText(folder: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(path.join(folder, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadableFile(name, error);
  }
}

async function optionalBytes(folder: string, name: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path.join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadableFile(name, error);
  }
}

async function requireText(folder: string, name: string): Promise<string> {
  const text = await optionalText(folder, name);
  if (text === undefined) throw missingFile(folder, name, `a model folder holds ${name}`);
  return text;
}

interface OpenedTokenizer {
  readonly tokenizer: Tokenizer;
  readonly tokenizerConfig: JsonReader | undefined;
  /** The file that holds the vocabulary, for messages. */
  readonly file: string;
  /** What the identity of the model goes by. */
  readonly contents: readonly (string | Uint8Array)[];
}

/** tokenizer.json, or the SentencePiece files of families that are mostly shared without one. */
async function openTokenizer(folder: string, { family }: Architecture): Promise<OpenedTokenizer> {
  const text = await optionalText(folder, 'tokenizer.json');
  const configText = await optionalText(folder, 'tokenizer_config.json');
  const tokenizerConfig = configText === undefined ? undefined : JsonReader.parse(configText, 'tokenizer_config.json');
  const names = sentencePieceFileNames(family);
  if (text !== undefined || !names) {
    if (text === undefined) throw missingFile(folder, 'tokenizer.json', 'a model folder holds tokenizer.json');
    return {
      tokenizer: Tokenizer.parse(text, 'tokenizer.json', configText, 'tokenizer_config.json'),
      tokenizerConfig,
      file: 'tokenizer.json',
      contents: [text],
    };
  }
  const model = await optionalBytes(folder, names.model);
  if (!model) throw missingFile(folder, 'tokenizer.json', `a model folder holds tokenizer.json, or ${names.model}`);
  const vocabulary = await optionalText(folder, names.vocabulary);
  if (vocabulary === undefined) throw missingFile(folder, names.vocabulary, `it belongs to ${names.model}`);
  const pieces = readSentencePieceFiles(family, names, model, vocabulary, tokenizerConfig);
  return {
    tokenizer: Tokenizer.fromSentencePiece(pieces, names.model),
    tokenizerConfig,
    file: names.vocabulary,
    contents: [model, vocabulary],
  };
}

function checkVocabulary({ tokenizer, file }: OpenedTokenizer, { vocabularySize }: Architecture): void {
  if (tokenizer.vocabularySize <= vocabularySize) return;
  const rule = `at most the ${vocabularySize} tokens of config.json`;
  throw new HeadlightError(
    'model-file-mismatch',
    `${file}: expected ${rule}, found ${tokenizer.vocabularySize}: it belongs to another model`,
    { file, rule, found: tokenizer.vocabularySize },
  );
}

/** A task prefix must be made of known tokens, else the model would not see which task is meant. */
function checkPrefixes(manifest: Manifest | undefined, tokenizer: Tokenizer): void {
  const prefixes = [...Object.values(manifest?.translate ?? {}), ...(manifest?.summarize ? [manifest.summarize] : [])];
  for (const { prefix } of prefixes) {
    if (prefix === '' || tokenizer.encode('', prefix).every(token => !token.unknown)) continue;
    const rule = 'task prefixes are made of tokens of tokenizer.json';
    throw new HeadlightError('model-file-mismatch', `headlight.json: expected that ${rule}, found "${prefix}"`, {
      file: 'headlight.json',
      rule,
      found: prefix,
    });
  }
}

function checkAlignment(manifest: Manifest | undefined, architecture: Architecture): void {
  if (!manifest?.alignment) return;
  const { layer, heads } = manifest.alignment;
  const { decoderLayerCount, decoderHeadCount } = architecture;
  if (layer < decoderLayerCount && heads.every(head => head < decoderHeadCount)) return;
  const rule = `"alignment" names one of ${decoderLayerCount} decoder layers and of ${decoderHeadCount} heads`;
  const found = `layer ${layer}, heads ${heads.join(', ')}`;
  throw new HeadlightError('model-file-mismatch', `headlight.json: expected that ${rule}, found ${found}`, {
    file: 'headlight.json',
    rule,
    found,
  });
}

async function verifyHashes(
  folder: string,
  manifest: Manifest | undefined,
  encoder: OnnxFile,
  decoder: DecoderFiles,
): Promise<void> {
  const read = new Map([encoder, ...onnxFilesOf(decoder)].map(file => [file.name, file.sha256]));
  for (const [name, expected] of Object.entries(manifest?.files ?? {})) {
    // Files that this run doesn't use (other precisions) are not read just for their hash.
    if (name.endsWith('.onnx') && !read.has(name)) continue;
    const found = read.get(name) ?? (await readFile(path.join(folder, name)).then(sha256, () => undefined));
    if (found === undefined) throw missingFile(folder, name, 'headlight.json lists it');
    if (found !== expected)
      throw new HeadlightError(
        'model-file-mismatch',
        `${name}: expected the sha256 ${expected} that headlight.json lists, found ${found}: the file was changed or belongs to another model`,
        { file: name, rule: `sha256 ${expected}`, found },
      );
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function describe(
  folder: string,
  architecture: Architecture,
  generation: GenerationConfig,
  manifest: Manifest | undefined,
  tokenizer: OpenedTokenizer,
  encoder: OnnxFile,
  decoder: DecoderFiles,
): ModelDescription {
  const files = [encoder, ...onnxFilesOf(decoder)];
  const identity = createHash('sha256');
  for (const { sha256, externalSha256 = '' } of files) identity.update(sha256).update(externalSha256);
  for (const content of tokenizer.contents) identity.update(content);
  const translate = manifest?.translate
    ? Object.fromEntries(Object.entries(manifest.translate).map(([language, { sources }]) => [language, sources]))
    : undefined;
  return {
    folder,
    name: manifest?.name ?? path.basename(folder),
    sha256: identity.digest('hex'),
    architecture: architecture.modelType,
    vocabularySize: architecture.vocabularySize,
    encoderLayerCount: architecture.encoderLayerCount,
    decoderLayerCount: architecture.decoderLayerCount,
    encoderHeadCount: architecture.encoderHeadCount,
    decoderHeadCount: architecture.decoderHeadCount,
    modelDimension: architecture.modelDimension,
    maxPositions: architecture.maxPositions,
    translate,
    summarize: manifest?.summarize?.sources,
    alignment: manifest?.alignment,
    license: manifest?.license,
    files: files.map(file => file.name),
    parameterBytes: files.reduce((sum, file) => sum + file.parameterBytes, 0),
    beamCount: generation.beamCount,
    warnings: decoder.layout === 'uncached' ? ['decoder-without-cache'] : [],
  };
}
