// Answers the attention panel's pulls for one output: keeps its maps and the outputs that were added to its segments.
// Pure: knows neither vscode nor the page.

import { attentionDocument, type MethodSource } from '../client/attentionDocuments';
import type { AttentionDocument } from '../model/attention/attentionDocument';
import { headStatistics } from '../model/attention/headStatistics';
import { type AttentionMap, type AttentionMaps, meanOverHeads } from '../model/attention/maps';
import {
  type AttentionMethod,
  type CellExplanation,
  isUnavailable,
  type MapMethod,
  type MethodMaps,
  type Unavailable,
  type WordAlignment,
} from '../model/attention/methods';
import { maximumOverHeads, pooled, poolSize, thumbnails } from '../model/attention/pooling';
import { sinkTokens } from '../model/attention/sinks';
import { wordsOf } from '../model/attention/words';
import { HeadlightError } from '../model/errors';
import type { RunResult, Segment, Task } from '../model/types';
import type {
  AlignParams,
  AttentionParams,
  ExplainCellParams,
  ForceParams,
  MethodMapsParams,
  RunParams,
} from '../protocol/engine';
import type {
  HypothesisSummary,
  PanelHead,
  PanelHostMethods,
  PanelLayerParams,
  PanelMatrix,
  PanelPlace,
  PanelSegment,
  PanelSteps,
  PanelTiles,
  VariantRequest,
} from '../protocol/webview';
import { AttentionMapCache, type KeptMaps } from './attentionMapCache';
import { originalOf, type PanelContent, panelSegment, segmentAt, sourceOf, type Variant } from './panelOutput';

/** What the panel needs of the engine. */
export interface AttentionSource {
  attention(params: AttentionParams, signal: AbortSignal): Promise<AttentionMaps>;
  methodMaps(params: MethodMapsParams, signal: AbortSignal): Promise<MethodMaps>;
  align(params: AlignParams, signal: AbortSignal): Promise<WordAlignment | Unavailable>;
  explainCell(params: ExplainCellParams, signal: AbortSignal): Promise<CellExplanation | Unavailable>;
  force(params: ForceParams, signal: AbortSignal): Promise<RunResult>;
  /** A run of one text, not remembered as the last output. */
  search(params: RunParams, signal: AbortSignal): Promise<RunResult>;
}

/** One segment of 512 tokens with 48 heads of each kind is 150 MB. */
const mapBudgetBytes = 192 * 2 ** 20;
/** No thumbnail is drawn larger. */
const thumbnailLimit = 128;
const alternativeCount = 5;
const hypothesisCount = 4;

export class PanelAnswers {
  private readonly maps = new AttentionMapCache(mapBudgetBytes);
  private readonly hypothesesOf = new Map<number, Promise<readonly Variant[]>>();
  /** Outputs of segments that have more than the one that was written. */
  private readonly added: Map<number, Variant[]>;

  constructor(
    readonly content: PanelContent,
    private readonly source: AttentionSource,
    added: readonly (readonly [segmentIndex: number, variants: readonly Variant[]])[] = [],
  ) {
    this.added = new Map(added.map(([segmentIndex, variants]) => [segmentIndex, [...variants]]));
  }

  /** Outputs that were added, by segment: what a reload has to keep. */
  get addedVariants(): readonly (readonly [segmentIndex: number, variants: readonly Variant[]])[] {
    return [...this.added];
  }

  segments(from: number, to: number): readonly PanelSegment[] {
    const indices = this.content.result.segments.slice(from, to).map((_, index) => from + index);
    return indices.map(index => panelSegment(this.content, index, this.variants(index)));
  }

  segment({ segmentIndex, variantIndex }: PanelPlace): PanelSegment {
    return panelSegment(this.content, segmentIndex, this.variants(segmentIndex), variantIndex);
  }

  async alignment(place: PanelPlace, signal: AbortSignal): Promise<WordAlignment | Unavailable> {
    const { source, sourceTokens, target, targetTokens } = this.segment(place);
    const sourceWords = wordsOf(source, sourceTokens);
    const targetWords = wordsOf(target, targetTokens);
    const alignment = await this.source.align({ ...this.attentionParams(place), sourceWords, targetWords }, signal);
    if (isUnavailable(alignment) || this.content.result.task !== 'summarize') return alignment;
    // Leaving out is what a summary is for.
    return { ...alignment, doubts: alignment.doubts.filter(({ kind }) => kind !== 'omitted') };
  }

