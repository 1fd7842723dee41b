// Reads an attention file again, so that a view shows it without the model that made it. Files come from anywhere: all is checked. Pure.

import { JsonReader } from '../config/jsonReader';
import { readAlignment } from '../config/manifest';
import type { CharacterRange, Task, Token } from '../types';
import type { AttentionDocument, DocumentSegment, SegmentAttention } from './attentionDocument';
import { fromBase64 } from './base64';
import { type AttentionKind, type AttentionMap, attentionKinds } from './maps';
import { type AttentionMethod, attentionMethods, type Doubt, type Unavailable, type WordLink } from './methods';
import { wordsOf } from './words';

/** Of files that this version reads: a text with one object on one line or many. Errors: `attention-file-corrupt`. */
export function readDocument(text: string, file: string): AttentionDocument {
  const json = JsonReader.parse(text, file, 'attention-file-corrupt');
  const method = oneOf<AttentionMethod>(json, 'method', attentionMethods);
  const source = requiredString(json, 'source');
  const target = requiredString(json, 'target');
  const pivot = json.optionalObject('pivot');
  const readText = pivot ? requiredString(pivot, 'text') : source;
  return {
    source,
    target,
    modelName: requiredString(json, 'model'),
    modelSha256: requiredString(json, 'modelSha256'),
    device: requiredString(json, 'device'),
    task: oneOf<Task['kind']>(json, 'task', ['translate', 'summarize', 'raw']),
    from: json.optionalString('from'),
    to: json.optionalString('to'),
    pivot: pivot && { from: requiredString(pivot, 'from'), to: requiredString(pivot, 'to'), text: readText },
    method,
    segments: required(json, 'segments', json.optionalObjects('segments'), 'a list of objects').map(segment =>
      readSegment(segment, method, readText, target),
    ),
  };
}

function readSegment(json: JsonReader, method: AttentionMethod, source: string, target: string): DocumentSegment {
  const sourceTokens = readTokens(json, 'source', source);
  const targetTokens = readTokens(json, 'target', target);
  const logProbabilities = required(json, 'logProbabilities', json.optionalNumbers('logProbabilities'), 'numbers');
  if (logProbabilities.length !== targetTokens.length)
    throw json.wrong(
      'logProbabilities',
      `one for each of ${targetTokens.length} target tokens`,
      logProbabilities.length,
    );
  const kind = json.optionalString('kind');
  return {
    source: readRange(json, 'source', json.optionalNumbers('source'), source),
    target: readRange(json, 'target', json.optionalNumbers('target'), target),
    sourceTokens,
    targetTokens,
    logProbabilities,
    score: json.optionalNumber('score') ?? 0,
    truncated: json.optionalBoolean('truncated') ?? false,
    ...(kind === 'extract' || kind === 'abstract' ? { kind } : {}),
    attention:
      method === 'alignment'
        ? readLinks(json, { source, target, sourceTokens, targetTokens })
        : readMaps(json, method, sourceTokens.length, targetTokens.length),
  };
}

/** What a token is besides is not written; that it stands for no text tells the special ones. */
function readTokens(json: JsonReader, side: 'source' | 'target', text: string): Token[] {
  const texts = required(json, `${side}Tokens`, json.optionalStrings(`${side}Tokens`), 'a list of strings');
  const ids = required(json, `${side}Ids`, json.optionalIntegers(`${side}Ids`), 'a list of integers');
  const ranges = required(json, `${side}Ranges`, json.optionalIntegerLists(`${side}Ranges`), 'a list of ranges');
  if (ids.length !== texts.length || ranges.length !== texts.length)
    throw json.wrong(`${side}Ids`, `as long as ${side}Tokens: ${texts.length}`, ids.length);
  return texts.map((token, index) => {
    const range = readRange(json, `${side}Ranges`, ranges[index], text);
    return { id: ids[index], text: token, range, special: range[0] === range[1], unknown: false };
  });
}

function readRange(json: JsonReader, name: string, range: readonly number[] | undefined, text: string): CharacterRange {
  const [start, end] = range ?? [];
  if (range?.length !== 2 || !(start >= 0 && start <= end && end <= text.length))
    throw json.wrong(name, `made of ranges [start, end] in a text of ${text.length} characters`, range);
  return [start, end];
}

function readMaps(
  json: JsonReader,
  method: AttentionMethod,
  sourceCount: number,
  targetCount: number,
): SegmentAttention {
  const all = json.optionalObject('attention');
  const maps: { [Kind in AttentionKind]?: AttentionMap } = {};
  for (const kind of attentionKinds) {
    const map = all?.optionalObject(kind);
    if (!map) continue;
    const rowCount = kind === 'encoder' ? sourceCount : targetCount;
    maps[kind] = readMap(map, rowCount, kind === 'decoder' ? targetCount : sourceCount, method);
  }
  const unavailable = json.optionalObject('unavailable');
  const occluded = json.optionalObject('occluded');
  return {
    kind: 'maps',
    maps,
    unavailable: Object.fromEntries(
      attentionKinds.flatMap(kind => (unavailable?.has(kind) ? [[kind, readUnavailable(unavailable, kind)]] : [])),
    ),
    occluded: occluded && { wordCount: occluded.integer('wordCount'), ofCount: occluded.integer('ofCount') },
  };
}

