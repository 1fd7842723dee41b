// The terminal program `headlight`: parses, asks the engine process, prints. Exit codes are in `usage.ts`.

import { constants } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { attentionDocument, type MethodSource } from '../client/attentionDocuments';
import { cacheFolder } from '../client/cacheFolder';
import { DeviceEngine } from '../client/deviceEngine';
import { deviceLines } from '../client/deviceWords';
import { textDocument } from '../model/attention/attentionDocument';
import { documentJson } from '../model/attention/documentJson';
import { type ErrorCode, HeadlightError, toHeadlightError } from '../model/errors';
import { type GlossaryEntries, readGlossary } from '../model/text/glossary';
import { isBuiltInModel } from '../model/text/pseudo';
import type { ModelDescription, ModelWarning, RunResult, Segmentation, Task } from '../model/types';
import type { DocumentParams, ModelTarget, RunParams } from '../protocol/engine';
import { formatDocument } from './attention';
import { calibrate } from './calibrate';
import { outputOfEachLine, type TextOutput, unknownTextWarning } from './output';
import { helpText, parseCommandLine, type TextCommand } from './usage';
import { UsageError } from './usageError';

declare const HEADLIGHT_VERSION: string;

/** A graph run of a large model on a slow machine is still far below it. */
const stepLimitMs = 120_000;
const crashCodes: readonly ErrorCode[] = ['engine-crashed', 'engine-timeout', 'disconnected', 'internal'];

const modelWarnings: Readonly<Record<ModelWarning, string>> = {
  'decoder-without-cache':
    'the folder has decoder_model.onnx alone, which runs the whole output again for each token; export decoder_with_past_model.onnx or decoder_model_merged.onnx as well for several times the speed',
};

/** What is printed cannot be taken back. */
const restartedMessage = 'the device failed in the middle of the text and the CPU writes something else; run it again';

const engine = new DeviceEngine({
  enginePath: path.join(__dirname, 'engine.js'),
  log: {
    info: () => {},
    warn: message => {
      if (process.env.HEADLIGHT_LOG) process.stderr.write(`${message}\n`);
    },
  },
  idleTimeoutMs: () => 0,
  stepLimitMs,
  cacheFolder: cacheFolder(),
  cudaFolder: () => process.env.HEADLIGHT_CUDA_LIBRARIES || undefined,
  probeAfterIdleMs: undefined,
  onFallback: ({ device, message }) =>
    process.stderr.write(`headlight: ${device} failed and the CPU does the work: ${message}\n`),
});

const methodSource: MethodSource = {
  methodMaps: params => engine.call('methodMaps', params),
  align: params => engine.call('align', params),
};

async function main(): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2));
  if (command.command === 'help') return print(helpText(command.of));
  if (command.command === 'version') return print(`${HEADLIGHT_VERSION}\n`);
  if (command.command === 'info') {
    await printInfo(modelFolder(command.folder), command.json, command.probe);
    return;
  }
  if (command.command === 'calibrate') return print(await calibrate(engine, targetOf(command), command));
  await runText(command);
}

/** A machine that was never probed with this model is probed now: who asks which device runs wants to know. */
async function printInfo(folder: string, json: boolean, probeAgain: boolean): Promise<void> {
  const description = await engine.call('describe', { folder });
  if (!json) await print(describeModel(description));
  const known = await engine.report(folder);
  const devices = probeAgain || known.state === 'unknown' ? await engine.probe(folder) : known;
  if (json) return print(`${JSON.stringify({ ...description, devices })}\n`);
  const gpus = devices.gpus.join(', ') || 'none listed by the system';
  const lines = [`GPUs: ${gpus}`, ...deviceLines(devices)];
  await print(lines.map((line, index) => `${(index === 0 ? 'devices' : '').padEnd(13)}${line}\n`).join(''));
}

async function runText(command: TextCommand): Promise<void> {
  const target = targetOf(command);
  const text = await inputText(command);
  if (command.command === 'segments') return printSegments(command, text);
  if (!isBuiltInModel(target.folder)) await warnOf(target);
  if (command.command !== 'attention' && !command.json) return printText(command, target, text);
  const result = await resultOf(command, target, text);
  warn(unknownTextWarning(result));
  const outputs: readonly TextOutput[] = command.lines ? outputOfEachLine(result) : [result];
  for (const output of outputs) {
    const { attention } = command;
    await print(
      attention
        ? await formatDocument(
            await attentionDocument(methodSource, target, attention.method, result, output),
            attention,
          )
        : `${JSON.stringify(documentJson(textDocument(result, output)))}\n`,
    );
  }
}

