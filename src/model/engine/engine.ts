// The engine: answers every method of the protocol with the models it keeps loaded. Runs in the engine process.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { CallContext, Handlers } from '../../protocol/channel';
import type {
  AttentionParams,
  CalibrateParams,
  EngineMethods,
  EngineStatus,
  ForceParams,
  MeasureDeviceParams,
  ModelTarget,
  Priority,
  RunParams,
  RunProgress,
  SegmentsParams,
} from '../../protocol/engine';
import type { AttentionMaps } from '../attention/maps';
import type { Calibration } from '../attention/methods';
import { type LanguageSettings, languageSettings } from '../config/languageTokens';
import type { DeviceMeasurement } from '../devices/measurement';
import { HeadlightError, Superseded, throwIfAborted } from '../errors';
import { type DescribedSegment, describeSegments } from '../text/describeSegments';
import { planSummary, planTranslation } from '../text/direction';
import type { ProseBlock } from '../text/document';
import { glossaryFor } from '../text/glossary';
import { detectLanguage } from '../text/language';
import { withProseSample } from '../text/proseSample';
import { type BuiltInModel, isBuiltInModel } from '../text/pseudo';
import { rawUnits, summaryUnits, translationUnits } from '../text/units';
import { UnknownCounter } from '../text/unknownText';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { CharacterRange, RunResult, Task, Token } from '../types';
import { AttentionRequests, type Turn } from './attentionRequests';
import { givenPairs, ownPairs, ownTexts, runCalibration } from './calibrationRun';
import { keepCalibration, withCalibration } from './calibrationStore';
import { DocumentParser } from './documentParser';
import { detectorFor, documentResult, runBuiltIn, translateWithModel } from './documentTask';
import { measureDevice } from './measureDevice';
import { ModelStore } from './modelStore';
import { Scheduler } from './scheduler';
import { withTexts } from './segmentDetails';
import { SentenceStore } from './sentenceStore';
import type { Seq2SeqModel } from './seq2seqModel';
import { requireTokenizable, runText, type TextRunContext } from './textRun';

/** So many characters of source make one line of summary: about the 256 tokens that the shipped summariser was trained on. */
const summaryUnitLength = 900;

type RunContext = CallContext<RunProgress>;

interface Pivot {
  readonly from: string;
  readonly to: string;
  readonly prefix: string;
  readonly languages: LanguageSettings;
}

/** What a run does, once the languages are known. */
interface Plan {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly prefix: string;
  readonly languages: LanguageSettings;
  readonly pivot: Pivot | undefined;
}

export class Engine {
  private readonly scheduler = new Scheduler();
  private readonly models = new ModelStore();
  private readonly sentences = new SentenceStore();
  private readonly parser = new DocumentParser();
  private readonly looks = new AttentionRequests(job => this.scheduler.run('document', undefined, job));
  /** Ends the running hover when a newer one comes. */
  private hover: AbortController | undefined;

  /** The handlers of the protocol, for a channel. */
  handlers(): Handlers<EngineMethods> {
    return {
      describe: async ({ folder }) => withCalibration(await this.models.describe(folder)),
      load: params => this.use(params, 'interactive', model => withCalibration(model.description)),
      measureDevice: (params, { signal }) => this.measure(params, signal),
      run: (params, context) => this.run(params, context),
      useGrammars: ({ grammars }) => {
        this.parser.useGrammars(grammars);
        return undefined;
      },
      clearSentences: ({ folder }) => {
        this.sentences.clear(folder);
        return undefined;
      },
      segments: (params, { signal }) => this.segments(params, signal),
      attention: (params, { signal }) => this.attention(params, signal),
      methodMaps: (params, { signal }) => this.look(params, signal, (...args) => this.looks.methodMaps(...args)),
      align: (params, { signal }) => this.look(params, signal, (...args) => this.looks.align(...args)),
      explainCell: (params, { signal }) => this.look(params, signal, (...args) => this.looks.explainCell(...args)),
      calibrate: (params, context) => this.calibrate(params, context),
      force: (params, { signal }) => this.force(params, signal),
      status: () => this.status(),
      ping: () => undefined,
    };
  }

