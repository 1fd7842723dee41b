// An exported attention file as something the panel shows: everything comes from the file, nothing from a model. Pure.

import type { AttentionDocument, SegmentAttention } from '../model/attention/attentionDocument';
import { type AttentionMaps, attentionKinds } from '../model/attention/maps';
import { HeadlightError } from '../model/errors';
import type { ModelDescription } from '../model/types';
import type { AttentionParams } from '../protocol/engine';
import type { AttentionSource } from './panelAnswers';
import type { PanelContent } from './panelOutput';

/** What a panel shows of a document, and what answers for its engine. */
export function fileContent(document: AttentionDocument): { content: PanelContent; source: AttentionSource } {
  const { modelName: name, modelSha256: sha256, segments, method, ...text } = document;
  const model = { folder: '', name, sha256 };
  const content: PanelContent = {
    result: { ...text, segments, model, device: 'cpu' } as PanelContent['result'],
    target: { folder: '', device: 'cpu' },
    description: descriptionOf(document),
    fileMethod: method,
  };
  const attentionOf = ({ sourceIds, targetIds }: AttentionParams): SegmentAttention => {
    const same = (ids: readonly number[], tokens: readonly { readonly id: number }[]) =>
      ids.length === tokens.length && tokens.every(({ id }, index) => id === ids[index]);
    const found = segments.find(
      ({ sourceTokens, targetTokens }) => same(sourceIds, sourceTokens) && same(targetIds, targetTokens),
    );
    if (!found) throw new HeadlightError('invalid-request', 'the file holds no such sentence');
    return found.attention;
  };
  const maps = async (params: AttentionParams) => {
    const attention = attentionOf(params);
    return attention.kind === 'maps' ? attention : { maps: {}, unavailable: {}, occluded: undefined };
  };
  const source: AttentionSource = {
    attention: async params => (await maps(params)).maps as AttentionMaps,
    methodMaps: async params => ({ ...(await maps(params)), method: params.method }),
    align: async params => {
      const attention = attentionOf(params);
      if (attention.kind === 'alignment') return attention.alignment;
      return { reason: 'not-defined', rule: 'the file holds word alignments', found: method };
    },
    explainCell: async () => ({ reason: 'scores-hidden', rule: 'a model computes queries and keys', found: 'a file' }),
    force: async () => withoutModel(),
    search: async () => withoutModel(),
  };
  return { content, source };
}

function withoutModel(): never {
  throw new HeadlightError('invalid-request', 'a file is shown without its model: nothing new can be computed');
}

function descriptionOf({ segments, modelName: name, modelSha256: sha256 }: AttentionDocument): ModelDescription {
  const attention = segments[0]?.attention;
  const shapeOf = (kind: (typeof attentionKinds)[number]) =>
    (attention?.kind === 'maps' ? attention.maps[kind]?.shape : undefined) ?? [1, 1, 0, 0];
  const [encoder, decoder, cross] = attentionKinds.map(shapeOf);
  return {
    folder: '',
    name,
    sha256,
    encoderLayerCount: encoder[0],
    encoderHeadCount: encoder[1],
    decoderLayerCount: Math.max(decoder[0], cross[0]),
    decoderHeadCount: Math.max(decoder[1], cross[1]),
  } as ModelDescription;
}
