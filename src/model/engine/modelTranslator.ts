// Translates sentences with a model, carries their protected spans over, and searches again where one is lost. Runs in the engine
// process.

import type { LanguageSettings } from '../config/languageTokens';
import { HeadlightError, throwIfAborted } from '../errors';
import type { GenerationConfig } from '../generation/generationConfig';
import { type SearchOptions, search } from '../generation/search';
import type { Hypothesis } from '../generation/sourceSearch';
import { alignedTokens } from '../text/alignedTokens';
import { type AlignmentLink, carrySpans } from '../text/carrySpans';
import { CertainText } from '../text/certainText';
import type { ProseSentence } from '../text/proseSentences';
import { firstInvention, mayBeginInvention } from '../text/protectedSpans';
import type { CachedSentence, SentenceCache } from '../text/sentenceCache';
import type {
  SentenceListener,
  SentenceTrace,
  SentenceTranslation,
  SentenceTranslator,
} from '../text/sentenceTranslator';
import type { GenerationOptions, Token } from '../types';
import { segmentDetails } from './segmentDetails';
import type { Seq2SeqModel } from './seq2seqModel';

/** Which way a sentence goes; `stays`: it is in the target language. */
export interface SentenceDirection {
  readonly prefix: string;
  readonly languages: LanguageSettings;
  /** The same for the same direction. */
  readonly key: string;
}

export interface ModelTranslatorInput {
  readonly model: Seq2SeqModel;
  readonly config: GenerationConfig;
  /** True: `config.maxLength` was chosen by hand, and bounds outputs alone. */
  readonly hasOwnLimit: boolean;
  /** What segments hold besides. */
  readonly details: Pick<GenerationOptions, 'nBest' | 'alternativeCount'>;
  /** Undefined: the sentence is in the target language already. */
  readonly directionOf: (text: string) => SentenceDirection | undefined;
  readonly cache: SentenceCache;
  /** Of everything but the sentence that its translation depends on: model, options, glossary. */
  readonly cacheKey: string;
  readonly signal: AbortSignal | undefined;
  /** Runs one batch when its turn has come. */
  readonly turn: <T>(batch: () => Promise<T>, isLong: boolean) => Promise<T>;
}

/** A sentence on its way through the model. */
interface Row {
  readonly index: number;
  readonly sentence: ProseSentence;
  readonly sourceTokens: readonly Token[];
  readonly direction: SentenceDirection;
  readonly maxNewTokens: number;
}

/** What a search gave for a row. */
type Found = CachedSentence & Pick<SentenceTrace, 'details'>;

const largestBatch = 16;
const largestBatchTokens = 4096;
/** Beams of a search that must write what a free one lost. */
const constrainedBeamCount = 4;
/** What ends a line for one reader or another: an output is one line. */
const lineBreaks = /[\r\n\u2028\u2029\u0085\f\v]/g;

export class ModelTranslator implements SentenceTranslator {
  private spanTokens: readonly number[] | undefined;

  constructor(private readonly input: ModelTranslatorInput) {}

  async translate(sentences: readonly ProseSentence[], isLong: boolean, listener: SentenceListener): Promise<void> {
    const rows: Row[] = [];
    for (const [index, sentence] of sentences.entries()) {
      const direction = this.input.directionOf(sentence.text);
      if (!direction) {
        listener.onFinished(index, unchanged('already'));
        continue;
      }
      const row = this.rowOf(index, sentence, direction);
      const cached = this.input.cache.get(this.keyOf(row));
      if (cached) listener.onFinished(index, this.finish(row, cached, true));
      else rows.push(row);
    }
    for (const batch of batchesByLength(rows)) {
      await this.input.turn(() => this.run(batch, listener), isLong);
      throwIfAborted(this.input.signal);
    }
  }

