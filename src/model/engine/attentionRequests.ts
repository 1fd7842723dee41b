// Answers what is asked about attention: maps of every method, word alignments, single cells. Runs in the engine process.

import { setImmediate } from 'node:timers/promises';
import type { AlignParams, AttentionParams, ExplainCellParams, MethodMapsParams } from '../../protocol/engine';
import { alignWords, weightsOfHeads } from '../attention/alignment';
import { explainScores } from '../attention/cell';
import { doubtMasks, doubtsOf, omissionCandidates } from '../attention/doubts';
import { type AttentionKind, type AttentionMaps, attentionKinds } from '../attention/maps';
import {
  type CellExplanation,
  type Doubt,
  isUnavailable,
  type MethodMaps,
  type Unavailable,
  type Word,
  type WordAlignment,
} from '../attention/methods';
import { normOfHeads, normWeighted, valueNorms } from '../attention/normWeighted';
import { occlusionMap, occlusionMasks } from '../attention/occlusion';
import { rolloutMaps } from '../attention/rollout';
import { isUnspaced } from '../attention/words';
import { HeadlightError, toHeadlightError } from '../errors';
import { commonWordIds } from '../tokenizer/commonWords';
import type { AlignmentHeads } from '../types';
import { readCalibration } from './calibrationStore';
import { Inspection, weightsHidden } from './inspection';
import { openModelFolder } from './modelFolder';
import type { Seq2SeqModel } from './seq2seqModel';

/** Takes a turn of the scheduler for each graph run. */
export type Turn = <T>(job: () => Promise<T>) => Promise<T>;

type ForcedIds = Pick<AttentionParams, 'sourceIds' | 'targetIds'>;

/** The sessions of an inspection are a second copy of the model: they go when nobody has looked for so long. */
const inspectionIdleMs = 120_000;

/** Logits that one occlusion batch may make: 64 MB. */
const logitBudget = 16_000_000;

interface OpenInspection {
  readonly model: Seq2SeqModel;
  readonly inspection: Promise<Inspection | Unavailable>;
  idleTimer: NodeJS.Timeout | undefined;
}

export class AttentionRequests {
  /** Of the model looked into last. */
  private open: OpenInspection | undefined;
  private readonly commonWords = new WeakMap<Seq2SeqModel, ReadonlySet<number>>();

  /** `closingTurn`: for what nobody waits for. */
  constructor(private readonly closingTurn: Turn) {}

  async methodMaps(model: Seq2SeqModel, params: MethodMapsParams, turn: Turn): Promise<MethodMaps> {
    const { method } = params;
    if (method === 'occlusion') return this.occlusion(model, params, turn);
    if (method === 'norm') return this.norm(model, params, turn);
    const raw = await rawMaps(model, params, turn);
    if (isUnavailable(raw)) return { method, maps: {}, unavailable: forEveryKind(raw), occluded: undefined };
    // Between two layers others have their turn: a long text takes seconds, and the parent waits for signs of life.
    const maps = method === 'raw' ? raw : await rolloutMaps(raw, () => setImmediate());
    return { method, maps, unavailable: {}, occluded: undefined };
  }

  async align(model: Seq2SeqModel, params: AlignParams, turn: Turn): Promise<WordAlignment | Unavailable> {
    const calibrated = await readCalibration(model.description.sha256);
    const heads = calibrated ?? model.description.alignment;
    if (!heads)
      return {
        reason: 'no-heads',
        rule: 'headlight.json declares heads, or a calibration chose them',
        found: 'neither',
      };
    const matrix = await this.headWeights(model, withLastStep(model, params), heads, turn);
    if (isUnavailable(matrix)) return matrix;
    const { sourceWords, targetWords } = params;
    const alignment = alignWords(matrix, sourceWords, targetWords, heads, calibrated ? 'calibrated' : 'declared');
    return { ...alignment, doubts: await this.doubts(model, params, alignment, turn) };
  }

  private async doubts(
    model: Seq2SeqModel,
    { sourceIds, targetIds }: ForcedIds,
    alignment: WordAlignment,
    turn: Turn,
  ): Promise<readonly Doubt[]> {
    const { tokenizer } = model.folder;
    const common = this.commonWords.get(model) ?? commonWordIds(tokenizer.tokens());
    this.commonWords.set(model, common);
    const isJudged = ({ tokens }: Word) => {
      const ids = tokens.map(token => sourceIds[token]);
      return !(ids.length === 1 && common.has(ids[0])) && !isUnspaced(tokenizer.decode(ids).trim());
    };
    const candidates = omissionCandidates(alignment, isJudged);
    const masks = doubtMasks(alignment, candidates, sourceIds.length);
    return doubtsOf(alignment, candidates, await maskedPasses(model, { sourceIds, targetIds }, masks, turn));
  }