function readMap(json: JsonReader, rowCount: number, columnCount: number, method: AttentionMethod): AttentionMap {
  const shape = json.optionalIntegers('shape') ?? [];
  const [layerCount, headCount, rows, columns] = shape;
  const isSingle = method === 'rollout' || method === 'occlusion';
  const fits = shape.length === 4 && rows === rowCount && columns === columnCount;
  if (!fits || (isSingle && (layerCount !== 1 || headCount !== 1)))
    throw json.wrong('shape', `[${isSingle ? '1, 1' : 'layers, heads'}, ${rowCount}, ${columnCount}]`, shape);
  const data = readWeights(json, layerCount * headCount * rowCount * columnCount);
  return { shape: [layerCount, headCount, rowCount, columnCount], data };
}

function readLinks(
  json: JsonReader,
  segment: Pick<DocumentSegment, 'sourceTokens' | 'targetTokens'> & {
    readonly source: string;
    readonly target: string;
  },
): SegmentAttention {
  const unavailable = json.optionalObject('unavailable');
  if (unavailable) return { kind: 'alignment', alignment: readUnavailable(unavailable, 'alignment') };
  const details = required(json, 'alignment', json.optionalObject('alignment'), 'an object');
  const sourceWords = wordsOf(segment.source, segment.sourceTokens);
  const targetWords = wordsOf(segment.target, segment.targetTokens);
  const [rowCount, columnCount] = details.optionalIntegers('shape') ?? [];
  if (rowCount !== targetWords.length || columnCount !== sourceWords.length)
    throw details.wrong('shape', `[${targetWords.length}, ${sourceWords.length}]`, [rowCount, columnCount]);
  const links = required(json, 'links', json.plain.links, 'a list of links');
  const isLink = (link: unknown): link is WordLink =>
    Array.isArray(link) &&
    link.length === 3 &&
    link.every(Number.isFinite) &&
    link[0] < columnCount &&
    link[1] < rowCount;
  if (!Array.isArray(links) || !links.every(isLink))
    throw json.wrong('links', 'a list of [source word, target word, probability]', links);
  return {
    kind: 'alignment',
    alignment: {
      sourceWords,
      targetWords,
      links,
      weights: { rowCount, columnCount, data: readWeights(details, rowCount * columnCount) },
      heads: readAlignment(details)!,
      origin: oneOf(details, 'origin', ['declared', 'calibrated'] as const),
      doubts: readDoubts(json, { omitted: columnCount, invented: rowCount }),
    },
  };
}

/** Files of earlier versions have none. */
function readDoubts(json: JsonReader, wordCounts: Readonly<Record<Doubt['kind'], number>>): Doubt[] {
  return (json.optionalObjects('doubts') ?? []).map(doubt => {
    const kind = oneOf(doubt, 'kind', ['omitted', 'invented'] as const);
    const word = doubt.integer('word');
    const value = doubt.optionalNumber('value') ?? 0;
    if (word < 0 || word >= wordCounts[kind]) throw doubt.wrong('word', `0 <= word < ${wordCounts[kind]}`, word);
    if (!(value >= 0 && value <= 1.001)) throw doubt.wrong('value', '0 <= value <= 1', value);
    return { kind, word, value };
  });
}

function readWeights(json: JsonReader, count: number): Float32Array {
  const data = fromBase64(requiredString(json, 'data'));
  if (data?.length !== count || !data.every(weight => weight >= 0 && weight <= 1.001))
    throw json.wrong('data', `base64 of ${count} float32 weights from 0 to 1`, data?.length);
  return data;
}

function readUnavailable(json: JsonReader, name: string): Unavailable {
  const reason = required(json, name, json.optionalObject(name), 'an object');
  const reasons = ['weights-hidden', 'values-hidden', 'scores-hidden', 'no-heads', 'not-defined'] as const;
  return {
    reason: oneOf(reason, 'reason', reasons),
    rule: requiredString(reason, 'rule'),
    found: requiredString(reason, 'found'),
  };
}

function requiredString(json: JsonReader, name: string): string {
  return required(json, name, json.optionalString(name), 'a string');
}

function required<Value>(json: JsonReader, name: string, value: Value | undefined, rule: string): Value {
  if (value === undefined) throw json.wrong(name, rule, undefined);
  return value;
}

function oneOf<Value extends string>(json: JsonReader, name: string, values: readonly Value[]): Value {
  const found = json.optionalString(name);
  const value = values.find(candidate => candidate === found);
  if (value === undefined) throw json.wrong(name, `one of ${values.join(', ')}`, found);
  return value;
}
