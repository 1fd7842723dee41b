// What the terminal program takes: its commands and options, and what to say about wrong ones. No engine here.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type TextFormat, textFormats } from '../model/text/document';
import { builtInModels, isBuiltInModel } from '../model/text/pseudo';
import { type DeviceName, deviceNames } from '../model/types';
import {
  type AttentionOptions,
  attentionHelp,
  attentionOnlyOptions,
  attentionOptions,
  attentionOptionTypes,
  calibrateHelp,
  calibrateOnlyOptions,
} from './attentionUsage';
import { UsageError } from './usageError';

const usages = {
  translate: 'headlight translate [options] [TEXT...]',
  summarize: 'headlight summarize [options] [TEXT...]',
  attention: 'headlight attention [options] [--target-ids 1,2,3] [TEXT...]',
  calibrate: 'headlight calibrate [--model DIR] [--pairs PATH] [--write] [--json]',
  segments: 'headlight segments [--format F] [--language-id ID] [--glossary FILE] [--json] [TEXT...]',
  info: 'headlight info [--json] [--probe] [DIR]',
} as const;

export type CommandWord = keyof typeof usages;

const commandWords = Object.keys(usages) as CommandWord[];
const outputs: readonly CommandWord[] = ['translate', 'summarize', 'attention'];
const texts: readonly CommandWord[] = [...outputs, 'segments'];

/** Options in the order of the help, each with the commands that take it. */
const optionHelp: readonly (readonly [commands: readonly CommandWord[], text: string])[] = [
  [outputs, '--from L              source language (default: detected)'],
  [texts, "--to L                target language (default: the model's first), or that of the summary"],
  [
    [...outputs, 'calibrate'],
    '--model DIR           model folder (default: the shipped model); identity gives the text back, pseudo marks its letters',
  ],
  [outputs, '--beams N             1 is greedy (default: num_beams of the model)'],
  [outputs, '--max-new-tokens N    limit of each segment'],
  [outputs, '--n-best N            with --json: the N best outputs of each segment, at most as many as beams'],
  [outputs, '--alternatives N      with --json: the N most probable tokens of each step'],
  [outputs, '--prefix-ids LIST     begin the output with these tokens; for one segment'],
  [[...outputs, 'calibrate'], `--device D            ${deviceNames.join(', ')} (default: auto)`],
  [outputs, '--lines               each input line is one text and gives one line'],
  [outputs, '--raw                 no segments, no task prefix; --from and --to are ignored'],
  [commandWords, '--json                JSON Lines: one object for each text'],
  [texts, '--file PATH           read the text from a file; a translation gives the whole file back'],
  [
    ['translate', 'segments'],
    `--format F            what the text is: auto, ${wrapped(textFormats)}
                        (default: auto for --file, else lines of which nothing is known)`,
  ],
  [
    ['translate', 'segments'],
    '--language-id ID      language of a source file, such as typescript (default: told by its name)',
  ],
  [
    ['translate', 'segments'],
    '--glossary FILE       JSON: {"term": "translation" | {"es": "..."} | null for never translated}',
  ],
  [['info'], '--probe               try the devices of this machine again'],
  [['attention'], "--target-ids LIST     attention of this target instead of the model's own"],
  [['attention'], attentionHelp],
  [['calibrate'], calibrateHelp],
];

/** @param command Only what this one takes. Default: all. */
export function helpText(command?: CommandWord): string {
  const isShown = (commands: readonly CommandWord[]) => command === undefined || commands.includes(command);
  const lines = [
    ...commandWords.flatMap(word => (isShown([word]) ? [usages[word]] : [])),
    ...(command === undefined ? ['headlight help [COMMAND]'] : []),
  ];
  const options = optionHelp.flatMap(([commands, text]) => (isShown(commands) ? [text] : []));
  const input =
    'TEXT is joined by spaces; without TEXT or --file, standard input is read. A TEXT that begins with a dash goes after "--".';
  return `headlight: translate and summarise text with a Transformer on this machine

  ${lines.join('\n  ')}
${isShown(texts) ? `\n${input}\n` : ''}
  ${options.join('\n  ')}
  --help, --version

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 crashed.
`;
}

/** In lines under the description of an option. */
function wrapped(names: readonly string[]): string {
  const middle = Math.ceil(names.length / 2);
  return `${names.slice(0, middle).join(', ')},\n                        ${names.slice(middle).join(', ')}`;
}

export type CommandName = 'translate' | 'summarize' | 'attention' | 'segments';