  async tiles(params: PanelLayerParams, signal: AbortSignal): Promise<PanelTiles | Unavailable> {
    const layer = await this.layer(params, signal);
    if (isUnavailable(layer)) return layer;
    const { headCount, rowCount, columnCount, data } = layer;
    const size = rowCount * columnCount;
    const sinks = this.sinkColumns(params);
    const tiles = thumbnails(data, [headCount, rowCount, columnCount], thumbnailLimit);
    return {
      levels: tiles.levels,
      pictureCount: headCount + 2,
      rowCount: tiles.rowCount,
      columnCount: tiles.columnCount,
      statistics: Array.from({ length: headCount }, (_, head) =>
        headStatistics(data.subarray(head * size, (head + 1) * size), rowCount, columnCount, sinks),
      ),
    };
  }

  async matrix(
    params: PanelLayerParams & { readonly head: PanelHead; readonly limit: number },
    signal: AbortSignal,
  ): Promise<PanelMatrix | Unavailable> {
    const layer = await this.layer(params, signal);
    if (isUnavailable(layer)) return layer;
    const { headCount, rowCount, columnCount, data } = layer;
    const weights = weightsOf(data, headCount, rowCount * columnCount, params.head);
    const rowPool = poolSize(rowCount, params.limit);
    const columnPool = poolSize(columnCount, params.limit);
    return {
      rowCount: Math.ceil(rowCount / rowPool),
      columnCount: Math.ceil(columnCount / columnPool),
      data: rowPool * columnPool === 1 ? weights : pooled(weights, rowCount, columnCount, rowPool, columnPool),
      rowPool,
      columnPool,
    };
  }

  async explain(
    params: PanelHostMethods['explain']['params'],
    signal: AbortSignal,
  ): Promise<CellExplanation | Unavailable> {
    const { kind, layerIndex, row, column } = params;
    const headIndex = params.headIndex ?? (await this.strongestHead(params, signal));
    if (typeof headIndex !== 'number') return headIndex;
    return this.source.explainCell(
      { ...this.attentionParams(params), kind, layerIndex, headIndex, row, column },
      signal,
    );
  }

  async steps(place: PanelPlace, signal: AbortSignal): Promise<PanelSteps> {
    const { targetIds } = this.attentionParams(place);
    const { segments } = await this.source.force(
      { ...this.content.target, ...this.textOf(place.segmentIndex), targetIds, alternativeCount },
      signal,
    );
    return { alternatives: segments[0].alternatives ?? [] };
  }

  async hypotheses(segmentIndex: number, signal: AbortSignal): Promise<readonly HypothesisSummary[]> {
    const variants = await this.searched(segmentIndex, signal);
    return variants.map(({ target, logProbabilities }) => ({
      text: target,
      score: logProbabilities.reduce((sum, value) => sum + value, 0) / logProbabilities.length,
    }));
  }

  /** The index of the output that was asked for. Errors: those of the engine. */
  async addVariant(place: PanelPlace, request: VariantRequest, signal: AbortSignal): Promise<number> {
    const variant = await this.variantFor(place, request, signal);
    const variants = this.variants(place.segmentIndex);
    const ids = idsOf(variant);
    const known = variants.findIndex(other => idsOf(other) === ids);
    if (known >= 0) return known;
    this.added.set(place.segmentIndex, [...variants.slice(1), variant]);
    return variants.length;
  }

  /**
   * What is shown as a document of `method`: the whole text as it was written, or one sentence when another output of it is shown.
   */
  async document(place: PanelPlace, method: AttentionMethod, signal: AbortSignal): Promise<AttentionDocument> {
    const { result, target } = this.content;
    const isWritten = place.variantIndex === 0;
    const source: MethodSource = {
      methodMaps: async (params, segmentIndex) => {
        const at = isWritten ? { ...place, segmentIndex } : place;
        return { ...(await this.kept(at, params.method, signal)), occluded: undefined };
      },
      align: params => this.source.align(params, signal),
    };
    return attentionDocument(source, target, method, result, isWritten ? result : this.variantText(place));
  }