  /** Loads the model when it is not loaded yet, and runs `job` with it, which takes its own turns. */
  private use<T>(target: ModelTarget, priority: Priority, job: (model: Seq2SeqModel) => Promise<T>): Promise<T> {
    // A load that others may wait for too is not cancelled with the first request.
    return this.models.use(target, load => this.scheduler.run(priority, undefined, load), job);
  }

  private measure(params: MeasureDeviceParams, signal: AbortSignal): Promise<DeviceMeasurement> {
    return this.use(params, 'interactive', model =>
      this.scheduler.run('interactive', signal, () => measureDevice(model, params, signal)),
    );
  }

  /** Every way to run a text reports its segments here: what none of their vocabularies has is counted for all of them. */
  private async run(params: RunParams, context: RunContext): Promise<RunResult> {
    const unknown = new UnknownCounter();
    const report = (progress: RunProgress) => {
      if (progress.kind === 'segment') unknown.add(progress.segment.sourceTokens);
      context.report(progress);
    };
    const result = await this.runByPriority(params, { ...context, report });
    // A long text is not sent back to who has it.
    const source = params.segmentsByProgressOnly ? '' : result.source;
    return { ...result, source, unknownText: unknown.found };
  }

  private async runByPriority(params: RunParams, context: RunContext): Promise<RunResult> {
    if (params.priority !== 'hover') return this.runWith(params, context);
    const { signal } = context;
    this.hover?.abort(new Superseded());
    const controller = new AbortController();
    this.hover = controller;
    const onAbort = () => controller.abort(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.runWith(params, { ...context, signal: controller.signal });
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (this.hover === controller) this.hover = undefined;
    }
  }

  private async runWith(params: RunParams, context: RunContext): Promise<RunResult> {
    const { folder, device, priority } = params;
    if (isBuiltInModel(folder)) return this.runBuiltIn(folder, params, context);
    if (!this.models.isLoaded(folder, device)) context.report({ kind: 'loading', name: folder });
    return this.use(params, priority, model => {
      throwIfAborted(context.signal);
      return this.runOn(model, params, context);
    });
  }

  private runBuiltIn(name: BuiltInModel, params: RunParams, context: RunContext): Promise<RunResult> {
    const blocks = this.parser.blocks(params.text, params.document, context.signal);
    return runBuiltIn(name, params, blocks, context);
  }

  private async segments(
    { text, document, glossary, to }: SegmentsParams,
    signal: AbortSignal,
  ): Promise<readonly DescribedSegment[]> {
    const blocks: ProseBlock[] = [];
    for await (const part of this.parser.blocks(text, document, signal)) blocks.push(...part);
    return [...describeSegments(text, blocks, glossary && glossaryFor(glossary, to))];
  }

  private async runOn(
    model: Seq2SeqModel,
    params: RunParams,
    { signal, report, drained }: RunContext,
  ): Promise<RunResult> {
    const { priority, text } = params;
    const { kind } = params.task;
    const turn: TextRunContext['turn'] = (batch, isLong) =>
      this.scheduler.run(isLong ? 'document' : priority, signal, batch);
    const context: TextRunContext = { signal, report, turn };
    const begin = (sample: string): Plan => {
      const plan = planRun(model, { task: params.task, text: sample }, detectorFor(params.document));
      report({ kind: 'started', from: plan.from, to: plan.to, pivot: plan.pivot !== undefined });
      return plan;
    };
    if (isBySentences(params))
      return withProseSample(text, this.parser.blocks(text, params.document, signal), async ({ sample, blocks }) => {
        const known = sample || text;
        const plan = begin(known);
        const cache = this.sentences.cache(params.document?.keepIn);
        const input = { ...context, cache, blocks, drained };
        const output = await translateWithModel(model, params, { ...plan, sample: known }, input);
        return documentResult(params, plan, output, identityOf(model), model.device);
      });
    const plan = begin(text);
    const pivotText = plan.pivot ? await this.pivot(model, params, plan.pivot, context) : undefined;
    const readText = pivotText ?? text;
    const output = await runText(
      model,
      {
        text: readText,
        units: unitsOf(readText, params),
        prefix: plan.prefix,
        languages: plan.languages,
        raw: kind === 'raw',
        separator: kind === 'summarize' && params.segmentation !== 'lines' ? '\n' : undefined,
        oneLine: params.segmentation === 'lines',
        summary: kind === 'summarize' ? (model.folder.manifest?.summarize ?? {}) : undefined,
        keepSegments: !params.segmentsByProgressOnly,
        options: params.options,
      },
      context,
    );
    return {
      source: text,
      target: output.target,
      segments: output.segments,
      task: kind,
      from: plan.from,
      to: plan.to,
      pivot: plan.pivot && { from: plan.pivot.from, to: plan.pivot.to, text: readText },
      model: identityOf(model),
      device: model.device,
    };
  }