export interface TextCommand {
  readonly command: CommandName;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** As given; undefined: the shipped model. */
  readonly model: string | undefined;
  readonly beamCount: number | undefined;
  readonly maxNewTokens: number | undefined;
  readonly nBest: number | undefined;
  readonly alternativeCount: number | undefined;
  readonly forcedPrefixIds: readonly number[] | undefined;
  readonly device: DeviceName;
  readonly lines: boolean;
  readonly raw: boolean;
  readonly json: boolean;
  readonly file: string | undefined;
  /** Undefined: nothing is known of the text. */
  readonly format: TextFormat | 'auto' | undefined;
  readonly languageId: string | undefined;
  /** Path of a JSON file. */
  readonly glossary: string | undefined;
  readonly targetIds: readonly number[] | undefined;
  readonly words: readonly string[];
  /** Of `attention`; undefined for the others. */
  readonly attention: AttentionOptions | undefined;
}

export interface CalibrateCommand {
  readonly command: 'calibrate';
  readonly model: string | undefined;
  readonly device: DeviceName;
  /** Path of a file of pairs. */
  readonly pairs: string | undefined;
  readonly write: boolean;
  readonly json: boolean;
}

export interface InfoCommand {
  readonly command: 'info';
  /** As given; undefined: the shipped model. */
  readonly folder: string | undefined;
  readonly json: boolean;
  readonly probe: boolean;
}

export type Command =
  | TextCommand
  | CalibrateCommand
  | InfoCommand
  | { readonly command: 'help'; readonly of: CommandWord | undefined }
  | { readonly command: 'version' };

const textCommands: readonly CommandName[] = ['translate', 'summarize', 'attention', 'segments'];

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  model: { type: 'string' },
  beams: { type: 'string' },
  'max-new-tokens': { type: 'string' },
  'n-best': { type: 'string' },
  alternatives: { type: 'string' },
  'prefix-ids': { type: 'string' },
  device: { type: 'string' },
  lines: { type: 'boolean' },
  raw: { type: 'boolean' },
  json: { type: 'boolean' },
  file: { type: 'string' },
  format: { type: 'string' },
  'language-id': { type: 'string' },
  glossary: { type: 'string' },
  'target-ids': { type: 'string' },
  probe: { type: 'boolean' },
  ...attentionOptionTypes,
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

/** Options of a text that is cut into sentences and put together again. */
const documentOptions = ['format', 'language-id', 'glossary'] as const;

/** Errors: UsageError, with one line that says what was expected and found. */
export function parseCommandLine(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  const [command, ...words] = positionals;
  if (values.help) return { command: 'help', of: commandWords.find(word => word === command) };
  if (values.version) return { command: 'version' };
  if (command === undefined) throw new UsageError(`expected a command: ${commandWords.join(', ')} or help`);
  if (command === 'help') return helpCommand(words);
  if (command === 'info') return infoCommand(values, words);
  if (command === 'calibrate') return calibrateCommand(values, words);
  if (!isTextCommand(command))
    throw new UsageError(`expected a command (${commandWords.join(', ')} or help), found "${command}"`);
  return textCommand(command, values, words);
}

function helpCommand(words: readonly string[]): Command {
  const of = commandWords.find(word => word === words[0]);
  if (words.length > 1 || (words.length === 1 && !of))
    throw new UsageError(`help takes one command (${commandWords.join(', ')}), found "${words.join(' ')}"`);
  return { command: 'help', of };
}

function textCommand(command: CommandName, values: Values, words: readonly string[]): TextCommand {
  refuseForeign(values, command);
  refuseDetails(values, command);
  if (values.file !== undefined && words.length > 0)
    throw new UsageError('give the text as words or as --file, not both');
  const isDocument = command === 'segments' || (command === 'translate' && !values.lines && !values.raw);
  const isAttention = command === 'attention';
  const extra = documentOptions.find(
    name => values[name] !== undefined && !isDocument && !(isAttention && name === 'format'),
  );
  if (extra) throw new UsageError(`--${extra} belongs to translate and segments, without --lines and --raw`);
  if (command !== 'translate' || values.lines || values.raw) refuseBuiltIn(values.model, command);
  return {
    command,
    from: values.from,
    to: values.to,
    model: values.model,
    beamCount: positiveInteger('--beams', values.beams),
    maxNewTokens: positiveInteger('--max-new-tokens', values['max-new-tokens']),
    nBest: positiveInteger('--n-best', values['n-best']),
    alternativeCount: positiveInteger('--alternatives', values.alternatives),
    forcedPrefixIds: tokenIds('--prefix-ids', values['prefix-ids']),
    device: deviceOf(values.device),
    lines: values.lines ?? false,
    raw: values.raw ?? false,
    json: values.json ?? false,
    file: values.file,
    format: isAttention
      ? undefined
      : (formatOf(values.format) ?? (values.file !== undefined && isDocument ? 'auto' : undefined)),
    languageId: values['language-id'],
    glossary: values.glossary,
    targetIds: tokenIds('--target-ids', values['target-ids']),
    words,
    attention: isAttention ? attentionOptions(values) : undefined,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // What Node adds is about texts that begin with a dash, and says it in a way of its own.
    throw new UsageError(message.split(/\n|\. To specify/)[0]);
  }
}

