// A loaded encoder-decoder: sessions with attention taps, one decoding step, one teacher-forced pass. Runs in the engine process.

import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { AttentionKind, AttentionMap, AttentionMaps } from '../attention/maps';
import type { Architecture } from '../config/architecture';
import { HeadlightError, toHeadlightError } from '../errors';
import { logSumExp, topCandidates } from '../generation/logits';
import type { StepScores } from '../generation/scoreRow';
import type { Decoder } from '../generation/search';
import type { Alternative } from '../generation/sourceSearch';
import { type AttentionTap, findAttentionTaps, tapOutputName } from '../onnx/attentionTaps';
import { bestTokensFields, bestTokensNames } from '../onnx/bestTokens';
import { addTapOutputs } from '../onnx/graphEditor';
import { logitPositions, logitPositionsName } from '../onnx/logitPositions';
import { loneConcatEdits } from '../onnx/loneConcats';
import { type SharedSource, sharedSource } from '../onnx/sharedSource';
import type { DeviceName, ModelDescription } from '../types';
import { CachedDecoder } from './cachedDecoder';
import { CacheMemory, freeTensors, keptOutputs } from './cacheMemory';
import { resolveDevice, sessionOptions } from './device';
import { gpuForm } from './gpuForm';
import { cacheNames } from './graphContract';
import type { ModelFolder, OpenedModel } from './modelFolder';
import type { OnnxFile } from './onnxFile';
import { sharingHolds, unreadSharing } from './sourceSharing';
import { floatsOf, int64Tensor, readableByRuntime } from './tensors';
import { UncachedDecoder } from './uncachedDecoder';

export type Feeds = Record<string, Tensor>;

/** What the encoder made of a batch: one row for each source. */
export interface EncodedBatch {
  readonly hiddenStates: Tensor;
  /** `[row, source]`, 1 for tokens and 0 for padding. */
  readonly attentionMask: Tensor;
  readonly rowCount: number;
}

/** A session and the attention it can give; `reason` says why it gives none. */
interface TappedSession {
  readonly session: InferenceSession;
  readonly taps: readonly AttentionTap[];
  readonly reason: HeadlightError | undefined;
  /** Has the inputs and outputs of `bestTokensNames`. */
  readonly givesBest: boolean;
  /** Has the input `logitPositionsName`. */
  readonly takesPositions: boolean;
  /** Has the inputs `sharedSourceNames`; keys and values are of that type. */
  readonly sharedSource: Pick<SharedSource, 'elementType'> | undefined;
  /** Fetched in every run, whatever is asked for; see `keptOutputs`. Undefined: what is asked for. */
  readonly fixedFetches: readonly string[] | undefined;
}

export interface ForcedPass {
  readonly maps: AttentionMaps;
  /** Log-probability of each forced target token given those before it. */
  readonly logProbabilities: readonly number[];
  /** The most probable tokens of each step, best first; no step when none were asked for. */
  readonly alternatives: readonly (readonly Alternative[])[];
}

export class Seq2SeqModel {
  private released = false;
  private sharing: Promise<boolean> | undefined;
  /** @internal */
  readonly cacheMemory: CacheMemory;

  private constructor(
    readonly folder: ModelFolder,
    readonly device: Exclude<DeviceName, 'auto'>,
    private readonly encoder: TappedSession,
    /** The first step, and every teacher-forced pass. */
    private readonly firstDecoder: TappedSession,
    /**
     * The same session as `firstDecoder` for a merged decoder, but on WebGPU, where the steps of a merged decoder, too, have a
     * session of their own: its cached keys and values never leave the device. An uncached decoder never runs it.
     */
    private readonly pastDecoder: TappedSession,
  ) {
    this.cacheMemory = new CacheMemory(device);
  }

  /** Errors: `device-unavailable`; `device-failed` when onnxruntime cannot load a graph on the device. */
  static async load({ folder, graphs }: OpenedModel, device: DeviceName): Promise<Seq2SeqModel> {
    const resolved = resolveDevice(device);
    const encoder = await loadTapped(graphs.encoder, 'encoder', resolved);
    const { decoder } = graphs;
    if (decoder.layout === 'merged') {
      const merged = await loadTapped(decoder.merged, 'decoder', resolved);
      const steps = resolved === 'webgpu' ? await loadTapped(decoder.merged, 'pastDecoder', resolved) : merged;
      return new Seq2SeqModel(folder, resolved, encoder, merged, steps);
    }
    const first = await loadTapped(decoder.first, 'decoder', resolved);
    if (decoder.layout === 'uncached') return new Seq2SeqModel(folder, resolved, encoder, first, first);
    const withPast = await loadTapped(decoder.withPast, 'pastDecoder', resolved);
    return new Seq2SeqModel(folder, resolved, encoder, first, withPast);
  }

