// The extension as the panel sees it: typed calls, and a store that asks for everything once.

import { isUnavailable, type Unavailable, type WordAlignment } from '../src/model/attention/methods';
import type {
  PanelHead,
  PanelHostMethods,
  PanelLayerParams,
  PanelMatrix,
  PanelPlace,
  PanelSavedState,
  PanelSegment,
  PanelSteps,
  PanelTiles,
} from '../src/protocol/webview';
import { ByteCache } from './byteCache';

/** Every call can be cancelled. Errors: those of the extension, worded for people. */
export interface PanelHost {
  call<Method extends keyof PanelHostMethods & string>(
    method: Method,
    params: PanelHostMethods[Method]['params'],
    signal?: AbortSignal,
  ): Promise<PanelHostMethods[Method]['result']>;
}

/** Where the view keeps itself while the panel is hidden. */
export interface PanelStorage {
  load(): PanelSavedState | undefined;
  save(state: PanelSavedState): void;
}

/** A head at 512 x 512 is 1 MB, one at 2,048 x 2,048 is 16 MB. */
const matrixBudgetBytes = 24 * 2 ** 20;
const tileBudgetBytes = 12 * 2 ** 20;

/** What was pulled of one output. */
export class PanelStore {
  private readonly matrices = new ByteCache<PanelMatrix | Unavailable>(matrixBudgetBytes);
  private readonly tilesOfLayers = new ByteCache<PanelTiles | Unavailable>(tileBudgetBytes);
  private readonly segments = new Map<string, PanelSegment>();
  private readonly alignments = new Map<string, WordAlignment | Unavailable>();
  private readonly steps = new Map<string, PanelSteps>();

  constructor(private readonly host: PanelHost) {}

  /** Each segment as it was written. */
  async segmentsBetween(revision: number, from: number, to: number, signal: AbortSignal): Promise<PanelSegment[]> {
    const at = (index: number) => this.segments.get(`${index} 0`);
    const wanted = Array.from({ length: to - from }, (_, place) => from + place);
    const missing = wanted.filter(index => !at(index));
    if (missing.length > 0) {
      const pulled = await this.host.call('segments', { revision, from: missing[0], to: missing.at(-1)! + 1 }, signal);
      for (const segment of pulled) this.segments.set(`${segment.index} 0`, segment);
    }
    return wanted.flatMap(index => at(index) ?? []);
  }

  segment(place: PanelPlace, signal: AbortSignal): Promise<PanelSegment> {
    return this.once(this.segments, keyOf(place), () => this.host.call('segment', place, signal));
  }

  /** The outputs of a segment have become more. */
  forgetSegment(segmentIndex: number): void {
    for (const key of [...this.segments.keys()]) if (key.startsWith(`${segmentIndex} `)) this.segments.delete(key);
  }

  knownAlignment(place: PanelPlace): WordAlignment | Unavailable | undefined {
    return this.alignments.get(keyOf(place));
  }

  alignment(place: PanelPlace, signal: AbortSignal): Promise<WordAlignment | Unavailable> {
    return this.once(this.alignments, keyOf(place), () => this.host.call('alignment', place, signal));
  }

  stepsOf(place: PanelPlace, signal: AbortSignal): Promise<PanelSteps> {
    return this.once(this.steps, keyOf(place), () => this.host.call('steps', place, signal));
  }

  async matrix(
    params: PanelLayerParams & { readonly head: PanelHead; readonly limit: number },
    signal: AbortSignal,
  ): Promise<PanelMatrix | Unavailable> {
    const key = `${layerKeyOf(params)} ${params.head} ${params.limit}`;
    const known = this.matrices.get(key);
    if (known) return known;
    const matrix = await this.host.call('matrix', params, signal);
    this.matrices.set(key, matrix, isUnavailable(matrix) ? 0 : matrix.data.byteLength);
    return matrix;
  }

  async tiles(params: PanelLayerParams, signal: AbortSignal): Promise<PanelTiles | Unavailable> {
    const key = layerKeyOf(params);
    const known = this.tilesOfLayers.get(key);
    if (known) return known;
    const tiles = await this.host.call('tiles', params, signal);
    this.tilesOfLayers.set(key, tiles, isUnavailable(tiles) ? 0 : tiles.levels.byteLength);
    return tiles;
  }

  private async once<Value>(map: Map<string, Value>, key: string, pull: () => Promise<Value>): Promise<Value> {
    const known = map.get(key);
    if (known) return known;
    const value = await pull();
    map.set(key, value);
    return value;
  }
}

export function keyOf({ segmentIndex, variantIndex }: Omit<PanelPlace, 'revision'>): string {
  return `${segmentIndex} ${variantIndex}`;
}

function layerKeyOf(params: PanelLayerParams): string {
  return `${keyOf(params)} ${params.method} ${params.kind} ${params.layerIndex}`;
}