type Values = ReturnType<typeof parse>['values'];

function refuseForeign(values: Values, command: CommandName): void {
  const ofCalibrate = calibrateOnlyOptions.find(name => values[name] !== undefined);
  if (ofCalibrate) throw new UsageError(`--${ofCalibrate} belongs to calibrate, not to ${command}`);
  const ofAttention = attentionOnlyOptions.find(name => values[name] !== undefined && command !== 'attention');
  if (ofAttention) throw new UsageError(`--${ofAttention} belongs to attention, not to ${command}`);
  if (values.probe) throw new UsageError(`--probe belongs to info, not to ${command}`);
  if (values['target-ids'] !== undefined && command !== 'attention')
    throw new UsageError(`--target-ids belongs to attention, not to ${command}`);
}

function infoCommand(values: Values, words: readonly string[]): InfoCommand {
  const extra = Object.keys(values).find(name => name !== 'json' && name !== 'probe');
  if (extra !== undefined) throw new UsageError(`info takes a model folder, --json and --probe, found --${extra}`);
  if (words.length > 1) throw new UsageError(`info takes one model folder, found ${words.length}`);
  const [folder] = words;
  refuseBuiltIn(folder, 'info');
  return { command: 'info', folder, json: values.json ?? false, probe: values.probe ?? false };
}

const calibrateOptions: readonly string[] = ['model', 'device', 'pairs', 'write', 'json'];

function calibrateCommand(values: Values, words: readonly string[]): CalibrateCommand {
  const extra = Object.keys(values).find(name => !calibrateOptions.includes(name));
  if (extra !== undefined)
    throw new UsageError(`calibrate takes --model, --device, --pairs, --write and --json, found --${extra}`);
  if (words.length > 0) throw new UsageError(`calibrate takes no text, found "${words[0]}"`);
  refuseBuiltIn(values.model, 'calibrate');
  const { model, pairs, write = false, json = false } = values;
  return { command: 'calibrate', model, device: deviceOf(values.device), pairs, write, json };
}

/** What is in no plain text, and what a given target leaves no room for. */
function refuseDetails(values: Values, command: CommandName): void {
  if (values['target-ids'] !== undefined && values.lines)
    throw new UsageError('--target-ids is for one text: it cannot stand with --lines');
  for (const name of ['n-best', 'alternatives'] as const)
    if (values[name] !== undefined && !values.json && command !== 'attention')
      throw new UsageError(`--${name} belongs to --json`);
  for (const name of ['n-best', 'prefix-ids'] as const)
    if (values[name] !== undefined && values['target-ids'] !== undefined)
      throw new UsageError(`--${name} cannot stand with --target-ids`);
}

/** The built-in models only take a text apart and put it together. */
function refuseBuiltIn(model: string | undefined, command: string): void {
  if (model === undefined || !isBuiltInModel(model)) return;
  throw new UsageError(
    `"${model}" is a reserved model name (${builtInModels.join(', ')}) that only translates, found ${command}; write ./${model} for a folder`,
  );
}

function isTextCommand(command: string): command is CommandName {
  return textCommands.includes(command as CommandName);
}

function formatOf(value: string | undefined): TextFormat | 'auto' | undefined {
  if (value === undefined || value === 'auto') return value;
  const format = textFormats.find(name => name === value);
  if (!format) throw new UsageError(`--format takes auto, ${textFormats.join(', ')}, found "${value}"`);
  return format;
}

function positiveInteger(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new UsageError(`${name} takes a whole number from 1, found "${value}"`);
  return Number(value);
}

function deviceOf(value: string | undefined): DeviceName {
  const device = deviceNames.find(name => name === (value ?? 'auto'));
  if (!device) throw new UsageError(`--device takes ${deviceNames.join(', ')}, found "${value}"`);
  return device;
}

function tokenIds(name: string, value: string | undefined): readonly number[] | undefined {
  if (value === undefined) return undefined;
  if (!/^\d+(\s*,\s*\d+)*$/.test(value.trim()))
    throw new UsageError(`${name} takes numbers with commas between, found "${value}"`);
  return value.split(',').map(Number);
}