  private rowOf(index: number, sentence: ProseSentence, direction: SentenceDirection): Row {
    const { model, config, hasOwnLimit } = this.input;
    const { prefix, languages } = direction;
    const sourceTokens = model.folder.tokenizer.encode(sentence.text, prefix, 0, languages.template);
    const { maxPositions } = model.folder.architecture;
    if (sourceTokens.length > maxPositions)
      throw new HeadlightError(
        'source-too-long',
        `the source has ${sourceTokens.length} tokens; the model has ${maxPositions} positions`,
        { tokenCount: sourceTokens.length, limit: maxPositions },
      );
    // A model that has lost its way repeats itself up to its last position.
    const bound = hasOwnLimit ? config.maxLength - 1 : 3 * sourceTokens.length + 32;
    return { index, sentence, sourceTokens, direction, maxNewTokens: Math.min(config.maxLength - 1, bound) };
  }

  private keyOf({ sentence: { text, anchors, marks }, direction }: Row): string {
    const spans = anchors.map(({ range, required }) => [...range, required]);
    const places = marks.map(({ at, partner }) => [at, partner]);
    return JSON.stringify([this.input.cacheKey, direction.key, text, spans, places]);
  }

  /** Batches hold rows of one direction. */
  private async run(batch: readonly Row[], listener: SentenceListener): Promise<void> {
    const streams = batch.map(row =>
      hasSpans(row.sentence) ? undefined : this.streamTo(text => listener.onText(row.index, text)),
    );
    const open = new Map<number, Found>();
    await this.search(batch, this.configOf(batch[0]), {
      alternativeCount: this.input.details.alternativeCount,
      onCertain: (position, tokenIds) => streams[position]?.push(tokenIds),
      onFinished: (position, hypotheses) => {
        const row = batch[position];
        const found = this.foundOf(hypotheses);
        if (hasSpans(row.sentence) || !this.carried(row, found)) open.set(position, found);
        else this.settle(row, found, listener);
      },
    });
    for (const [position, found] of open) {
      const row = batch[position];
      const shown = streams[position]?.shownLength;
      const kept =
        shown === undefined ? await this.withSpans(row, found) : await this.withoutInvention(row, found, shown);
      this.settle(row, kept, listener);
    }
  }

  private foundOf(hypotheses: readonly Hypothesis[]): Found {
    const { nBest, alternativeCount } = this.input.details;
    const isAsked = nBest !== undefined || alternativeCount !== undefined;
    const details = isAsked ? segmentDetails(this.input.model.folder.tokenizer, hypotheses, nBest) : undefined;
    return { ...hypotheses[0], details };
  }

  private settle(row: Row, found: Found, listener: SentenceListener): void {
    this.input.cache.set(this.keyOf(row), plainOf(found));
    listener.onFinished(row.index, this.finish(row, found, false));
  }

  /** A hypothesis whose spans can be kept: as found, by alignment, or searched again; else the first one, which will be left. */
  private async withSpans(row: Row, found: Found): Promise<Found> {
    if (this.carried(row, found)) return found;
    const aligned = { ...found, links: await this.linksOf(row, found) };
    if (this.carried(row, aligned)) return aligned;
    throwIfAborted(this.input.signal);
    const again = await this.constrained(row);
    const constrained = { ...again, links: await this.linksOf(row, again), details: found.details, constrained: true };
    return this.carried(row, constrained) ? constrained : aligned;
  }

