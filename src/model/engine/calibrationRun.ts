// Runs a calibration: forced passes over pairs of texts, then the choice of heads. Runs in the engine process.

import { type CalibrationPair, calibrate, fewestItems, naiveHeads } from '../attention/calibration';
import { calibrationTexts } from '../attention/calibrationTexts';
import { copiedItems } from '../attention/items';
import { type Calibration, isUnavailable } from '../attention/methods';
import { normOfHeads } from '../attention/normWeighted';
import { wordsOf } from '../attention/words';
import { HeadlightError } from '../errors';
import type { RunResult, Token, TranslateTask } from '../types';
import { type AttentionRequests, type Turn, withLastStep } from './attentionRequests';
import type { InspectedLayer } from './inspection';
import type { Seq2SeqModel } from './seq2seqModel';

/** Two texts and their tokens; ranges are in the texts. */
export interface TokenizedPair {
  readonly source: string;
  readonly target: string;
  readonly sourceTokens: readonly Token[];
  readonly targetTokens: readonly Token[];
}

/**
 * Heads for the model and what they gain. `pairs` come one by one, as a model may have to make them; `count` of them. Errors: `invalid-request` when
 * they have too few names and numbers in common, `attention-unavailable`.
 */
export async function runCalibration(
  model: Seq2SeqModel,
  pairs: AsyncIterable<TokenizedPair>,
  count: number,
  requests: AttentionRequests,
  turn: Turn,
  report: (progress: { readonly done: number; readonly of: number }) => void,
): Promise<Calibration> {
  const read: CalibrationPair[] = [];
  let [pairCount, itemCount] = [0, 0];
  for await (const pair of pairs) {
    report({ done: ++pairCount, of: count });
    const items = copiedItems(pair.source, pair.target);
    if (items.length === 0) continue;
    itemCount += items.length;
    read.push({ ...(await passOver(model, pair, requests, turn)), items });
  }
  if (itemCount < fewestItems)
    throw new HeadlightError(
      'invalid-request',
      `a calibration needs ${fewestItems} names, numbers or code spans that stand once on both sides; found ${itemCount} in ${pairCount} pairs`,
      { rule: `${fewestItems} names, numbers or code spans on both sides`, found: itemCount },
    );
  const before = model.description.alignment ?? naiveHeads(read[0].cross.shape);
  return { modelSha256: model.description.sha256, pairCount: read.length, ...calibrate(read, before) };
}

async function passOver(
  model: Seq2SeqModel,
  { source, target, sourceTokens, targetTokens }: TokenizedPair,
  requests: AttentionRequests,
  turn: Turn,
): Promise<Omit<CalibrationPair, 'items'>> {
  const ids = withLastStep(model, {
    sourceIds: sourceTokens.map(token => token.id),
    targetIds: targetTokens.map(token => token.id),
  });
  const { maps } = await turn(() => model.forcedPass(ids.sourceIds, ids.targetIds));
  const layers: InspectedLayer[] = [];
  for (let layerIndex = 0; layerIndex < maps.cross.shape[0]; layerIndex++) {
    const layer = await requests.inspectLayer(model, 'cross', layerIndex, ids, turn);
    if (isUnavailable(layer)) break;
    layers.push(layer);
  }
  return {
    sourceWords: wordsOf(source, sourceTokens),
    targetWords: wordsOf(target, targetTokens),
    cross: maps.cross,
    normOf:
      layers.length === maps.cross.shape[0]
        ? (layer, heads) => normOfHeads(layers[layer].weights, layers[layer], heads)
        : undefined,
  };
}

/** Pairs as the model reads them. The source is tokenized as for its first task, the target as plain text that ends. */
export async function* givenPairs(
  model: Seq2SeqModel,
  pairs: readonly (readonly [source: string, target: string])[],
  sourceTokensOf: (source: string) => readonly Token[],
): AsyncGenerator<TokenizedPair> {
  const { tokenizer, architecture } = model.folder;
  const end = { id: architecture.eosTokenIds[0], text: '', special: true, unknown: false };
  for (const [source, target] of pairs) {
    const plain = tokenizer.encode(target, '', 0, { before: [], after: [] });
    const targetTokens = [...plain, { ...end, range: [target.length, target.length] as const }];
    yield { source, target, sourceTokens: sourceTokensOf(source), targetTokens };
  }
}

/** The built-in texts of a language that the model reads, with what it makes of them. */
export async function* ownPairs(
  texts: readonly string[],
  translate: (text: string) => Promise<RunResult>,
): AsyncGenerator<TokenizedPair> {
  for (const text of texts) {
    const { source, target, segments } = await translate(text);
    if (segments.length !== 1) continue;
    const [{ sourceTokens, targetTokens }] = segments;
    yield { source, target, sourceTokens, targetTokens };
  }
}

/** A language of the built-in texts and a task for it. Undefined `task`: the model declares no languages and reads texts as they are. */
export function ownTexts({ description }: Seq2SeqModel): {
  readonly texts: readonly string[];
  readonly task: TranslateTask | undefined;
} {
  for (const [to, sources] of Object.entries(description.translate ?? {}))
    for (const from of ['en', ...Object.keys(calibrationTexts)])
      if (sources.includes(from) && from !== to)
        return { texts: calibrationTexts[from], task: { kind: 'translate', from, to } };
  return { texts: calibrationTexts.en, task: undefined };
}