  get description(): ModelDescription {
    return this.folder.description;
  }

  private get architecture(): Architecture {
    return this.folder.architecture;
  }

  /**
   * Encodes sources of any lengths as one padded batch and returns the decoder for it, one row for each source.
   * Errors: `source-too-long`, `invalid-request` for an id outside the vocabulary.
   */
  async decoderFor(sources: readonly (readonly number[])[]): Promise<Decoder> {
    const encoded = await this.encode(sources);
    return this.folder.decoderLayout === 'uncached'
      ? new UncachedDecoder(this.architecture, encoded, this)
      : new CachedDecoder(this.architecture, encoded, this);
  }

  /** The export keeps its weights in fused operators: `attentionOf` fails for every text. */
  get hidesAttention(): boolean {
    return (this.encoder.reason ?? this.firstDecoder.reason) !== undefined;
  }

  /**
   * Every attention map of one source and a given target, by one pass over both (teacher forcing), with the `alternativeCount`
   * best tokens of each step.
   * Errors: `attention-unavailable` when the export hides its weights, `source-too-long`, `invalid-request`.
   */
  async forcedPass(
    sourceIds: readonly number[],
    targetIds: readonly number[],
    alternativeCount = 0,
  ): Promise<ForcedPass> {
    const { maps, logits } = await this.teacherForced(sourceIds, targetIds, ['logits']);
    return { maps, ...stepsOf(floatsOf(logits), targetIds, alternativeCount) };
  }

  /**
   * As `forcedPass`, the maps alone: the logits of every step neither leave onnxruntime nor are summed up, which takes longer than
   * all else.
   */
  async attentionOf(sourceIds: readonly number[], targetIds: readonly number[]): Promise<AttentionMaps> {
    return (await this.teacherForced(sourceIds, targetIds, [])).maps;
  }

  private async teacherForced(
    sourceIds: readonly number[],
    targetIds: readonly number[],
    fetches: readonly string[],
  ): Promise<{ readonly maps: AttentionMaps; readonly logits: Tensor }> {
    const reason = this.encoder.reason ?? this.firstDecoder.reason;
    if (reason) throw reason;
    this.checkForced(sourceIds, targetIds);
    const mask = int64Tensor([sourceIds.map(() => 1)]);
    const encoderTaps = this.encoder.taps.map(tapOutputName);
    const encoded = await this.runGraph(
      this.encoder.session,
      { input_ids: int64Tensor([sourceIds]), attention_mask: mask },
      ['last_hidden_state', ...encoderTaps],
    );
    const decoded = await this.runDecoder(
      this.firstDecoder,
      this.forcedFeeds(targetIds, encoded.last_hidden_state, mask),
      [...fetches, ...this.firstDecoder.taps.map(tapOutputName)],
    );
    const { encoderHeadCount, decoderHeadCount } = this.architecture;
    const sourceLength = sourceIds.length;
    const targetLength = targetIds.length;
    return {
      maps: {
        encoder: stack('encoder', this.encoder.taps, encoded, [encoderHeadCount, sourceLength, sourceLength]),
        decoder: stack('decoder', this.firstDecoder.taps, decoded, [decoderHeadCount, targetLength, targetLength]),
        cross: stack('cross', this.firstDecoder.taps, decoded, [decoderHeadCount, targetLength, sourceLength]),
      },
      logits: decoded.logits,
    };
  }

  /** The log-probability of each token of a given target, by one pass over both (teacher forcing). Errors: as `forcedPass`, for any export. */
  async logProbabilitiesOf(sourceIds: readonly number[], targetIds: readonly number[]): Promise<readonly number[]> {
    const [logProbabilities] = await this.maskedLogProbabilitiesOf(sourceIds, targetIds, [sourceIds.map(() => 1)]);
    return logProbabilities;
  }