  /**
   * The sentence searched again from where it had a span that its source lacks, without any token that could begin one. If it has
   * another one all the same, what stands before that: what is shown of it, at least.
   */
  private async withoutInvention(row: Row, found: Found, shownLength: number): Promise<Found> {
    const position = this.countBeforeInvention(row, found);
    const config = this.configOf(row);
    const suppressTokenIds = [...config.suppressTokenIds, ...this.spanTokenIds()];
    // A word of which a span is made may be innocent elsewhere.
    const suppressAt = { position, tokenIds: [found.tokenIds[position]] };
    let again = found;
    await this.search(
      [row],
      { ...config, suppressTokenIds, suppressAt },
      {
        forcedPrefixIds: found.tokenIds.slice(0, position),
        onFinished: (_, [hypothesis]) => {
          again = { ...hypothesis, details: found.details, constrained: true };
        },
      },
    );
    if (this.carried(row, again)) return again;
    if (shownLength === 0) return found;
    const count = this.countBeforeInvention(row, again);
    const tokenIds = again.tokenIds.slice(0, count);
    return { ...again, tokenIds, logProbabilities: again.logProbabilities.slice(0, count), truncated: true };
  }

  /** Of an output with an invention. */
  private countBeforeInvention({ sentence }: Row, found: Found): number {
    const { text, tokens } = this.outputOf(found);
    const offset = firstInvention(text, sentence.text)!;
    const index = tokens.findIndex(({ range: [, end] }) => end > offset);
    // A space before it may be a token of its own.
    return (
      tokens.slice(0, index).findLastIndex(({ range, special }) => special || text.slice(...range).trim() !== '') + 1
    );
  }

  private spanTokenIds(): readonly number[] {
    const { tokenizer } = this.input.model.folder;
    this.spanTokens ??= [...tokenizer.tokens()].flatMap(([token, id]) =>
      !tokenizer.isSpecial(id) && (mayBeginInvention(token) || /[:/]/.test(token)) ? [id] : [],
    );
    return this.spanTokens;
  }

  private async constrained(row: Row): Promise<Hypothesis> {
    const { tokenizer } = this.input.model.folder;
    const base = this.configOf(row);
    const config: GenerationConfig = {
      ...base,
      beamCount: Math.max(base.beamCount, constrainedBeamCount),
      requiredSequences: row.sentence.anchors.map(({ required }) =>
        formsOf(required, text => tokenizer.encode(text).filter(token => !token.special)),
      ),
    };
    let best: Hypothesis | undefined;
    await this.search([row], config, {
      onFinished: (_, hypotheses) => {
        best = hypotheses.find(candidate => this.carried(row, candidate)) ?? hypotheses[0];
      },
    });
    return best!;
  }

  private configOf({ direction }: Row): GenerationConfig {
    const { forcedBosTokenId } = direction.languages;
    const { config } = this.input;
    return forcedBosTokenId === undefined ? config : { ...config, forcedBosTokenId };
  }

  private async search(
    rows: readonly Row[],
    config: GenerationConfig,
    options: Omit<SearchOptions, 'signal'>,
  ): Promise<void> {
    const decoder = await this.input.model.decoderFor(rows.map(({ sourceTokens }) => sourceTokens.map(({ id }) => id)));
    try {
      await search(decoder, rows, config, { signal: this.input.signal, ...options });
    } finally {
      decoder.dispose();
    }
  }

  /** Undefined when the export hides its attention. */
  private async linksOf({ sourceTokens }: Row, { tokenIds }: Hypothesis): Promise<number[] | undefined> {
    const { model } = this.input;
    try {
      const maps = await model.attentionOf(
        sourceTokens.map(({ id }) => id),
        tokenIds,
      );
      return alignedTokens(maps.cross, sourceTokens, model.description.alignment);
    } catch (error) {
      if (error instanceof HeadlightError && error.code === 'attention-unavailable') return undefined;
      throw error;
    }
  }

  private carried(row: Row, found: CachedSentence) {
    const { text, tokens } = this.outputOf(found);
    const links = found.links?.flatMap((source, index): AlignmentLink[] => {
      const target = tokens[index];
      if (source === -1 || target.special) return [];
      return [{ source: row.sourceTokens[source].range, target: clamped(target.range, text.length) }];
    });
    return carrySpans(row.sentence, text, links, this.input.model.hidesAttention);
  }

