// Takes one text through a model: units, batches, search, and the output put together in order. Runs in the engine process.

import type { RunProgress } from '../../protocol/engine';
import type { LanguageSettings } from '../config/languageTokens';
import type { SummaryTask } from '../config/manifest';
import { HeadlightError, throwIfAborted } from '../errors';
import type { GenerationConfig } from '../generation/generationConfig';
import { search } from '../generation/search';
import type { Hypothesis } from '../generation/sourceSearch';
import { sentences, splitRange, withoutSpaces } from '../text/sentences';
import type { IncrementalDecoder } from '../tokenizer/incrementalDecoder';
import type { CharacterRange, GenerationOptions, Segment, Token } from '../types';
import { generationConfigFor } from './runOptions';
import { segmentDetails } from './segmentDetails';
import type { Seq2SeqModel } from './seq2seqModel';

export interface TextRunInput {
  readonly text: string;
  /** Ranges of `text`, in order; read lazily. */
  readonly units: Iterable<CharacterRange>;
  readonly prefix: string;
  readonly languages: LanguageSettings;
  /** Take the text as it is, special tokens included; a unit that is too long is an error. */
  readonly raw: boolean;
  /** What stands between two outputs; undefined: what stands between the two units. */
  readonly separator: string | undefined;
  /** Line breaks in an output become spaces; a text without a word is no error, because each of its lines has an answer. */
  readonly oneLine: boolean;
  /** Set when the outputs are summaries: what the model says of them. */
  readonly summary: Pick<SummaryTask, 'extractBelow' | 'lengthPenalty'> | undefined;
  /** False: the result has no segments, because the caller collects them from the reports. */
  readonly keepSegments: boolean;
  readonly options: GenerationOptions;
}

export interface TextRunContext {
  readonly signal: AbortSignal | undefined;
  readonly report: (progress: RunProgress) => void;
  /** Runs one batch when its turn has come. `isLong`: there were shorter batches before, whose words are shown by now. */
  readonly turn: <T>(batch: () => Promise<T>, isLong: boolean) => Promise<T>;
}

export interface TextRunOutput {
  readonly target: string;
  readonly segments: readonly Segment[];
}

/** A unit on its way through the model. */
interface Unit {
  readonly range: CharacterRange;
  readonly sourceTokens: readonly Token[];
  readonly maxNewTokens: number;
}

/** The first batch is one unit, so that the first words come soon; later ones fill the device. */
const batchSizes = [1, 4, 16] as const;
const largestBatchTokens = 4096;
/** Later batches are cut from so many units sorted by length: rows of one length waste no work on padding. */
const sortWindow = 64;
/** No token of a vocabulary is longer than this by much. */
const longestTokenLength = 32;
/** What ends a line for one reader or another, but the breaks between the lines of the source. */
const innerLineBreak = /\r(?!\n)|[\u2028\u2029\u0085\f\v]/g;

/**
 * Translates `units` of `text` and gives the whole output: outputs in place of units, everything else as it is.
 * Reports `text` and `segment` in document order. Errors: `source-empty`, `source-too-long`, those of the model.
 */
export async function runText(
  model: Seq2SeqModel,
  input: TextRunInput,
  context: TextRunContext,
): Promise<TextRunOutput> {
  const { signal, turn } = context;
  const settings = generationConfigFor(model, input.options);
  const { forcedBosTokenId = settings.forcedBosTokenId } = input.languages;
  const { lengthPenalty = settings.lengthPenalty } = input.summary ?? {};
  const config = { ...settings, forcedBosTokenId, lengthPenalty };
  const assembly = new Assembly(model, input, context.report);
  const units = tokenizedUnits(model, input, config);
  const pending = input.options.forcedPrefixIds?.length ? onlyOne(units) : units;
  let batchIndex = 0;
  for (;;) {
    throwIfAborted(signal);
    // Tokenizing a window takes milliseconds; a text of a megabyte is never tokenized in one go.
    const windowSize = batchIndex < batchSizes.length - 1 ? batchSizes[batchIndex] : sortWindow;
    const window = take(pending, windowSize);
    if (window.length === 0) break;
    const base = assembly.expect(window);
    for (const batch of batchesByLength(window, batchSizes[Math.min(batchIndex, batchSizes.length - 1)])) {
      const isLong = batchIndex >= batchSizes.length;
      await turn(() => runBatch(model, input, window, batch, base, config, assembly, signal), isLong);
      throwIfAborted(signal);
    }
    batchIndex++;
  }
  return assembly.finish();
}