/** The engine keeps what it read for the run that follows. */
async function warnOf({ folder }: ModelTarget): Promise<void> {
  const { warnings } = await engine.call('describe', { folder });
  for (const warning of warnings) line(modelWarnings[warning]);
}

function targetOf({ model, device }: Pick<TextCommand, 'model' | 'device'>): ModelTarget {
  return { folder: modelFolder(model), device };
}

function modelFolder(model: string | undefined): string {
  if (model === undefined) return path.join(__dirname, '..', 'models', 'default');
  return isBuiltInModel(model) ? model : path.resolve(model);
}

/** One line for each sentence, or one JSON object with everything in between. */
async function printSegments(command: TextCommand, text: string): Promise<void> {
  const segments = await engine.call('segments', {
    text,
    document: documentOf(command),
    glossary: await glossaryOf(command),
    to: command.to,
  });
  if (command.json) return print(`${JSON.stringify({ source: text, segments })}\n`);
  for (const segment of segments)
    if (segment.text !== undefined)
      await print(`${segment.kind.padEnd(12)} ${segment.source.join('-').padEnd(15)} ${segment.text}\n`);
}

async function resultOf(command: TextCommand, target: ModelTarget, text: string): Promise<RunResult> {
  const { targetIds, alternativeCount } = command;
  if (targetIds) return engine.call('force', { ...target, text, task: taskOf(command), targetIds, alternativeCount });
  return engine.call('run', await runParams(command, target, text));
}

/** Prints a text as it comes, so that a long one can be read while the rest of it is being made. */
async function printText(command: TextCommand, target: ModelTarget, text: string): Promise<void> {
  const params = { ...(await runParams(command, target, text)), segmentsByProgressOnly: true };
  const reader = new AbortController();
  let failure: unknown;
  const onFailure = (error: unknown) => {
    failure = error;
    reader.abort();
  };
  try {
    const result = await engine.call('run', params, {
      signal: reader.signal,
      onProgress: step => {
        if (step.kind === 'text') print(step.append).catch(onFailure);
        else if (step.kind === 'restarted') onFailure(new HeadlightError('device-failed', restartedMessage));
      },
    });
    warn(unknownTextWarning(result));
    // A document comes back as it is. Each line of the source ends one of the output; a text of its own ends with a line break.
    if (command.format !== undefined) return;
    const lacksBreak = command.lines ? text !== '' && !text.endsWith('\n') : !result.target.endsWith('\n');
    await print(lacksBreak ? '\n' : '');
  } catch (error) {
    // A file without a word comes back as it is, too.
    const isEmptyFile = command.format !== undefined && toHeadlightError(error).code === 'source-empty';
    if (!isEmptyFile) throw failure ?? error;
    await print(text);
  }
}

async function runParams(command: TextCommand, target: ModelTarget, text: string): Promise<RunParams> {
  return {
    ...target,
    text,
    task: taskOf(command),
    segmentation: segmentationOf(command),
    options: {
      beamCount: command.beamCount,
      maxNewTokens: command.maxNewTokens,
      nBest: command.nBest,
      alternativeCount: command.alternativeCount,
      forcedPrefixIds: command.forcedPrefixIds,
    },
    priority: 'interactive',
    document: documentOf(command),
    glossary: await glossaryOf(command),
  };
}

/** Words of the command line and what is piped in are plain text; only `--lines` and `--raw` take each line as it stands. */
function documentOf({ command, format, languageId, file, lines, raw }: TextCommand): DocumentParams | undefined {
  if (format !== undefined) return { format, languageId, fileName: file };
  const isBySentences = (command === 'translate' || command === 'segments') && !lines && !raw;
  return isBySentences ? { format: 'text', languageId, isFragment: true } : undefined;
}

async function glossaryOf({ glossary }: TextCommand): Promise<GlossaryEntries | undefined> {
  return glossary === undefined ? undefined : readGlossary(await fileText('--glossary', glossary), glossary);
}

function taskOf({ command, raw, from, to }: TextCommand): Task {
  if (raw) return { kind: 'raw' };
  return { kind: command === 'summarize' ? 'summarize' : 'translate', from, to };
}

