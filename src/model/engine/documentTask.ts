// A translation by sentences: languages, glossary, cache and the model, put together for the text pipeline. Runs in the engine process.

import type { RunParams, RunProgress } from '../../protocol/engine';
import { type LanguageSettings, languageSettings } from '../config/languageTokens';
import { HeadlightError } from '../errors';
import { BuiltInTranslator } from '../text/builtInTranslator';
import type { ProseBlock } from '../text/document';
import { glossaryFor } from '../text/glossary';
import { detectDocumentLanguage, detectLanguage } from '../text/language';
import type { BuiltInModel } from '../text/pseudo';
import { SentenceCache } from '../text/sentenceCache';
import { sentenceSource } from '../text/sentenceLanguage';
import { type DocumentContext, type DocumentOutput, translateDocument } from '../text/translateDocument';
import type { DeviceName, ModelIdentity, RunResult, TranslateTask } from '../types';
import { ModelTranslator, type ModelTranslatorInput, type SentenceDirection } from './modelTranslator';
import { generationConfigFor } from './runOptions';
import type { Seq2SeqModel } from './seq2seqModel';

/** The direction of the whole text. */
export interface TextDirection {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly prefix: string;
  readonly languages: LanguageSettings;
}

export interface DocumentTaskContext extends DocumentContext {
  readonly report: (progress: RunProgress) => void;
  readonly turn: ModelTranslatorInput['turn'];
  readonly cache: SentenceCache;
  readonly blocks: AsyncIterable<readonly ProseBlock[]> | Iterable<readonly ProseBlock[]>;
}

/**
 * `direction.sample`: prose of the text, to tell its language by. Errors: `source-empty`, `invalid-request` for options out of bounds, those of the model and of the parser. */
export async function translateWithModel(
  model: Seq2SeqModel,
  params: RunParams,
  direction: TextDirection & { readonly sample: string },
  { signal, report, drained, turn, cache, blocks }: DocumentTaskContext,
): Promise<DocumentOutput> {
  const { text, options, document } = params;
  const config = generationConfigFor(model, options);
  const { to } = direction;
  const translator = new ModelTranslator({
    model,
    config,
    hasOwnLimit: options.maxNewTokens !== undefined,
    directionOf: directionOf(model, params, direction),
    details: { nBest: options.nBest, alternativeCount: options.alternativeCount },
    // What is asked for besides is not kept.
    cache: document && isPlain(options) ? cache : new SentenceCache(0),
    cacheKey: JSON.stringify([model.description.sha256, config.beamCount, config.maxLength]),
    signal,
    turn,
  });
  return translateDocument(
    {
      text,
      blocks,
      glossary: params.glossary && glossaryFor(params.glossary, to),
      visible: document?.visible,
      keepSegments: !params.segmentsByProgressOnly,
      fits: fitsModel(model, direction),
    },
    translator,
    { signal, report, drained },
  );
}

/** The built-in models take every language and give back the one that was asked for. Errors: `unsupported-task`, `source-empty`. */
export async function runBuiltIn(
  name: BuiltInModel,
  params: RunParams,
  blocks: DocumentTaskContext['blocks'],
  { signal, report, drained }: Pick<DocumentTaskContext, 'signal' | 'report' | 'drained'>,
): Promise<RunResult> {
  const { task, text, document } = params;
  if (task.kind !== 'translate' || params.segmentation !== 'sentences')
    throw new HeadlightError('unsupported-task', `the model "${name}" only translates, by sentences`, {
      task: task.kind,
      from: null,
      to: null,
      sources: [],
      targets: [],
    });
  report({ kind: 'started', from: task.from, to: task.to, pivot: false });
  const output = await translateDocument(
    {
      text,
      blocks,
      glossary: params.glossary && glossaryFor(params.glossary, task.to),
      visible: document?.visible,
      keepSegments: !params.segmentsByProgressOnly,
    },
    new BuiltInTranslator(name),
    { signal, report, drained },
  );
  return documentResult(params, task, output, { folder: name, name, sha256: name }, 'cpu');
}

export function documentResult(
  { text }: RunParams,
  { from, to }: Pick<TextDirection, 'from' | 'to'> | TranslateTask,
  { target, segments, counts }: DocumentOutput,
  model: ModelIdentity,
  device: DeviceName,
): RunResult {
  return { source: text, target, segments, task: 'translate', from, to, pivot: undefined, model, device, counts };
}

function isPlain({ nBest, alternativeCount }: RunParams['options']): boolean {
  return nBest === undefined && alternativeCount === undefined;
}

/** What tells the language of a text: a whole document's, or that of words that somebody chose. */
export function detectorFor(document: RunParams['document']): typeof detectLanguage {
  return document && !document.isFragment
    ? (sample, among = []) => detectDocumentLanguage(sample, among)
    : detectLanguage;
}

/** The way of each sentence. A language that the caller named, or a model without languages, leaves nothing to find out. */
function directionOf(
  model: Seq2SeqModel,
  { task, document }: RunParams,
  direction: TextDirection & { readonly sample: string },
): (sentence: string) => SentenceDirection | undefined {
  const { manifest, languages: tokens } = model.folder;
  const { prefix, languages: own } = direction;
  const usual: SentenceDirection = { prefix, languages: own, key: `${direction.from ?? ''} ${direction.to ?? ''}` };
  const target = direction.to === undefined ? undefined : manifest?.translate?.[direction.to];
  if (task.kind !== 'translate' || task.from !== undefined || !target || direction.to === undefined) return () => usual;
  const to = direction.to;
  const known = [...new Set([...Object.keys(manifest?.translate ?? {}), ...target.sources])];
  const whole = detectorFor(document)(direction.sample, known);
  const languages = {
    from: direction.from,
    to,
    isTarget: whole.reliable && whole.language === to,
    takes: (language: string) => target.sources.includes(language),
  };
  const byLanguage = new Map<string | undefined, SentenceDirection>([[direction.from, usual]]);
  return sentence => {
    const source = sentenceSource(sentence, languages, part => detectLanguage(part, known));
    if (source === 'stays') return undefined;
    const { from } = source;
    const found = byLanguage.get(from);
    if (found) return found;
    const made = { prefix: target.prefix, languages: languageSettings(tokens, from, to), key: `${from ?? ''} ${to}` };
    byLanguage.set(from, made);
    return made;
  };
}

/** A token is a byte at least, so that short sentences need not be tokenized to see that they fit. */
function fitsModel(model: Seq2SeqModel, { prefix, languages }: TextDirection): (text: string) => boolean {
  const { tokenizer, architecture } = model.folder;
  const roomForSpecialTokens = 8;
  return text => {
    if (Buffer.byteLength(text) + roomForSpecialTokens <= architecture.maxPositions) return true;
    return tokenizer.encode(text, prefix, 0, languages.template).length <= architecture.maxPositions;
  };
}