/** Indexes of `window` in batches of similar length, longest last; the unit that comes first in the text goes first. */
function batchesByLength(window: readonly Unit[], batchSize: number): number[][] {
  const length = (index: number) => window[index].sourceTokens.length;
  const sorted = [...window.keys()].sort((left, right) => length(left) - length(right));
  const batches: number[][] = [];
  let batch: number[] = [];
  for (const index of sorted) {
    if (batch.length === batchSize || (batch.length + 1) * length(index) > largestBatchTokens) {
      if (batch.length > 0) batches.push(batch);
      batch = [];
    }
    batch.push(index);
  }
  if (batch.length > 0) batches.push(batch);
  return batches.sort((left, right) => Math.min(...left) - Math.min(...right));
}

async function runBatch(
  model: Seq2SeqModel,
  input: TextRunInput,
  window: readonly Unit[],
  batch: readonly number[],
  base: number,
  config: GenerationConfig,
  assembly: Assembly,
  signal: AbortSignal | undefined,
): Promise<void> {
  const units = batch.map(index => window[index]);
  const decoder = await model.decoderFor(units.map(({ sourceTokens }) => sourceTokens.map(token => token.id)));
  const { alternativeCount, forcedPrefixIds = [] } = input.options;
  // Who gives the first words wants no others in their place.
  const extractBelow = forcedPrefixIds.length === 0 ? input.summary?.extractBelow : undefined;
  const unsure: number[] = [];
  try {
    await search(decoder, units, config, {
      signal,
      alternativeCount,
      forcedPrefixIds,
      // What may yet be replaced is not shown.
      onCertain:
        extractBelow === undefined ? (row, tokenIds) => assembly.certain(base + batch[row], tokenIds) : undefined,
      onFinished: (row, hypotheses) => {
        const [best] = hypotheses;
        if (extractBelow !== undefined && (best.truncated || meanLogProbability(best) < extractBelow)) unsure.push(row);
        else assembly.finished(base + batch[row], hypotheses);
      },
    });
  } finally {
    decoder.dispose();
  }
  for (const row of unsure) {
    throwIfAborted(signal);
    assembly.finished(base + batch[row], [await extractOf(model, input.text, units[row], config)], true);
  }
}

function meanLogProbability({ logProbabilities }: Hypothesis): number {
  return logProbabilities.reduce((sum, value) => sum + value, 0) / logProbabilities.length;
}

/** The first sentence of a unit as an output, as if the model had written it. */
async function extractOf(
  model: Seq2SeqModel,
  text: string,
  { range, sourceTokens }: Unit,
  { beamCount, lengthPenalty }: GenerationConfig,
): Promise<Hypothesis> {
  const unit = text.slice(range[0], range[1]);
  const [[start, end]] = sentences(unit);
  const tokenIds = model.folder.tokenizer.encode(unit.slice(start, end)).map(token => token.id);
  const logProbabilities = await model.logProbabilitiesOf(
    sourceTokens.map(token => token.id),
    tokenIds,
  );
  const sum = logProbabilities.reduce((total, value) => total + value, 0);
  return {
    tokenIds,
    logProbabilities,
    score: sum / tokenIds.length ** (beamCount === 1 ? 1 : lengthPenalty),
    truncated: false,
  };
}

