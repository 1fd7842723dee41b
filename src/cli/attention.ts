// The terminal's `attention`: asks for one method, prints it in one format.

import type { EngineProcess } from '../client/engineProcess';
import { pngOf } from '../client/png';
import {
  type AttentionDocument,
  type AttentionPicture,
  type DocumentSegment,
  type SegmentAttention,
  textDocument,
} from '../model/attention/attentionDocument';
import { documentJson } from '../model/attention/documentJson';
import { drawPictures } from '../model/attention/drawing';
import { csvOf, pharaohOf } from '../model/attention/exportText';
import { attentionKinds } from '../model/attention/maps';
import { type AttentionMethod, isUnavailable, type Unavailable } from '../model/attention/methods';
import { pictureOf } from '../model/attention/picture';
import { pixelsOf } from '../model/attention/pixels';
import { svgOf } from '../model/attention/svg';
import { wordsOf } from '../model/attention/words';
import { HeadlightError } from '../model/errors';
import type { RunResult, Segment } from '../model/types';
import type { AttentionParams, ModelTarget } from '../protocol/engine';
import type { AttentionOptions } from './attentionUsage';
import type { TextOutput } from './output';

type Engine = Pick<EngineProcess, 'call'>;

/** One output as a document of `method`. Errors: those of the engine. */
export async function attentionDocument(
  engine: Engine,
  target: ModelTarget,
  result: RunResult,
  output: TextOutput,
  method: AttentionMethod,
): Promise<AttentionDocument> {
  const source = result.pivot?.text ?? output.source;
  const segments: DocumentSegment[] = [];
  for (const segment of output.segments)
    segments.push({ ...segment, attention: await look(engine, target, source, output.target, segment, method) });
  return { ...textDocument(result, output), method, segments };
}

async function look(
  engine: Engine,
  target: ModelTarget,
  source: string,
  output: string,
  segment: Segment,
  method: AttentionMethod,
): Promise<SegmentAttention> {
  const { sourceTokens, targetTokens } = segment;
  const params: AttentionParams = {
    ...target,
    sourceIds: sourceTokens.map(token => token.id),
    targetIds: targetTokens.map(token => token.id),
    priority: 'interactive',
  };
  const sourceWords = wordsOf(source, sourceTokens);
  if (method !== 'alignment') {
    const { maps, unavailable, occluded } = await engine.call('methodMaps', { ...params, method, sourceWords });
    return { kind: 'maps', maps, unavailable, occluded };
  }
  const targetWords = wordsOf(output, targetTokens);
  return { kind: 'alignment', alignment: await engine.call('align', { ...params, sourceWords, targetWords }) };
}

/** The bytes of a file in the chosen format. Errors: `attention-unavailable` when the method gives nothing of what is asked for. */
export function formatDocument(document: AttentionDocument, options: AttentionOptions): string | Uint8Array {
  switch (options.format) {
    case 'json':
      requireSomething(document);
      return `${JSON.stringify(documentJson(document))}\n`;
    case 'pharaoh':
      return pharaohOf(document.segments.map(alignmentOf));
    case 'csv':
      return csvOf(picturesOf(document, options));
    case 'svg':
      return svgOf(drawPictures(picturesOf(document, options)));
    case 'png':
      return pngOf(pixelsOf(drawPictures(picturesOf(document, options))));
  }
}

function picturesOf(document: AttentionDocument, options: AttentionOptions): AttentionPicture[] {
  return document.segments.map((_, index) => {
    const picture = pictureOf(document, index, options);
    if (isUnavailable(picture)) throw unavailableError(document, picture);
    return picture;
  });
}

function alignmentOf(segment: DocumentSegment) {
  const { attention } = segment;
  // The command line asks for alignments when the format is Pharaoh.
  if (attention.kind !== 'alignment') throw new HeadlightError('internal', 'Pharaoh links are of method alignment');
  if (isUnavailable(attention.alignment)) throw unavailableError({ method: 'alignment' }, attention.alignment);
  return attention.alignment;
}

function requireSomething(document: AttentionDocument): void {
  for (const { attention } of document.segments) {
    if (attention.kind === 'alignment' && isUnavailable(attention.alignment))
      throw unavailableError(document, attention.alignment);
    if (attention.kind === 'maps' && attentionKinds.every(kind => !attention.maps[kind]))
      throw unavailableError(document, attention.unavailable.cross!);
  }
}

function unavailableError({ method }: Pick<AttentionDocument, 'method'>, { rule, found }: Unavailable): HeadlightError {
  return new HeadlightError('attention-unavailable', `${method} is unavailable, because ${rule}; found ${found}`, {
    file: method,
    rule,
    found,
  });
}