  /** The text in a language that the summariser takes. Its segments are nobody's concern: only the summary's are shown. */
  private async pivot(
    model: Seq2SeqModel,
    params: RunParams,
    { prefix, languages }: Pivot,
    context: TextRunContext,
  ): Promise<string> {
    const { target } = await runText(
      model,
      {
        text: params.text,
        units: translationUnits(params.text, 'sentences'),
        prefix,
        languages,
        raw: false,
        separator: undefined,
        oneLine: params.segmentation === 'lines',
        summary: undefined,
        keepSegments: false,
        options: params.options,
      },
      { ...context, report: () => {} },
    );
    return target;
  }

  private async attention(params: AttentionParams, signal: AbortSignal): Promise<AttentionMaps> {
    const { priority, sourceIds, targetIds } = params;
    return this.use(params, priority, model =>
      this.scheduler.run(priority, signal, () => model.attentionOf(sourceIds, targetIds)),
    );
  }

  private look<Params extends AttentionParams, Result>(
    params: Params,
    signal: AbortSignal,
    answer: (model: Seq2SeqModel, params: Params, turn: Turn) => Promise<Result>,
  ): Promise<Result> {
    const turn: Turn = job => this.scheduler.run(params.priority, signal, job);
    return this.use(params, params.priority, model => answer(model, params, turn));
  }

  private async calibrate(
    params: CalibrateParams,
    { signal, report }: CallContext<EngineMethods['calibrate']['progress']>,
  ): Promise<Calibration> {
    const turn: Turn = job => this.scheduler.run('interactive', signal, job);
    return this.use(params, 'interactive', async model => {
      const { texts, task } = ownTexts(model);
      const ownTask: Task = task ?? { kind: 'raw' };
      const run = {
        folder: params.folder,
        device: params.device,
        options: { beamCount: 1 },
        priority: 'interactive',
      } as const;
      const translate = (text: string) =>
        this.runOn(
          model,
          { ...run, text, task: ownTask, segmentation: 'whole' },
          { signal, report: () => {}, drained: async () => {} },
        );
      const tokensOf = (text: string) => sourceTokensOf(model, text, planRun(model, { text, task: ownTask }), ownTask);
      const pairs = params.pairs ? givenPairs(model, params.pairs, tokensOf) : ownPairs(texts, translate);
      const count = (params.pairs ?? texts).length;
      const calibration = await runCalibration(model, pairs, count, this.looks, turn, report);
      // Heads that link no better than those declared are no reason to overrule whoever made the model.
      const isBetter = calibration.rightAfter > calibration.rightBefore;
      if (isBetter || !model.description.alignment)
        await keepCalibration(calibration, params.write ? params.folder : undefined);
      return calibration;
    });
  }