  private variantText(place: PanelPlace): Pick<RunResult, 'source' | 'target' | 'segments'> {
    const { result } = this.content;
    const { target, targetTokens, logProbabilities } = this.variants(place.segmentIndex)[place.variantIndex];
    const written = segmentAt(result, place.segmentIndex);
    const segment = { ...written, target: [0, target.length] as const, targetTokens, logProbabilities };
    return { source: result.source, target, segments: [segment] };
  }

  dispose(): void {
    this.maps.clear();
  }

  private variants(segmentIndex: number): readonly Variant[] {
    return [originalOf(this.content.result, segmentIndex), ...(this.added.get(segmentIndex) ?? [])];
  }

  private async variantFor(place: PanelPlace, request: VariantRequest, signal: AbortSignal): Promise<Variant> {
    const { segmentIndex } = place;
    const { targetIds } = this.attentionParams(place);
    const text = { ...this.content.target, ...this.textOf(segmentIndex) };
    switch (request.kind) {
      case 'hypothesis': {
        const variant = (await this.searched(segmentIndex, signal))[request.rank];
        if (variant) return variant;
        throw new HeadlightError('invalid-request', `there is no hypothesis ${request.rank}`);
      }
      case 'edited': {
        const forced = await this.source.force({ ...text, targetIds, targetText: request.target }, signal);
        return this.variantOf('edited', segmentIndex, forced.target, forced.segments[0]);
      }
      case 'continued': {
        const forcedPrefixIds = [...targetIds.slice(0, request.step), request.tokenId];
        const run = await this.source.search(
          { ...text, segmentation: 'whole', priority: 'interactive', options: { forcedPrefixIds } },
          signal,
        );
        return this.variantOf('continued', segmentIndex, run.target, run.segments[0]);
      }
    }
  }

  /** The n-best list, searched for once. */
  private searched(segmentIndex: number, signal: AbortSignal): Promise<readonly Variant[]> {
    let found = this.hypothesesOf.get(segmentIndex);
    if (!found) {
      found = this.search(segmentIndex, signal);
      this.hypothesesOf.set(segmentIndex, found);
      found.catch(() => this.hypothesesOf.delete(segmentIndex));
    }
    return found;
  }

  private async search(segmentIndex: number, signal: AbortSignal): Promise<readonly Variant[]> {
    const { target, description } = this.content;
    const text = this.textOf(segmentIndex);
    const options = { beamCount: Math.max(description.beamCount, hypothesisCount), nBest: hypothesisCount };
    const run = await this.source.search(
      { ...target, ...text, segmentation: 'whole', priority: 'interactive', options },
      signal,
    );
    const variants: Variant[] = [];
    for (const { targetIds } of run.segments[0].hypotheses ?? []) {
      // A forced pass gives the tokens their places in the text.
      const forced = await this.source.force({ ...target, ...text, targetIds }, signal);
      variants.push(this.variantOf('hypothesis', segmentIndex, forced.target, forced.segments[0]));
    }
    return variants;
  }

  private variantOf(kind: Variant['kind'], segmentIndex: number, target: string, segment: Segment): Variant {
    const { sourceTokens } = segmentAt(this.content.result, segmentIndex); // their ranges are in the whole source
    return {
      kind,
      target,
      sourceTokens,
      targetTokens: segment.targetTokens,
      logProbabilities: segment.logProbabilities,
    };
  }

  private textOf(segmentIndex: number): { text: string; task: Task } {
    const { result } = this.content;
    return { text: sourceOf(result).slice(...segmentAt(result, segmentIndex).source), task: taskOf(result) };
  }

  private attentionParams({ segmentIndex, variantIndex }: PanelPlace): AttentionParams {
    const { sourceTokens, targetTokens } =
      this.variants(segmentIndex)[variantIndex] ?? originalOf(this.content.result, -1);
    return {
      ...this.content.target,
      sourceIds: sourceTokens.map(token => token.id),
      targetIds: targetTokens.map(token => token.id),
      priority: 'interactive',
    };
  }