  /**
   * As `logProbabilitiesOf`, in one batch for several ways to hide parts of the source: each mask is 1 for tokens that are seen and 0 for
   * hidden ones. `[mask, step]`.
   */
  async maskedLogProbabilitiesOf(
    sourceIds: readonly number[],
    targetIds: readonly number[],
    masks: readonly (readonly number[])[],
  ): Promise<readonly (readonly number[])[]> {
    this.checkForced(sourceIds, targetIds);
    const attentionMask = int64Tensor(masks);
    const { last_hidden_state: hiddenStates } = await this.runGraph(
      this.encoder.session,
      { input_ids: int64Tensor(masks.map(() => sourceIds)), attention_mask: attentionMask },
      ['last_hidden_state'],
    );
    const feeds = this.forcedFeeds(targetIds, hiddenStates, attentionMask, masks.length);
    const { logits } = await this.runDecoder(this.firstDecoder, feeds, ['logits']);
    const values = floatsOf(logits);
    const size = values.length / masks.length;
    return masks.map((_, row) => stepsOf(values.subarray(row * size, (row + 1) * size), targetIds, 0).logProbabilities);
  }

  /** Errors: `invalid-request` for an empty target or an id outside the vocabulary, `source-too-long`. */
  checkForced(sourceIds: readonly number[], targetIds: readonly number[]): void {
    if (targetIds.length === 0)
      throw new HeadlightError('invalid-request', 'a forced target needs at least one token', {
        rule: '1 token',
        found: 0,
      });
    this.checkIds(sourceIds, 'source');
    this.checkIds(targetIds, 'target');
  }

  /** @internal Feeds of a teacher-forced pass: the start token, then the target without its last, in `rowCount` equal rows. */
  forcedFeeds(targetIds: readonly number[], hiddenStates: Tensor, attentionMask: Tensor, rowCount = 1): Feeds {
    const inputIds = [this.folder.generation.decoderStartTokenId, ...targetIds.slice(0, -1)];
    return this.firstStepFeeds(int64Tensor(new Array(rowCount).fill(inputIds)), hiddenStates, attentionMask);
  }

  /** Frees the sessions. Waits for nothing: call it between graph runs. */
  async release(): Promise<void> {
    if (this.released) return;
    this.released = true; // a second release of a session throws
    await this.cacheMemory.release();
    const sessions = new Set([this.encoder.session, this.firstDecoder.session, this.pastDecoder.session]);
    for (const session of sessions) await session.release();
  }

  private async encode(sources: readonly (readonly number[])[]): Promise<EncodedBatch> {
    for (const source of sources) this.checkIds(source, 'source');
    const length = Math.max(...sources.map(source => source.length));
    const { padTokenId } = this.architecture;
    const padded = sources.map(source => [...source, ...new Array<number>(length - source.length).fill(padTokenId)]);
    const attentionMask = int64Tensor(
      sources.map(source => padded[0].map((_, column) => (column < source.length ? 1 : 0))),
    );
    const { last_hidden_state: hiddenStates } = await this.runGraph(
      this.encoder.session,
      { input_ids: int64Tensor(padded), attention_mask: attentionMask },
      ['last_hidden_state'],
    );
    return { hiddenStates, attentionMask, rowCount: sources.length };
  }

  /** @internal One step of `CachedDecoder`. */
  async decode(
    feeds: Feeds,
    isFirst: boolean,
    bestCount: number | undefined,
    fetches: readonly string[],
  ): Promise<DecodedStep> {
    const decoder = isFirst ? this.firstDecoder : this.pastDecoder;
    const isBest = bestCount !== undefined && decoder.givesBest;
    const { logits, tokenIds, logProbabilities } = bestTokensNames;
    const scores = isBest ? [logits, tokenIds, logProbabilities] : ['logits'];
    const outputs = await this.runDecoder(decoder, feeds, [...scores, ...fetches], bestCount);
    return { outputs, scores: isBest ? bestScores(outputs, bestCount) : wholeScores(outputs) };
  }

  /** @internal Steps have the inputs `sharedSourceNames`. */
  get takesSharedSources(): boolean {
    return this.pastDecoder.sharedSource !== undefined;
  }

  /** @internal Whether several hypotheses may share a source in a step, tried once by two small runs. Errors: `device-failed`. */
  sharesSources(): Promise<boolean> {
    this.sharing ??= this.trySharing();
    return this.sharing;
  }

  private async trySharing(): Promise<boolean> {
    const { sharedSource } = this.pastDecoder;
    if (sharedSource === undefined) return false;
    const logitsOf = async (feeds: Feeds) =>
      floatsOf((await this.runDecoder(this.pastDecoder, feeds, ['logits'])).logits);
    return sharingHolds(logitsOf, this.architecture, sharedSource.elementType, this.isMerged);
  }

