// Decodes with a graph that takes the keys and values of the past. Runs in the engine process.

import { Tensor } from 'onnxruntime-node';
import type { Architecture } from '../config/architecture';
import { HeadlightError } from '../errors';
import type { StepScores } from '../generation/scoreRow';
import type { Decoder } from '../generation/search';
import { freeTensors } from './cacheMemory';
import { cacheNames } from './graphContract';
import type { DecodedStep, EncodedBatch, Feeds, Seq2SeqModel } from './seq2seqModel';
import { evenSources, sharedShapes, sourceMask } from './sourceSharing';
import { int64Tensor, isIdentity } from './tensors';

/** Decodes with cached keys and values: each step runs only the new tokens. */
export class CachedDecoder implements Decoder {
  readonly vocabularySize: number;
  /** Keys and values of the decoder's own past: one row for each live hypothesis. */
  private selfCache: Feeds = {};
  /** What was made of the sources, keys and values among it: a row for each of `inputSources`. */
  private sourceInputs: Feeds = {};
  private inputSources: readonly number[];
  /** Source of each row of the last step. */
  private rowSources: readonly number[];
  private readonly selfNames: readonly string[];
  private readonly crossNames: readonly string[];

  constructor(
    private readonly architecture: Architecture,
    private readonly encoded: EncodedBatch,
    private readonly model: Seq2SeqModel,
  ) {
    this.vocabularySize = architecture.vocabularySize;
    this.selfNames = cacheNames(architecture.decoderLayerCount, 'decoder');
    this.crossNames = cacheNames(architecture.decoderLayerCount, 'encoder');
    this.rowSources = this.inputSources = Array.from({ length: encoded.rowCount }, (_, row) => row);
  }

  async start(inputIds: readonly number[], bestCount: number | undefined): Promise<StepScores> {
    const { hiddenStates, attentionMask, rowCount } = this.encoded;
    const inputs = int64Tensor(new Array<readonly number[]>(rowCount).fill(inputIds));
    const step = await this.model.decode(
      this.model.firstStepFeeds(inputs, hiddenStates, attentionMask),
      true,
      bestCount,
      [...this.selfNames, ...this.crossNames].map(name => `present.${name}`),
    );
    const { cacheMemory } = this.model;
    this.sourceInputs = await cacheMemory.toDevice(
      Object.fromEntries(this.crossNames.map(name => [`past_key_values.${name}`, step.outputs[`present.${name}`]])),
    );
    this.sourceInputs.encoder_attention_mask = attentionMask;
    if (this.model.isMerged) this.sourceInputs.encoder_hidden_states = hiddenStates;
    if (this.model.takesSharedSources) Object.assign(this.sourceInputs, sourceMask(attentionMask));
    const scores = this.keep(step, rowCount * inputIds.length);
    this.selfCache = await cacheMemory.toDevice(this.selfCache);
    return scores;
  }

  async step(
    tokenIds: readonly number[],
    parents: readonly number[],
    bestCount: number | undefined,
  ): Promise<StepScores> {
    await this.rearrange(parents);
    const feeds: Feeds = { input_ids: int64Tensor(tokenIds.map(id => [id])), ...this.sourceInputs };
    const sourceCount = this.inputSources.length;
    if (this.model.takesSharedSources)
      Object.assign(feeds, sharedShapes(sourceCount, tokenIds.length / sourceCount, this.architecture));
    for (const name of this.selfNames) feeds[`past_key_values.${name}`] = this.selfCache[name];
    if (this.model.isMerged) feeds.use_cache_branch = new Tensor('bool', [true], [1]);
    const fetches = this.selfNames.map(name => `present.${name}`);
    return this.keep(await this.model.decode(feeds, false, bestCount, fetches), tokenIds.length);
  }

  dispose(): void {
    for (const tensors of [this.selfCache, this.sourceInputs]) freeTensors(tensors);
    this.selfCache = {};
    this.sourceInputs = {};
  }

  private keep({ outputs, scores }: DecodedStep, rowCount: number): StepScores {
    freeTensors(this.selfCache);
    this.selfCache = Object.fromEntries(this.selfNames.map(name => [name, outputs[`present.${name}`]]));
    const perRow = scores.kind === 'best' ? scores.count : this.vocabularySize;
    if (scores.logits.length === rowCount * perRow) return scores;
    throw new HeadlightError(
      'device-failed',
      `expected ${rowCount} rows of ${perRow} logits, found ${scores.logits.length} values`,
      {
        rule: 'one row of logits for each hypothesis',
        found: scores.logits.length,
      },
    );
  }

  /** Gives each row the past of its parent, and the step the sources it wants: each once, or one for each row. */
  private async rearrange(parents: readonly number[]): Promise<void> {
    const { cacheMemory } = this.model;
    if (!isIdentity(parents, this.rowSources.length))
      this.selfCache = await cacheMemory.pickRows(this.selfCache, parents);
    this.rowSources = parents.map(parent => this.rowSources[parent]);
    const wanted = (await this.sharedSources()) ?? this.rowSources;
    // A row that has its source already stays, so beams that swap move no source.
    const held = this.inputSources;
    const rows = wanted.map((source, row) => (held[row] === source ? row : held.indexOf(source)));
    if (!isIdentity(rows, held.length)) this.sourceInputs = await cacheMemory.pickRows(this.sourceInputs, rows);
    this.inputSources = wanted;
  }

  /** The sources of the rows, each once, when hypotheses may share them. */
  private async sharedSources(): Promise<readonly number[] | undefined> {
    if (!this.model.takesSharedSources) return undefined;
    const sources = evenSources(this.rowSources);
    const isShared = sources !== undefined && sources.length < this.rowSources.length;
    return isShared && !(await this.model.sharesSources()) ? undefined : sources;
  }
}