function segmentationOf({ lines, raw }: TextCommand): Segmentation {
  if (lines) return 'lines';
  return raw ? 'whole' : 'sentences';
}

async function inputText({ file, words }: TextCommand): Promise<string> {
  if (words.length > 0) return words.join(' ');
  if (file === undefined) {
    if (process.stdin.isTTY) line('reading the text from the terminal; Ctrl+D on a line of its own ends it');
    return decodeText(await buffer(process.stdin), 'standard input');
  }
  return fileText('--file', file);
}

async function fileText(option: string, file: string): Promise<string> {
  try {
    return decodeText(await readFile(file), `${option} ${file}`);
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    const found = error instanceof Error ? error.message : String(error);
    throw new HeadlightError(
      'invalid-request',
      `${option} ${file}: expected a readable file, found: ${found}`,
      { file, found },
      error,
    );
  }
}

/**
 * Errors: `invalid-request` for bytes that are not UTF-8, which replaced by question marks would be translated in silence, and for more
 * of them than a string can hold.
 */
function decodeText(bytes: Uint8Array, place: string): string {
  const refuse = (rule: string, found: string) =>
    new HeadlightError('invalid-request', `${place}: expected ${rule}, found ${found}`, { rule, found });
  if (bytes.length > constants.MAX_STRING_LENGTH)
    throw refuse(`at most ${constants.MAX_STRING_LENGTH} bytes`, `${bytes.length}; split it`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refuse('UTF-8 text', 'other bytes');
  }
}

function describeModel(model: ModelDescription): string {
  const translate = Object.entries(model.translate ?? {}).map(([to, sources]) => `${sources.join(', ')} to ${to}`);
  const rows: [string, string][] = [
    ['name', model.name],
    ['folder', model.folder],
    [
      'architecture',
      `${model.architecture}, ${model.encoderLayerCount}+${model.decoderLayerCount} layers, d ${model.modelDimension}`,
    ],
    ['heads', `${model.encoderHeadCount} encoder, ${model.decoderHeadCount} decoder`],
    ['vocabulary', `${model.vocabularySize} tokens`],
    ['positions', `${model.maxPositions}`],
    ['translates', model.translate ? translate.join('; ') : 'one direction, languages not declared'],
    ['summarises', model.summarize ? model.summarize.join(', ') || 'any language' : 'not declared'],
    ['beams', `${model.beamCount}`],
    ['files', `${model.files.join(', ')} (${(model.parameterBytes / 2 ** 20).toFixed(1)} MB)`],
    ['sha256', model.sha256],
    ['license', model.license ?? 'not declared'],
    ...model.warnings.map((warning): [string, string] => ['warning', modelWarnings[warning]]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)}${value}\n`).join('');
}

/** Where the output goes cannot take it. */
class OutputError extends Error {
  constructor(
    readonly code: string | undefined,
    message: string,
  ) {
    super(`standard output: expected to be written, found: ${message}`);
  }
}

/** Waits until a slow reader has taken it. Errors: OutputError. */
function print(text: string | Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error: NodeJS.ErrnoException | null | undefined) =>
      error ? reject(new OutputError(error.code, error.message)) : resolve(),
    );
  });
}

function warn(warning: string | undefined): void {
  if (warning !== undefined) line(`warning: ${warning}`);
}

/** Prints one line on standard error. */
function line(message: string): void {
  process.stderr.write(`headlight: ${message.replace(/\s*\n\s*/g, ' ')}\n`);
}

/** Says what went wrong on standard error; gives the exit code. */
function report(error: unknown): number {
  if (error instanceof UsageError) {
    line(`${error.message}; see headlight --help`);
    return 2;
  }
  if (error instanceof HeadlightError) {
    line(error.message);
    return crashCodes.includes(error.code) ? 3 : 1;
  }
  if (error instanceof OutputError) {
    // The reader of a pipe went away: nobody is left to tell.
    if (error.code === 'EPIPE') return 0;
    line(error.message);
    return 1;
  }
  line(error instanceof Error ? error.message : String(error));
  return 3;
}

process.stdout.on('error', () => {}); // `print` reports it
process.stderr.on('error', () => {}); // its reader went away: the work goes on
void main()
  .then(
    () => 0,
    error => report(error),
  )
  .then(exitCode => {
    process.exitCode = exitCode;
    engine.dispose();
  });
