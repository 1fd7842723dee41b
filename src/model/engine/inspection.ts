// What attention heads compute besides their weights: sessions of their own with queries, keys, scores, values and output projections
// as outputs. Made when somebody looks, so that translation runs on graphs without them. Runs in the engine process, on the CPU.

import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { AttentionKind } from '../attention/maps';
import { isUnavailable, type Unavailable } from '../attention/methods';
import type { LayerValues } from '../attention/normWeighted';
import { HeadlightError, toHeadlightError } from '../errors';
import { findAttentionTaps, tapOutputName } from '../onnx/attentionTaps';
import { addOutputs, type GraphOutput, weightsOutput } from '../onnx/graphEditor';
import { findHeadTaps, type HeadPart, type HeadTap, partOutputName } from '../onnx/headTaps';
import type { OpenedModel } from './modelFolder';
import type { OnnxFile } from './onnxFile';
import { loadSession, type Seq2SeqModel } from './seq2seqModel';
import { floatsOf, int64Tensor } from './tensors';

interface InspectedSession {
  readonly session: InferenceSession;
  readonly layers: readonly HeadTap[];
}

/** A tensor that was fetched, as float32. */
interface Fetched {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Weights and what they carry, of one layer. */
export interface InspectedLayer extends LayerValues {
  /** `[head, row, column]` */
  readonly weights: Float32Array;
}

/** The operands of one layer's scores. */
export interface InspectedScores {
  /** `[head, row, dimension]` and `[head, column, dimension]`, as the graph multiplies them. */
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly headDimension: number;
  readonly scaled: HeadTap['scaled'];
  /** `[head, row, column]`; undefined where an operator keeps them inside. */
  readonly scores: Float32Array | undefined;
  readonly operatorScale: number | undefined;
  readonly weights: Float32Array;
}

type ForcedIds = Pick<ForcedRun, 'sourceIds' | 'targetIds'>;

interface ForcedRun {
  readonly sourceIds: readonly number[];
  readonly targetIds: readonly number[];
  /** Encoder outputs and states, kept for the next look at the same text. */
  readonly hiddenStates: Tensor;
}

export class Inspection {
  private lastRun: ForcedRun | undefined;
  private readonly projections = new Map<string, Float32Array>();

  private constructor(
    private readonly model: Seq2SeqModel,
    private readonly encoder: InspectedSession,
    private readonly decoder: InspectedSession,
  ) {}

  /**
   * Opens further sessions over the files that `model` was loaded from. The answer is `Unavailable` where the export hides its
   * attention. Errors: those of loading; `model-file-mismatch` when the files changed since.
   */
  static async load(model: Seq2SeqModel, { folder, graphs }: OpenedModel): Promise<Inspection | Unavailable> {
    const { sha256 } = folder.description;
    if (sha256 !== model.description.sha256)
      throw new HeadlightError('model-file-mismatch', `${folder.folder}: the model changed since it was loaded`, {
        file: folder.folder,
        rule: model.description.sha256,
        found: sha256,
      });
    const { decoder } = graphs;
    const firstDecoder = decoder.layout === 'merged' ? decoder.merged : decoder.first;
    try {
      const encoder = await open(graphs.encoder, 'encoder');
      return new Inspection(model, encoder, await open(firstDecoder, 'decoder'));
    } catch (thrown) {
      const error = toHeadlightError(thrown);
      if (error.code !== 'attention-unavailable') throw error;
      return weightsHidden(error);
    }
  }

  layerCount(kind: AttentionKind): number {
    return this.layersOf(kind).length;
  }

  /** Weights, values and output projection of one layer. */
  async layer(kind: AttentionKind, layerIndex: number, ids: ForcedIds): Promise<InspectedLayer | Unavailable> {
    const { tap, parts } = this.layersOf(kind)[layerIndex];
    for (const part of [parts.value, parts.projection]) if (isUnavailable(part)) return part;
    const projectionName = partOutputName(tap, 'projection');
    const isKnown = this.projections.has(projectionName);
    const names = [tapOutputName(tap), partOutputName(tap, 'value'), ...(isKnown ? [] : [projectionName])];
    const outputs = await this.run(kind, ids, names);
    if (!isKnown) this.projections.set(projectionName, outputs[projectionName].data);
    const projection = this.projections.get(projectionName)!;
    const { headCount, columnCount } = this.sizes(kind, ids);
    const value = byHead(outputs[partOutputName(tap, 'value')], headCount, columnCount, false);
    const headDimension = value.length / (headCount * columnCount);
    if (!Number.isInteger(headDimension) || projection.length % (headCount * headDimension) !== 0)
      return {
        reason: 'values-hidden',
        rule: 'the output projection takes all heads side by side',
        found: `${projection.length} parameters for ${headCount} heads of ${headDimension}`,
      };
    return {
      headCount,
      columnCount,
      headDimension,
      values: value,
      projection,
      weights: outputs[tapOutputName(tap)].data,
    };
  }