/** Tokenizes units as they are asked for; one with too many tokens is split, and again. */
function* tokenizedUnits(model: Seq2SeqModel, input: TextRunInput, config: GenerationConfig): Generator<Unit> {
  const { tokenizer } = model.folder;
  const { hasRelativePositions } = model.folder.architecture;
  const maxPositions =
    input.raw && hasRelativePositions ? Number.POSITIVE_INFINITY : model.folder.architecture.maxPositions;
  function* tokenized(range: CharacterRange): Generator<Unit> {
    const text = input.text.slice(range[0], range[1]);
    let tokenCount = leastTokenCount(text);
    if (tokenCount <= maxPositions) {
      const sourceTokens = input.raw
        ? tokenizer.encodeRaw(text, range[0])
        : tokenizer.encode(text, input.prefix, range[0], input.languages.template);
      tokenCount = sourceTokens.length;
      if (tokenCount <= maxPositions) {
        yield { range, sourceTokens, maxNewTokens: newTokenLimit(input, config, tokenCount) };
        return;
      }
    }
    if (input.raw || range[1] - range[0] < 2) throw tooLong(tokenCount, maxPositions);
    for (const half of splitRange(input.text, range)) {
      // The space at the cut is in neither part, so that it stands between the outputs too.
      const part = withoutSpaces(input.text, half);
      if (part[0] < part[1]) yield* tokenized(part);
    }
  }
  for (const range of input.units) yield* tokenized(range);
}

/** Errors: `source-too-long` for a text that need not be tokenized to see that it does not fit. */
export function requireTokenizable(model: Seq2SeqModel, text: string): void {
  const { maxPositions } = model.folder.architecture;
  const tokenCount = leastTokenCount(text);
  if (tokenCount > maxPositions) throw tooLong(tokenCount, maxPositions);
}

function tooLong(tokenCount: number, limit: number): HeadlightError {
  const message = `the source has at least ${tokenCount} tokens; the model has ${limit} positions`;
  return new HeadlightError('source-too-long', message, { tokenCount, limit });
}

/** Tokenizing takes the thread whole, and the library overflows its stack on a word of a hundred thousand characters. */
function leastTokenCount(text: string): number {
  return Math.ceil(text.replace(/\s+/g, '').length / longestTokenLength);
}

/**
 * A model that has lost its way repeats itself up to its last position. Outside raw runs the output may be a few times as long
 * as its source; one that is cut there is marked as truncated.
 */
function newTokenLimit(input: TextRunInput, config: GenerationConfig, sourceLength: number): number {
  if (input.raw || input.options.maxNewTokens !== undefined) return config.maxLength - 1;
  return Math.min(config.maxLength - 1, 3 * sourceLength + 32);
}

/** Errors: `invalid-request` when there are more: a forced prefix is that of one segment. */
function* onlyOne(units: Generator<Unit>): Generator<Unit> {
  const [first, second] = take(units, 2);
  if (second)
    throw new HeadlightError('invalid-request', 'expected one segment for a forced prefix, found more', {
      rule: 'one segment for a forced prefix',
      found: 'more',
    });
  if (first) yield first;
}

/** Puts outputs in order and reports what is certain. */
class Assembly {
  /** Undefined once closed: a long text does not stay in memory whole. */
  private readonly slots: (Slot | undefined)[] = [];
  private readonly segments: Segment[] = [];
  private closedCount = 0;
  /** Target text reported so far, in parts. */
  private readonly parts: string[] = [];
  private targetLength = 0;
  /** Slot whose text may be shown: all before it are finished. */
  private front = 0;
  private sourceDone = 0;

  constructor(
    private readonly model: Seq2SeqModel,
    private readonly input: TextRunInput,
    private readonly report: (progress: RunProgress) => void,
  ) {}

  /** Makes room for the next units; returns the index of the first. */
  expect(units: readonly Unit[]): number {
    const base = this.slots.length;
    for (const unit of units)
      this.slots.push({
        unit,
        decoder: this.model.folder.tokenizer.incrementalDecoder(),
        read: 0,
        held: '',
        started: false,
        hypotheses: [],
        isExtract: false,
      });
    return base;
  }

  certain(index: number, tokenIds: readonly number[]): void {
    const slot = this.slots[index]!;
    while (slot.read < tokenIds.length) slot.held += slot.decoder.push(tokenIds[slot.read++]);
    if (index === this.front) this.show(slot, false);
  }