  async explainCell(model: Seq2SeqModel, place: ExplainCellParams, turn: Turn): Promise<CellExplanation | Unavailable> {
    checkPlace(model, place);
    const { kind, layerIndex, headIndex, row, column } = place;
    return this.inspect(model, turn, async inspection => {
      const operands = await inspection.scores(kind, layerIndex, place);
      if (isUnavailable(operands)) return operands;
      const size = sizeOf(place);
      const { hasRelativePositions } = model.folder.architecture;
      const cell = explainScores({ kind, layerIndex, headIndex, row, column }, operands, size, hasRelativePositions);
      if (isUnavailable(cell)) return cell;
      const layer = await inspection.layer(kind, layerIndex, place);
      if (isUnavailable(layer)) return { ...cell, value: layer };
      const { columnCount, headDimension, values } = layer;
      const start = (headIndex * columnCount + column) * headDimension;
      const norms = valueNorms(layer).subarray(headIndex * columnCount, (headIndex + 1) * columnCount);
      const value = {
        vector: values.slice(start, start + headDimension),
        norms: cell.weights.map((weight, index) => weight * norms[index]),
      };
      return { ...cell, value };
    });
  }

  /** Weights of some heads together, `[step, source]`: their mean, or with `norm` what they carry. Weights are those of the whole layer. */
  async headWeights(model: Seq2SeqModel, ids: ForcedIds, { layer, heads, norm }: AlignmentHeads, turn: Turn) {
    const size = { rowCount: ids.targetIds.length, columnCount: ids.sourceIds.length };
    if (norm)
      return this.inspect(model, turn, async inspection => {
        const values = await inspection.layer('cross', layer, ids);
        return isUnavailable(values) ? values : { ...size, data: normOfHeads(values.weights, values, heads) };
      });
    const maps = await rawMaps(model, ids, turn);
    return isUnavailable(maps) ? maps : { ...size, data: weightsOfHeads(maps.cross, layer, heads) };
  }

  /** Weights, values and output projection of one layer. */
  inspectLayer(model: Seq2SeqModel, kind: AttentionKind, layerIndex: number, ids: ForcedIds, turn: Turn) {
    return this.inspect(model, turn, inspection => inspection.layer(kind, layerIndex, ids));
  }

  /** Frees what was opened. */
  dispose(): Promise<void> {
    return this.closeInspection();
  }

  private async norm(model: Seq2SeqModel, ids: ForcedIds, turn: Turn): Promise<MethodMaps> {
    const maps: { -readonly [Kind in AttentionKind]?: AttentionMaps[Kind] } = {};
    const unavailable: { [Kind in AttentionKind]?: Unavailable } = {};
    for (const kind of attentionKinds) {
      const map = await this.inspect(model, turn, inspection => normMap(inspection, kind, ids));
      if (isUnavailable(map)) unavailable[kind] = map;
      else maps[kind] = map;
    }
    return { method: 'norm', maps, unavailable, occluded: undefined };
  }

  private async occlusion(model: Seq2SeqModel, params: MethodMapsParams, turn: Turn): Promise<MethodMaps> {
    const { sourceIds, targetIds, sourceWords = [] } = params;
    const masks = occlusionMasks(sourceWords, sourceIds.length);
    const full = await turn(() => model.logProbabilitiesOf(sourceIds, targetIds));
    const hidden = await maskedPasses(model, params, masks, turn);
    const undefinedHere: Unavailable = {
      reason: 'not-defined',
      rule: 'occlusion hides source words and measures the output',
      found: 'attention of one text to itself',
    };
    return {
      method: 'occlusion',
      maps: { cross: occlusionMap(full, hidden, sourceWords, sourceIds.length) },
      unavailable: { encoder: undefinedHere, decoder: undefinedHere },
      occluded: { wordCount: masks.length, ofCount: sourceWords.length },
    };
  }

  /** Runs `look` in a turn, opening the inspection of the model first. */
  private inspect<T>(
    model: Seq2SeqModel,
    turn: Turn,
    look: (inspection: Inspection) => Promise<T | Unavailable>,
  ): Promise<T | Unavailable> {
    return turn(async () => {
      const open = await this.inspectionOf(model);
      const inspection = await open.inspection;
      try {
        return isUnavailable(inspection) ? inspection : await look(inspection);
      } finally {
        open.idleTimer?.refresh();
      }
    });
  }