  /** Queries, keys and scores of one layer. */
  async scores(kind: AttentionKind, layerIndex: number, ids: ForcedIds): Promise<InspectedScores | Unavailable> {
    const { tap, parts, keyIsTransposed, scaled, operatorScale } = this.layersOf(kind)[layerIndex];
    for (const part of [parts.query, parts.key]) if (isUnavailable(part)) return part;
    const wanted: HeadPart[] = isUnavailable(parts.scores) ? ['query', 'key'] : ['query', 'key', 'scores'];
    const names = [tapOutputName(tap), ...wanted.map(part => partOutputName(tap, part))];
    const outputs = await this.run(kind, ids, names);
    const { headCount, rowCount, columnCount } = this.sizes(kind, ids);
    const query = byHead(outputs[partOutputName(tap, 'query')], headCount, rowCount, false);
    return {
      query,
      key: byHead(outputs[partOutputName(tap, 'key')], headCount, columnCount, keyIsTransposed),
      headDimension: query.length / (headCount * rowCount),
      scaled,
      scores: outputs[partOutputName(tap, 'scores')]?.data,
      operatorScale,
      weights: outputs[tapOutputName(tap)].data,
    };
  }

  /** Frees the sessions. Call it between graph runs. */
  async release(): Promise<void> {
    this.lastRun = undefined;
    await this.encoder.session.release();
    await this.decoder.session.release();
  }

  private layersOf(kind: AttentionKind): readonly HeadTap[] {
    return (kind === 'encoder' ? this.encoder : this.decoder).layers.filter(({ tap }) => tap.kind === kind);
  }

  private sizes(kind: AttentionKind, { sourceIds, targetIds }: ForcedIds) {
    const { encoderHeadCount, decoderHeadCount } = this.model.description;
    return {
      headCount: kind === 'encoder' ? encoderHeadCount : decoderHeadCount,
      rowCount: kind === 'encoder' ? sourceIds.length : targetIds.length,
      columnCount: kind === 'decoder' ? targetIds.length : sourceIds.length,
    };
  }

  private async run(kind: AttentionKind, ids: ForcedIds, names: readonly string[]): Promise<Record<string, Fetched>> {
    this.model.checkForced(ids.sourceIds, ids.targetIds);
    const mask = int64Tensor([ids.sourceIds.map(() => 1)]);
    const encoderFeeds = { input_ids: int64Tensor([ids.sourceIds]), attention_mask: mask };
    if (kind === 'encoder') return floats(await this.encoder.session.run(encoderFeeds, names), names);
    if (!this.lastRun || !sameIds(this.lastRun.sourceIds, ids.sourceIds)) {
      const { last_hidden_state: hiddenStates } = await this.encoder.session.run(encoderFeeds, ['last_hidden_state']);
      this.lastRun = { ...ids, hiddenStates: hiddenStates as Tensor };
    }
    const feeds = this.model.forcedFeeds(ids.targetIds, this.lastRun.hiddenStates, mask);
    return floats(await this.decoder.session.run(feeds, names), names);
  }
}

async function open(file: OnnxFile, role: 'encoder' | 'decoder'): Promise<InspectedSession> {
  const layers = findHeadTaps(file.model, findAttentionTaps(file.model, role, file.name));
  const outputs = layers.flatMap(({ tap, parts }) => [
    weightsOutput(tap),
    ...Object.values(parts).filter((part): part is GraphOutput => !isUnavailable(part)),
  ]);
  return { session: await loadSession(file, addOutputs(file.bytes, file.model, outputs), 'cpu'), layers };
}

export function weightsHidden({ details, message }: HeadlightError): Unavailable {
  const { rule, found } = details;
  return { reason: 'weights-hidden', rule: String(rule ?? message), found: String(found ?? '') };
}

function floats(outputs: InferenceSession.ReturnType, names: readonly string[]): Record<string, Fetched> {
  return Object.fromEntries(
    names.map(name => {
      const tensor = outputs[name] as Tensor;
      return [name, { dims: tensor.dims, data: floatsOf(tensor) }];
    }),
  );
}

/** `[head, position, dimension]` of a tensor that holds heads first, or, before an `Attention` operator, last. */
function byHead({ dims, data }: Fetched, headCount: number, count: number, isTransposed: boolean): Float32Array {
  const headDimension = data.length / (headCount * count);
  const headsAreLast = dims.length === 3 && dims[0] === 1 && dims[1] === count && dims[2] === headCount * headDimension;
  if (!isTransposed && (!headsAreLast || headCount === 1)) return data;
  const result = new Float32Array(data.length);
  for (let head = 0; head < headCount; head++)
    for (let position = 0; position < count; position++)
      for (let dimension = 0; dimension < headDimension; dimension++) {
        const from = headsAreLast
          ? (position * headCount + head) * headDimension + dimension
          : (head * headDimension + dimension) * count + position;
        result[(head * count + position) * headDimension + dimension] = data[from];
      }
  return result;
}

function sameIds(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((id, index) => id === right[index]);
}