  private finish(row: Row, found: Found, cached: boolean): SentenceTranslation {
    const { text, tokens } = this.outputOf(found);
    const trace = {
      sourceTokens: row.sourceTokens,
      targetTokens: tokens.map(token => ({ ...token, range: clamped(token.range, text.length) })),
      output: text,
      logProbabilities: found.logProbabilities,
      score: found.score,
      truncated: found.truncated,
      details: found.details,
    };
    const carried = this.carried(row, found);
    if (!carried) return { ...unchanged('left'), trace, cached };
    const isSame = !hasSpans(row.sentence) && text === row.sentence.text;
    const outcome = found.constrained ? 'constrained' : hasSpans(row.sentence) ? carried.outcome : undefined;
    return {
      fate: 'translated',
      parts: isSame ? undefined : carried.parts,
      outcome,
      moved: carried.moved,
      trace,
      cached,
    };
  }

  private outputOf({ tokenIds }: CachedSentence): { readonly text: string; readonly tokens: readonly Token[] } {
    const { text, tokens } = this.input.model.folder.tokenizer.describeOutput(tokenIds);
    return { text: text.replace(lineBreaks, ' ').trimEnd(), tokens };
  }

  /** Text as it becomes certain. */
  private streamTo(append: (text: string) => void): {
    readonly push: (tokenIds: readonly number[]) => void;
    readonly shownLength: number;
  } {
    const decoder = this.input.model.folder.tokenizer.incrementalDecoder();
    const certain = new CertainText();
    let readCount = 0;
    return {
      push: tokenIds => {
        while (readCount < tokenIds.length) {
          const shown = certain.push(decoder.push(tokenIds[readCount++]).replace(lineBreaks, ' '));
          if (shown !== '') append(shown);
        }
      },
      get shownLength() {
        return certain.shownLength;
      },
    };
  }
}

function hasSpans({ anchors, marks }: ProseSentence): boolean {
  return anchors.length > 0 || marks.length > 0;
}

function unchanged(fate: 'already' | 'left'): SentenceTranslation {
  return { fate, parts: undefined, outcome: undefined, moved: offset => offset, trace: undefined, cached: false };
}

function plainOf({ tokenIds, logProbabilities, score, truncated, links, constrained }: CachedSentence): CachedSentence {
  return { tokenIds, logProbabilities, score, truncated, links, constrained };
}

/** As a word of its own, and glued to what stands before it. */
function formsOf(text: string, encode: (text: string) => readonly Token[]): number[][] {
  const alone = encode(text).map(({ id }) => id);
  const opening = encode(`(${text}`);
  const glued = opening.filter(({ range }) => range[0] >= 1);
  const isSeparate = opening.length > glued.length && glued[0]?.range[0] === 1;
  return [alone, ...(isSeparate ? [glued.map(({ id }) => id)] : [])].filter(form => form.length > 0);
}

function clamped([start, end]: Token['range'], limit: number): Token['range'] {
  return [Math.min(start, limit), Math.min(end, limit)];
}

/** Rows of one direction and similar length together; the row that comes first in the text goes first. */
function batchesByLength(rows: readonly Row[]): Row[][] {
  const byDirection = new Map<string, Row[]>();
  for (const row of rows) byDirection.set(row.direction.key, [...(byDirection.get(row.direction.key) ?? []), row]);
  const batches: Row[][] = [];
  for (const group of byDirection.values()) {
    let batch: Row[] = [];
    for (const row of group.sort((left, right) => left.sourceTokens.length - right.sourceTokens.length)) {
      if (batch.length === largestBatch || (batch.length + 1) * row.sourceTokens.length > largestBatchTokens) {
        if (batch.length > 0) batches.push(batch);
        batch = [];
      }
      batch.push(row);
    }
    if (batch.length > 0) batches.push(batch);
  }
  const first = (batch: readonly Row[]) => Math.min(...batch.map(({ index }) => index));
  return batches.sort((left, right) => first(left) - first(right));
}