  /** `hypotheses`: best first. `isExtract`: the hypothesis is not the model's own. */
  finished(index: number, hypotheses: readonly Hypothesis[], isExtract = false): void {
    const [{ tokenIds }] = hypotheses;
    const slot = this.slots[index]!;
    slot.hypotheses = hypotheses;
    slot.isExtract = isExtract;
    while (slot.read < tokenIds.length) slot.held += slot.decoder.push(tokenIds[slot.read++]);
    slot.held += slot.decoder.flush();
    for (let done = this.slots[this.front]; done && done.hypotheses.length > 0; done = this.slots[this.front]) {
      this.show(done, true);
      this.close(done);
      this.slots[this.front++] = undefined;
    }
    // The next one may have been waiting with text for its turn.
    const next = this.slots[this.front];
    if (next) this.show(next, false);
  }

  finish(): TextRunOutput {
    const { text, oneLine, separator } = this.input;
    if (this.closedCount === 0 && !oneLine && text.trim() === '')
      throw new HeadlightError('source-empty', 'there is no text to work on', {});
    if (separator === undefined) this.append(this.sourceBetween(this.sourceDone, text.length));
    return { target: this.parts.join(''), segments: this.segments };
  }

  private show(slot: Slot, isFinished: boolean): void {
    // Spaces at the end wait: the finished text has none there.
    const text = this.input.oneLine ? slot.held.replace(/[\r\n]/g, ' ').replace(innerLineBreak, ' ') : slot.held;
    const visible = text.trimEnd();
    if (visible === '' && !isFinished) return;
    if (!slot.started) {
      slot.started = true;
      this.append(this.gapBefore(slot));
      slot.targetStart = this.targetLength;
    }
    this.append(visible);
    slot.held = isFinished ? '' : text.slice(visible.length);
  }

  private gapBefore(slot: Slot): string {
    const { separator } = this.input;
    if (separator === undefined) return this.sourceBetween(this.sourceDone, slot.unit.range[0]);
    return this.closedCount > 0 ? separator : '';
  }

  private sourceBetween(start: number, end: number): string {
    const gap = this.input.text.slice(start, end);
    return this.input.oneLine ? gap.replace(innerLineBreak, ' ') : gap;
  }

  private close(slot: Slot): void {
    const { range, sourceTokens } = slot.unit;
    const [{ tokenIds, logProbabilities, score, truncated }] = slot.hypotheses;
    const start = slot.targetStart!;
    const { tokenizer } = this.model.folder;
    const described = tokenizer.describeOutput(tokenIds, start);
    const targetTokens = described.tokens.map(token => ({
      ...token,
      range: clamp(token.range, start, this.targetLength),
    }));
    const segment: Segment = {
      source: range,
      target: [start, this.targetLength],
      sourceTokens,
      targetTokens,
      logProbabilities,
      score,
      truncated,
      ...segmentDetails(tokenizer, slot.hypotheses, this.input.options.nBest),
      ...(this.input.summary && { kind: slot.isExtract ? ('extract' as const) : ('abstract' as const) }),
    };
    if (this.input.keepSegments) this.segments.push(segment);
    this.closedCount++;
    this.sourceDone = range[1];
    this.report({ kind: 'segment', segment, sourceDone: range[1], sourceLength: this.input.text.length });
  }

  private append(text: string): void {
    if (text === '') return;
    this.parts.push(text);
    this.targetLength += text.length;
    this.report({ kind: 'text', append: text });
  }
}

interface Slot {
  readonly unit: Unit;
  readonly decoder: IncrementalDecoder;
  /** Tokens given to the decoder. */
  read: number;
  /** Certain text that was not reported yet. */
  held: string;
  started: boolean;
  targetStart?: number;
  /** Best first; empty until finished. */
  hypotheses: readonly Hypothesis[];
  isExtract: boolean;
}

function clamp([start, end]: CharacterRange, low: number, high: number): CharacterRange {
  return [Math.min(Math.max(start, low), high), Math.min(Math.max(end, low), high)];
}

function take<T>(iterator: Generator<T>, count: number): T[] {
  const items: T[] = [];
  while (items.length < count) {
    const { value, done } = iterator.next();
    if (done) break;
    items.push(value);
  }
  return items;
}
