// Decodes with a graph that takes no past: each step goes through the whole target so far. Runs in the engine process.

import type { Tensor } from 'onnxruntime-node';
import type { Architecture } from '../config/architecture';
import type { StepScores } from '../generation/scoreRow';
import type { Decoder } from '../generation/search';
import type { EncodedBatch, Seq2SeqModel } from './seq2seqModel';
import { floatsOf, gatherRows, int64Tensor, isIdentity } from './tensors';

/** The same steps as with a cache, at a cost that grows with the square of the length: the model's description warns of it. */
export class UncachedDecoder implements Decoder {
  readonly vocabularySize: number;
  /** Decoder inputs of each row. */
  private rows: (readonly number[])[];
  /** Source of each row. */
  private rowSources: readonly number[];
  private hiddenStates: Tensor;
  private attentionMask: Tensor;

  constructor(
    { vocabularySize }: Architecture,
    private readonly encoded: EncodedBatch,
    private readonly model: Seq2SeqModel,
  ) {
    this.vocabularySize = vocabularySize;
    this.rowSources = Array.from({ length: encoded.rowCount }, (_, row) => row);
    this.rows = this.rowSources.map(() => []);
    this.hiddenStates = encoded.hiddenStates;
    this.attentionMask = encoded.attentionMask;
  }

  async start(inputIds: readonly number[]): Promise<StepScores> {
    this.rows = this.rowSources.map(() => inputIds);
    return { kind: 'whole', logits: await this.run() };
  }

  async step(tokenIds: readonly number[], parents: readonly number[]): Promise<StepScores> {
    this.rearrange(parents.map(parent => this.rowSources[parent]));
    this.rows = parents.map((parent, row) => [...this.rows[parent], tokenIds[row]]);
    return { kind: 'whole', logits: this.lastOfEachRow(await this.run()) };
  }

  dispose(): void {
    this.rows = [];
  }

  /** `[row, target, vocabulary]`. */
  private async run(): Promise<Float32Array> {
    const feeds = this.model.firstStepFeeds(int64Tensor(this.rows), this.hiddenStates, this.attentionMask);
    const { outputs } = await this.model.decode(feeds, true, undefined, []);
    return floatsOf(outputs.logits);
  }

  private rearrange(rowSources: readonly number[]): void {
    const unchanged =
      rowSources.length === this.rowSources.length &&
      rowSources.every((source, row) => source === this.rowSources[row]);
    if (unchanged) return;
    this.rowSources = rowSources;
    const { hiddenStates, attentionMask, rowCount } = this.encoded;
    const isWhole = isIdentity(rowSources, rowCount);
    this.hiddenStates = isWhole ? hiddenStates : gatherRows(hiddenStates, rowSources);
    this.attentionMask = isWhole ? attentionMask : gatherRows(attentionMask, rowSources);
  }

  /** `[row, vocabulary]` of `[row, target, vocabulary]`: only the newest position is of use. */
  private lastOfEachRow(logits: Float32Array): Float32Array {
    const length = logits.length / this.rows.length;
    const last = new Float32Array(this.rows.length * this.vocabularySize);
    for (const row of this.rows.keys())
      last.set(
        logits.subarray((row + 1) * length - this.vocabularySize, (row + 1) * length),
        row * this.vocabularySize,
      );
    return last;
  }
}
