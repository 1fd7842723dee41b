// headlight.json: what a Hugging Face export does not say of a model. Optional. Runs anywhere.

import type { AlignmentHeads } from '../types';
import { JsonReader } from './jsonReader';

export interface TaskPrefix {
  /** First tokens of the source, such as `<2es>`; empty for none. */
  readonly prefix: string;
  /** Languages the task takes; empty: not said. */
  readonly sources: readonly string[];
}

export interface SummaryTask extends TaskPrefix {
  /**
   * Mean log-probability of its tokens under which a summary is worse than the first sentence of its text, which is then given
   * instead. Absent: summaries are never replaced.
   */
  readonly extractBelow?: number;
  /** Of summaries, in place of the one in generation_config.json. */
  readonly lengthPenalty?: number;
}

export interface Manifest {
  readonly name: string | undefined;
  /** By target language. */
  readonly translate: Readonly<Record<string, TaskPrefix>> | undefined;
  readonly summarize: SummaryTask | undefined;
  readonly alignment: AlignmentHeads | undefined;
  /** File path relative to the folder -> lower-case hexadecimal sha256. */
  readonly files: Readonly<Record<string, string>>;
  readonly license: string | undefined;
}

/** Errors: `model-file-corrupt` for a format other than 1 or a mistyped field. */
export function readManifest(text: string, file: string): Manifest {
  const json = JsonReader.parse(text, file);
  const format = json.integer('format');
  if (format !== 1) throw json.wrong('format', '1, the only format this version reads', format);
  const tasks = json.optionalObject('tasks');
  return {
    name: json.optionalString('name'),
    translate: readTranslate(tasks?.optionalObject('translate')),
    summarize: readSummaryTask(tasks?.optionalObject('summarize')),
    alignment: readAlignment(json.optionalObject('alignment')),
    files: readFiles(json.optionalObject('files')),
    license: json.optionalString('license'),
  };
}

function readTranslate(json: JsonReader | undefined): Manifest['translate'] {
  if (!json) return undefined;
  const targets = new Map<string, TaskPrefix>();
  for (const language of json.keys) {
    const prefix = readPrefix(json.optionalObject(language));
    if (!prefix) throw json.wrong(language, 'an object with "prefix" and "sources"', null);
    // A direction without sources takes every other language that the model translates into.
    const sources = prefix.sources.length > 0 ? prefix.sources : json.keys.filter(other => other !== language);
    targets.set(language, { ...prefix, sources });
  }
  return Object.fromEntries(targets);
}

function readPrefix(json: JsonReader | undefined): TaskPrefix | undefined {
  if (!json) return undefined;
  return { prefix: json.optionalString('prefix') ?? '', sources: json.optionalStrings('sources') ?? [] };
}

function readSummaryTask(json: JsonReader | undefined): SummaryTask | undefined {
  const prefix = readPrefix(json);
  if (!json || !prefix) return undefined;
  const extractBelow = json.optionalNumber('extractBelow');
  const lengthPenalty = json.optionalNumber('lengthPenalty');
  return {
    ...prefix,
    ...(extractBelow !== undefined && { extractBelow }),
    ...(lengthPenalty !== undefined && { lengthPenalty }),
  };
}

export function readAlignment(json: JsonReader | undefined): AlignmentHeads | undefined {
  if (!json) return undefined;
  const heads = {
    layer: json.integer('layer'),
    heads: json.optionalIntegers('heads') ?? [],
    inputShift: json.optionalBoolean('inputShift') ?? false,
  };
  return json.optionalBoolean('norm') ? { ...heads, norm: true } : heads;
}

function readFiles(json: JsonReader | undefined): Readonly<Record<string, string>> {
  // No assignment to fields of an object: `__proto__` would be none of them.
  const files = new Map<string, string>();
  for (const path of json?.keys ?? []) {
    const sha256 = json!.optionalString(path) ?? '';
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw json!.wrong(path, '64 lower-case hexadecimal digits (a sha256)', sha256);
    files.set(path, sha256);
  }
  return Object.fromEntries(files);
}
