// An output as JSON, in the words and order that the README documents. Pure. `readDocument.ts` reads it again.

import type { CharacterRange, Segment } from '../types';
import type { AttentionDocument, SegmentAttention, TextDocument } from './attentionDocument';
import { toBase64 } from './base64';
import { type AttentionMap, attentionKinds } from './maps';
import { isUnavailable, type WordAlignment } from './methods';

/** The fields of the terminal's `--json`; with attention, its method, maps or links besides. */
export function documentJson(document: TextDocument | AttentionDocument): Record<string, unknown> {
  const segments = document.segments.map(segmentJson);
  const json: Record<string, unknown> = {
    source: document.source,
    target: document.target,
    model: document.modelName,
    modelSha256: document.modelSha256,
    device: document.device,
    task: document.task,
  };
  if ('method' in document) json.method = document.method;
  if (document.from !== undefined) json.from = document.from;
  if (document.to !== undefined) json.to = document.to;
  if (document.pivot) json.pivot = document.pivot;
  if (document.unknownText) json.unknownText = document.unknownText;
  if (document.counts) json.counts = document.counts;
  // One line of extract makes the whole no longer the model's own words.
  if (document.task === 'summarize')
    json.kind = segments.some(({ kind }) => kind === 'extract') ? 'extract' : 'abstract';
  if (segments.length === 1) {
    const { source, target, ...fields } = segments[0];
    Object.assign(json, fields);
  }
  json.segments = segments;
  return json;
}

function segmentJson(segment: Segment & { readonly attention?: SegmentAttention }): Record<string, unknown> {
  return {
    source: segment.source,
    target: segment.target,
    sourceTokens: segment.sourceTokens.map(token => token.text),
    sourceIds: segment.sourceTokens.map(token => token.id),
    sourceRanges: segment.sourceTokens.map(token => token.range),
    targetTokens: segment.targetTokens.map(token => token.text),
    targetIds: segment.targetTokens.map(token => token.id),
    targetRanges: segment.targetTokens.map(token => token.range),
    logProbabilities: segment.logProbabilities,
    score: segment.score,
    truncated: segment.truncated,
    ...(segment.kind && { kind: segment.kind }),
    ...(segment.alternatives && { alternatives: segment.alternatives }),
    ...(segment.hypotheses && { hypotheses: segment.hypotheses }),
    ...(segment.block && { block: segment.block, fate: segment.fate, spans: segment.spans }),
    ...(segment.attention && attentionFields(segment.attention)),
  };
}

function attentionFields(attention: SegmentAttention): Record<string, unknown> {
  if (attention.kind === 'alignment') {
    const { alignment } = attention;
    return isUnavailable(alignment) ? { unavailable: { alignment } } : alignmentFields(alignment);
  }
  const { maps, unavailable, occluded } = attention;
  const available = attentionKinds.filter(kind => maps[kind]);
  return {
    attention: Object.fromEntries(available.map(kind => [kind, mapJson(maps[kind]!)])),
    ...(Object.keys(unavailable).length > 0 && { unavailable }),
    ...(occluded && { occluded }),
  };
}

function alignmentFields({ sourceWords, targetWords, links, weights, heads, origin, doubts }: WordAlignment) {
  return {
    sourceWords: sourceWords.map(({ range }): CharacterRange => range),
    targetWords: targetWords.map(({ range }): CharacterRange => range),
    links,
    doubts,
    alignment: {
      ...heads,
      origin,
      shape: [weights.rowCount, weights.columnCount],
      data: toBase64(weights.data),
    },
  };
}

/** Base64 of float32 little-endian, row-major in `shape`. */
function mapJson({ shape, data }: AttentionMap): Record<string, unknown> {
  return { shape, data: toBase64(data) };
}