  private async force(params: ForceParams, signal: AbortSignal): Promise<RunResult> {
    return this.use(params, 'interactive', async model => {
      const plan = planRun(model, { text: params.text, task: params.task });
      requireTokenizable(model, params.text);
      const { tokenizer } = model.folder;
      const sourceTokens = sourceTokensOf(model, params.text, plan, params.task);
      const sourceIds = sourceTokens.map(token => token.id);
      const targetIds = forcedIds(tokenizer, params);
      const { logProbabilities, alternatives } = await this.scheduler.run('interactive', signal, () =>
        model.forcedPass(sourceIds, targetIds, params.alternativeCount),
      );
      const { text: target, tokens: targetTokens } = tokenizer.describeOutput(targetIds);
      const sum = logProbabilities.reduce((total, value) => total + value, 0);
      return {
        source: params.text,
        target,
        segments: [
          {
            source: [0, params.text.length],
            target: [0, target.length],
            sourceTokens,
            targetTokens,
            logProbabilities,
            score: sum / targetIds.length,
            truncated: !model.folder.generation.eosTokenIds.includes(targetIds[targetIds.length - 1]),
            ...(params.alternativeCount && { alternatives: withTexts(tokenizer, alternatives) }),
          },
        ],
        task: params.task.kind,
        from: plan.from,
        to: plan.to,
        pivot: undefined,
        model: identityOf(model),
        device: model.device,
      };
    });
  }

  private status(): EngineStatus {
    return {
      onnxruntimeVersion: onnxruntimeVersion(),
      loaded: this.models.loaded(),
      residentBytes: process.memoryUsage.rss(),
    };
  }
}

/** A forced prefix is that of one segment. */
function isBySentences({ task, segmentation, options }: RunParams): boolean {
  return task.kind === 'translate' && segmentation === 'sentences' && options.forcedPrefixIds === undefined;
}

/** The tokens to force: those given, or those of a text between the special tokens that the given ones begin and end with. */
function forcedIds(tokenizer: Tokenizer, { targetIds, targetText }: ForceParams): readonly number[] {
  if (targetText === undefined) return targetIds;
  const isText = tokenizer.describeOutput(targetIds).tokens.map(token => !token.special);
  const first = isText.indexOf(true);
  const before = first < 0 ? 0 : first;
  const textIds = tokenizer.encode(targetText).flatMap(token => (token.special ? [] : [token.id]));
  return [...targetIds.slice(0, before), ...textIds, ...targetIds.slice(isText.lastIndexOf(true) + 1)];
}

/** Tokens of a text as the task has the model read it. */
function sourceTokensOf(model: Seq2SeqModel, text: string, { prefix, languages }: Plan, task: Task): Token[] {
  const { tokenizer } = model.folder;
  return task.kind === 'raw' ? tokenizer.encodeRaw(text) : tokenizer.encode(text, prefix, 0, languages.template);
}

function planRun(
  model: Seq2SeqModel,
  { task, text }: { task: RunParams['task']; text: string },
  detector = detectLanguage,
): Plan {
  const { manifest, languages: tokens } = model.folder;
  const languages = (from?: string, to?: string) => languageSettings(tokens, from, to);
  const detect = (among: readonly string[]) => detector(text, among);
  if (task.kind === 'raw')
    return { from: undefined, to: undefined, prefix: '', languages: languageSettings(undefined), pivot: undefined };
  if (task.kind === 'translate') {
    const direction = planTranslation(manifest, task, detect);
    return { ...direction, languages: languages(direction.from, direction.to), pivot: undefined };
  }
  const { from, to, prefix, pivot } = planSummary(manifest, task, detect);
  return {
    from,
    to,
    prefix,
    languages: languages(from, to),
    pivot: pivot && {
      from: pivot.from!,
      to: pivot.to!,
      prefix: pivot.prefix,
      languages: languages(pivot.from, pivot.to),
    },
  };
}

function unitsOf(text: string, { task, segmentation }: RunParams): Iterable<CharacterRange> {
  if (task.kind === 'raw') return rawUnits(text, segmentation);
  return task.kind === 'summarize'
    ? summaryUnits(text, segmentation, summaryUnitLength)
    : translationUnits(text, segmentation);
}

function identityOf(model: Seq2SeqModel): RunResult['model'] {
  const { folder, name, sha256 } = model.description;
  return { folder, name, sha256 };
}

function onnxruntimeVersion(): string {
  try {
    const file = createRequire(__filename).resolve('onnxruntime-node/package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  } catch (error) {
    throw new HeadlightError('internal', 'the version of onnxruntime-node could not be read', {}, error);
  }
}