  /** `[head, row, column]` of one layer. */
  private async layer(
    params: PanelLayerParams,
    signal: AbortSignal,
  ): Promise<Unavailable | { headCount: number; rowCount: number; columnCount: number; data: Float32Array }> {
    const { method, kind } = params;
    const { maps, unavailable } = await this.kept(params, method, signal);
    const map: AttentionMap | undefined = maps[kind];
    if (!map)
      return unavailable[kind] ?? { reason: 'not-defined', rule: `${method} is defined for ${kind}`, found: 'nothing' };
    const [layerCount, headCount, rowCount, columnCount] = map.shape;
    // Rollout and occlusion go through all layers.
    return { headCount, rowCount, columnCount, data: layerView(map, layerCount === 1 ? 0 : params.layerIndex) };
  }

  private kept(place: PanelPlace, method: MapMethod, signal: AbortSignal): Promise<KeptMaps> {
    const key = `${place.segmentIndex} ${place.variantIndex} ${method}`;
    return this.maps.get(key, aborted => this.compute(place, method, aborted), signal);
  }

  private async compute(place: PanelPlace, method: MapMethod, signal: AbortSignal): Promise<KeptMaps> {
    const params = this.attentionParams(place);
    if (method === 'raw') return { maps: await this.source.attention(params, signal), unavailable: {} };
    const { source, sourceTokens } = this.segment(place);
    const sourceWords = method === 'occlusion' ? wordsOf(source, sourceTokens) : undefined;
    return this.source.methodMaps({ ...params, method, sourceWords }, signal);
  }

  private async strongestHead(
    params: PanelHostMethods['explain']['params'],
    signal: AbortSignal,
  ): Promise<number | Unavailable> {
    const layer = await this.layer({ ...params, method: 'raw' }, signal);
    if (isUnavailable(layer)) return layer;
    const { headCount, rowCount, columnCount, data } = layer;
    const weights = Array.from(
      { length: headCount },
      (_, head) => data[(head * rowCount + params.row) * columnCount + params.column],
    );
    return weights.indexOf(Math.max(...weights));
  }

  private sinkColumns({ kind, ...place }: PanelLayerParams): number[] {
    const { source, sourceTokens, target, targetTokens } = this.segment(place);
    // Column j of the decoder is its input at step j: the start token, then the target without its last.
    if (kind !== 'decoder') return sinkTokens(source, sourceTokens);
    return [0, ...sinkTokens(target, targetTokens.slice(0, -1)).map(token => token + 1)];
  }
}

/** One layer without a copy. Errors: `invalid-request` when there is no such layer. */
function layerView({ shape: [layerCount, headCount, rowCount, columnCount], data }: AttentionMap, layerIndex: number) {
  if (!(layerIndex >= 0 && layerIndex < layerCount))
    throw new HeadlightError('invalid-request', `layer ${layerIndex} is not one of the ${layerCount} layers`, {
      rule: `0 <= layer < ${layerCount}`,
      found: layerIndex,
    });
  const size = headCount * rowCount * columnCount;
  return data.subarray(layerIndex * size, (layerIndex + 1) * size);
}

function weightsOf(layer: Float32Array, headCount: number, size: number, head: PanelHead): Float32Array {
  if (head === 'mean' || headCount === 1) return meanOverHeads(layer, headCount);
  if (head === 'max') return maximumOverHeads(layer, headCount);
  if (!(head >= 0 && head < headCount))
    throw new HeadlightError('invalid-request', `head ${head} is not one of the ${headCount} heads`, {
      rule: `0 <= head < ${headCount}`,
      found: head,
    });
  return layer.slice(head * size, (head + 1) * size);
}

function idsOf({ targetTokens }: Variant): string {
  return targetTokens.map(token => token.id).join(' ');
}

/** The task that made the result, with the languages it took. */
function taskOf({ task, from, to, pivot }: RunResult): Task {
  if (task === 'raw') return { kind: 'raw' };
  if (task === 'translate') return { kind: 'translate', from, to };
  return { kind: 'summarize', from: pivot?.to ?? from, to };
}