  /** @internal Feeds of a step without past; the merged decoder also wants an empty one. */
  firstStepFeeds(inputIds: Tensor, hiddenStates: Tensor, attentionMask: Tensor): Feeds {
    const feeds: Feeds = {
      input_ids: inputIds,
      encoder_hidden_states: hiddenStates,
      encoder_attention_mask: attentionMask,
    };
    if (!this.isMerged) return feeds;
    const { decoderHeadCount, decoderLayerCount, headDimension } = this.architecture;
    const dims = [inputIds.dims[0], decoderHeadCount, 0, headDimension];
    const empty = emptyLike(hiddenStates, dims);
    for (const part of ['decoder', 'encoder'] as const)
      for (const name of cacheNames(decoderLayerCount, part)) feeds[`past_key_values.${name}`] = empty;
    feeds.use_cache_branch = new Tensor('bool', [false], [1]);
    return feeds;
  }

  /** @internal */
  get isMerged(): boolean {
    return this.folder.decoderLayout === 'merged';
  }

  /** `bestCount`: how many best tokens there are to fetch. Default 1: the graph always looks for some. */
  private async runDecoder(
    { session, givesBest, takesPositions, sharedSource, fixedFetches }: TappedSession,
    feeds: Feeds,
    fetches: readonly string[],
    bestCount = 1,
  ): Promise<Feeds> {
    const count = new Tensor('int64', BigInt64Array.of(BigInt(bestCount)), [1]);
    const allFeeds: Feeds = { ...(sharedSource && unreadSharing()), ...feeds };
    if (givesBest) allFeeds[bestTokensNames.count] = count;
    if (takesPositions) allFeeds[logitPositionsName] = positionsFor(feeds.input_ids, fetches);
    if (!fixedFetches) return this.runGraph(session, allFeeds, fetches);
    const outputs = await this.runGraph(session, allFeeds, fixedFetches);
    const unasked = Object.entries(outputs).filter(([name]) => !fetches.includes(name));
    freeTensors(Object.fromEntries(unasked));
    return outputs;
  }

  private async runGraph(session: InferenceSession, feeds: Feeds, fetches: readonly string[]): Promise<Feeds> {
    try {
      for (const tensor of Object.values(feeds)) readableByRuntime(tensor);
      return (await session.run(feeds, fetches)) as Feeds;
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      throw new HeadlightError(
        'device-failed',
        `a graph run failed on ${this.device}: ${found}`,
        { device: this.device, found },
        error,
      );
    }
  }

  private checkIds(ids: readonly number[], what: 'source' | 'target'): void {
    const { hasRelativePositions, maxPositions, vocabularySize } = this.architecture;
    if (ids.length > maxPositions && !hasRelativePositions)
      throw new HeadlightError(
        'source-too-long',
        `the ${what} has ${ids.length} tokens; the model has ${maxPositions} positions`,
        { tokenCount: ids.length, limit: maxPositions },
      );
    const wrong = ids.find(id => !Number.isInteger(id) || id < 0 || id >= vocabularySize);
    if (wrong !== undefined)
      throw new HeadlightError(
        'invalid-request',
        `${what} token id ${wrong} is not one of the ${vocabularySize} of the vocabulary`,
        {
          rule: `0 <= id < ${vocabularySize}`,
          found: wrong,
        },
      );
  }
}

/** All positions where logits or the best tokens are fetched; else one, because onnxruntime computes what nobody fetches, too. */
function positionsFor({ dims: [, length] }: Tensor, fetches: readonly string[]): Tensor {
  const readsLogits = fetches.includes('logits') || fetches.includes(bestTokensNames.logits);
  const count = readsLogits ? length : 1;
  return new Tensor(
    'int64',
    BigInt64Array.from({ length: count }, (_, position) => BigInt(position)),
    [count],
  );
}

/** What one run of a decoder gave. */
export interface DecodedStep {
  readonly outputs: Feeds;
  readonly scores: StepScores;
}

function wholeScores({ logits }: Feeds): StepScores {
  return { kind: 'whole', logits: floatsOf(logits) };
}

function bestScores(outputs: Feeds, count: number): StepScores {
  const logits = floatsOf(outputs[bestTokensNames.logits]);
  const logProbabilities = floatsOf(outputs[bestTokensNames.logProbabilities]);
  // A logit less its log-probability is the sum of its row.
  const logSums = Float32Array.from({ length: logits.length / count }, (_, row) => {
    return logits[row * count] - logProbabilities[row * count];
  });
  return { kind: 'best', count, tokenIds: outputs[bestTokensNames.tokenIds].data as Int32Array, logits, logSums };
}

