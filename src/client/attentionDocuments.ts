// Puts an output and its attention by one method together as a document, for the terminal and the panel alike.

import { type AttentionDocument, type DocumentSegment, textDocument } from '../model/attention/attentionDocument';
import type { AttentionMethod, MethodMaps, Unavailable, WordAlignment } from '../model/attention/methods';
import { wordsOf } from '../model/attention/words';
import type { RunResult } from '../model/types';
import type { AlignParams, AttentionParams, MethodMapsParams, ModelTarget } from '../protocol/engine';

/** What the engine is asked for, or whoever has kept its answers. */
export interface MethodSource {
  methodMaps(params: MethodMapsParams, segmentIndex: number): Promise<Omit<MethodMaps, 'method'>>;
  align(params: AlignParams): Promise<WordAlignment | Unavailable>;
}

/** `text`: the whole result, or a part of it with segments of its own. Errors: those of the engine. */
export async function attentionDocument(
  engine: MethodSource,
  target: ModelTarget,
  method: AttentionMethod,
  result: RunResult,
  text: Pick<RunResult, 'source' | 'target' | 'segments'> = result,
): Promise<AttentionDocument> {
  const source = result.pivot?.text ?? text.source;
  const segments: DocumentSegment[] = [];
  for (const [index, segment] of text.segments.entries()) {
    const { sourceTokens, targetTokens } = segment;
    const params: AttentionParams = {
      ...target,
      sourceIds: sourceTokens.map(token => token.id),
      targetIds: targetTokens.map(token => token.id),
      priority: 'interactive',
    };
    const sourceWords = wordsOf(source, sourceTokens);
    if (method === 'alignment') {
      const targetWords = wordsOf(text.target, targetTokens);
      const alignment = await engine.align({ ...params, sourceWords, targetWords });
      segments.push({ ...segment, attention: { kind: 'alignment', alignment } });
    } else {
      const { maps, unavailable, occluded } = await engine.methodMaps({ ...params, method, sourceWords }, index);
      segments.push({ ...segment, attention: { kind: 'maps', maps, unavailable, occluded } });
    }
  }
  return { ...textDocument(result, text), method, segments };
}