  /** In a turn: nothing else runs while sessions come and go. */
  private async inspectionOf(model: Seq2SeqModel): Promise<OpenInspection> {
    if (this.open?.model === model) return this.open;
    await this.closeInspection();
    const inspection = openModelFolder(model.folder.folder).then(opened => Inspection.load(model, opened));
    const open: OpenInspection = { model, inspection, idleTimer: undefined };
    this.open = open;
    inspection.catch(() => {
      if (this.open === open) this.open = undefined; // what failed may work next time
    });
    open.idleTimer = setTimeout(() => {
      if (this.open === open) void this.closingTurn(() => this.closeInspection());
    }, inspectionIdleMs).unref();
    return open;
  }

  private async closeInspection(): Promise<void> {
    const { open } = this;
    this.open = undefined;
    if (!open) return;
    clearTimeout(open.idleTimer);
    const inspection = await open.inspection.catch(() => undefined);
    if (inspection && !isUnavailable(inspection)) await inspection.release();
  }
}

/** `[mask][step]`: log-probabilities of the target, in batches whose logits fit the budget. */
async function maskedPasses(
  model: Seq2SeqModel,
  { sourceIds, targetIds }: ForcedIds,
  masks: readonly (readonly number[])[],
  turn: Turn,
): Promise<readonly (readonly number[])[]> {
  const rowCount = Math.max(1, Math.floor(logitBudget / (targetIds.length * model.description.vocabularySize)));
  const passes: (readonly number[])[] = [];
  for (let start = 0; start < masks.length; start += rowCount) {
    const batch = masks.slice(start, start + rowCount);
    passes.push(...(await turn(() => model.maskedLogProbabilitiesOf(sourceIds, targetIds, batch))));
  }
  return passes;
}

async function rawMaps(model: Seq2SeqModel, ids: ForcedIds, turn: Turn): Promise<AttentionMaps | Unavailable> {
  try {
    return await turn(() => model.attentionOf(ids.sourceIds, ids.targetIds));
  } catch (thrown) {
    const error = toHeadlightError(thrown);
    if (error.code !== 'attention-unavailable') throw error;
    return weightsHidden(error);
  }
}

async function normMap(inspection: Inspection, kind: AttentionKind, ids: ForcedIds) {
  const layers: Float32Array[] = [];
  const { rowCount, columnCount } = sizeOf({ kind, ...ids });
  for (let layerIndex = 0; layerIndex < inspection.layerCount(kind); layerIndex++) {
    const layer = await inspection.layer(kind, layerIndex, ids);
    if (isUnavailable(layer)) return layer;
    layers.push(normWeighted(layer.weights, valueNorms(layer), columnCount));
  }
  const size = layers[0].length;
  const data = new Float32Array(layers.length * size);
  layers.forEach((layer, index) => {
    data.set(layer, index * size);
  });
  const headCount = size / (rowCount * columnCount);
  return { shape: [layers.length, headCount, rowCount, columnCount] as const, data };
}

function sizeOf({ kind, sourceIds, targetIds }: ForcedIds & { readonly kind: AttentionKind }) {
  return {
    rowCount: kind === 'encoder' ? sourceIds.length : targetIds.length,
    columnCount: kind === 'decoder' ? targetIds.length : sourceIds.length,
  };
}

/**
 * One more step, in which the last token is read: the row of a shifted alignment. An end token is in no word and needs none; at the
 * model's last position there is no room for one, and the last token stays without a row.
 */
export function withLastStep(model: Seq2SeqModel, { sourceIds, targetIds }: ForcedIds): ForcedIds {
  const { eosTokenIds, hasRelativePositions, maxPositions } = model.folder.architecture;
  const last = targetIds.at(-1);
  const isFull = !hasRelativePositions && targetIds.length >= maxPositions;
  if (last === undefined || eosTokenIds.includes(last) || isFull) return { sourceIds, targetIds };
  return { sourceIds, targetIds: [...targetIds, eosTokenIds[0]] };
}

function checkPlace(model: Seq2SeqModel, place: ExplainCellParams): void {
  const { kind, layerIndex, headIndex, row, column } = place;
  const { description } = model;
  const isEncoder = kind === 'encoder';
  const { rowCount, columnCount } = sizeOf(place);
  const limits = [
    ['layer', layerIndex, isEncoder ? description.encoderLayerCount : description.decoderLayerCount],
    ['head', headIndex, isEncoder ? description.encoderHeadCount : description.decoderHeadCount],
    ['row', row, rowCount],
    ['column', column, columnCount],
  ] as const;
  for (const [name, found, limit] of limits)
    if (!Number.isInteger(found) || found < 0 || found >= limit)
      throw new HeadlightError('invalid-request', `${name} ${found} is not one of ${limit}`, {
        rule: `0 <= ${name} < ${limit}`,
        found,
      });
}

function forEveryKind(reason: Unavailable): Record<AttentionKind, Unavailable> {
  return { encoder: reason, decoder: reason, cross: reason };
}