async function loadTapped(
  original: OnnxFile,
  /** `pastDecoder`: gives no attention, because whole targets go through the other one. */
  role: 'encoder' | 'decoder' | 'pastDecoder',
  device: Exclude<DeviceName, 'auto'>,
): Promise<TappedSession> {
  const file = device === 'cpu' ? original : gpuForm(original);
  let taps: readonly AttentionTap[] = [];
  let reason: HeadlightError | undefined;
  try {
    if (role !== 'pastDecoder') taps = findAttentionTaps(file.model, role, file.name);
  } catch (error) {
    // Translation works without maps; the view gets this reason when somebody looks.
    reason = toHeadlightError(error);
    if (reason.code !== 'attention-unavailable') throw reason;
  }
  const bestTokens = role === 'encoder' ? undefined : bestTokensFields(file.model);
  // Steps have one position. On a GPU a further operator costs more than it saves.
  const positions = role === 'decoder' && device === 'cpu' ? logitPositions(file.model) : undefined;
  const shared = role === 'encoder' ? undefined : sharedSource(file.model);
  const bytes = addTapOutputs(
    file.bytes,
    file.model,
    taps,
    [...(bestTokens ?? []), ...(positions?.fields ?? []), ...(shared?.fields ?? [])],
    [...loneConcatEdits(file.model), ...(positions?.edits ?? []), ...(shared?.edits ?? [])],
  );
  const kept = role === 'pastDecoder' && device === 'webgpu' ? keptOutputs(file.model.graph) : undefined;
  const session = await loadSession(file, bytes, device, kept);
  const fixedFetches = kept && session.outputNames;
  return {
    session,
    taps,
    reason,
    givesBest: bestTokens !== undefined,
    takesPositions: positions !== undefined,
    sharedSource: shared && { elementType: shared.elementType },
    fixedFetches,
  };
}

/** A session over a file whose graph may have been edited: `bytes`. Errors: `device-failed`. */
export async function loadSession(
  file: OnnxFile,
  bytes: Uint8Array,
  device: Exclude<DeviceName, 'auto'>,
  preferredOutputLocation?: InferenceSession.SessionOptions['preferredOutputLocation'],
): Promise<InferenceSession> {
  const options = sessionOptions(device, file.model);
  const session = {
    ...(options.extra?.session as object),
    model_external_initializers_file_folder_path: file.parameterFolder,
  };
  try {
    return await InferenceSession.create(bytes, {
      ...options,
      preferredOutputLocation,
      extra: { ...options.extra, session },
    });
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new HeadlightError(
      'device-failed',
      `${file.name}: onnxruntime could not load it on ${device}: ${found}`,
      { file: file.name, device, found },
      error,
    );
  }
}

function emptyLike(tensor: Tensor, dims: readonly number[]): Tensor {
  const Data = tensor.data.constructor as new (length: number) => Float32Array;
  return new Tensor(tensor.type, new Data(0) as never, dims);
}

/** The maps of one kind, layer after layer, in one array. */
function stack(
  kind: AttentionKind,
  taps: readonly AttentionTap[],
  outputs: Feeds,
  [headCount, rowCount, columnCount]: readonly [number, number, number],
): AttentionMap {
  const ofKind = taps.filter(tap => tap.kind === kind).sort((left, right) => left.layerIndex - right.layerIndex);
  const size = headCount * rowCount * columnCount;
  const data = new Float32Array(ofKind.length * size);
  ofKind.forEach((tap, index) => {
    const values = floatsOf(outputs[tapOutputName(tap)]);
    if (values.length !== size)
      throw new HeadlightError(
        'attention-unavailable',
        `${kind} attention of layer ${tap.layerIndex} has ${values.length} weights; expected ${headCount} x ${rowCount} x ${columnCount}`,
        { rule: `${headCount} x ${rowCount} x ${columnCount} weights`, found: values.length },
      );
    data.set(values, index * size);
  });
  return { shape: [ofKind.length, headCount, rowCount, columnCount], data };
}

function stepsOf(
  logits: Float32Array,
  targetIds: readonly number[],
  alternativeCount: number,
): Pick<ForcedPass, 'logProbabilities' | 'alternatives'> {
  const vocabularySize = logits.length / targetIds.length;
  const logProbabilities: number[] = [];
  const alternatives: Alternative[][] = [];
  for (const [step, id] of targetIds.entries()) {
    const row = logits.subarray(step * vocabularySize, (step + 1) * vocabularySize);
    const normalizer = logSumExp(row);
    logProbabilities.push(row[id] - normalizer);
    if (alternativeCount === 0) continue;
    const best = topCandidates([row], [-normalizer], alternativeCount);
    alternatives.push(best.map(({ index, total }) => ({ tokenId: index, logProbability: total })));
  }
  return { logProbabilities, alternatives };
}
