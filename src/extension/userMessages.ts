// The one table from error codes to what a person reads and may do about it.

import { env, l10n } from 'vscode';
import type { ErrorCode, ErrorDetails, HeadlightError } from '../model/errors';
import type { ModelWarning, UnknownText } from '../model/types';
import { coreWords } from './coreWords';
import { languageName } from './languageNames';

export type UserAction =
  | 'retry'
  | 'openModelSetting'
  | 'openDeviceSetting'
  | 'chooseTargetLanguage'
  | 'chooseSourceLanguage'
  | 'showLog';

export interface UserMessage {
  readonly severity: 'information' | 'warning' | 'error';
  /** One sentence. */
  readonly sentence: string;
  /** What the person may do, the most useful first. */
  readonly actions: readonly UserAction[];
}

/** `language`: of VS Code. */
type Wording = (details: ErrorDetails, error: HeadlightError, language: string) => UserMessage | undefined;

const wordings: Readonly<Record<ErrorCode, Wording>> = {
  'model-folder-missing': ({ folder, rule, found }, _error, language) => ({
    severity: 'error',
    sentence: unusableFolder(plain(folder), rule, found, language),
    actions: ['openModelSetting'],
  }),
  'model-file-missing': ({ folder, file, rule }, _error, language) => {
    const why = coreWords(language, plain(rule));
    return {
      severity: 'error',
      sentence: why
        ? l10n.t('The model folder "{0}" is not complete: {1} is missing ({2}).', plain(folder), plain(file), ...why)
        : l10n.t('The model folder "{0}" is not complete: {1} is missing.', plain(folder), plain(file)),
      actions: ['openModelSetting', 'showLog'],
    };
  },
  'model-file-corrupt': ({ file, rule, found }, _error, language) => {
    const why = coreWords(language, plain(rule), plain(found));
    return {
      severity: 'error',
      sentence: why
        ? l10n.t('The model file {0} is damaged: {1}; found: {2}.', plain(file), ...why)
        : l10n.t('The model file {0} is damaged; the log says how.', plain(file)),
      actions: ['openModelSetting', 'showLog'],
    };
  },
  'model-file-mismatch': ({ file, rule, found }, _error, language) => {
    const why = coreWords(language, plain(rule), plain(found));
    return {
      severity: 'error',
      sentence: why
        ? l10n.t('The files of the model do not belong together: {0}: {1}; found: {2}.', plain(file), ...why)
        : l10n.t('The files of the model do not belong together: {0}; the log says why.', plain(file)),
      actions: ['openModelSetting', 'showLog'],
    };
  },
  'unsupported-architecture': ({ found, supported }, _error, language) => {
    const why = coreWords(language, plain(found), ...[supported].flat());
    return {
      severity: 'error',
      sentence: why
        ? l10n.t('Headlight cannot run this model yet: it is {0}; what works: {1}.', why[0], plain(supported))
        : l10n.t('Headlight cannot run this model yet; the log says why.'),
      actions: why ? ['openModelSetting'] : ['openModelSetting', 'showLog'],
    };
  },
  'unsupported-task': details =>
    details.task === 'summarize' ? unsupportedSummary(details) : unsupportedTranslation(details),
  'source-too-long': ({ tokenCount, limit }) => ({
    severity: 'warning',
    sentence: l10n.t('The text has {0} tokens; the model reads {1} at most.', plain(tokenCount), plain(limit)),
    actions: ['openModelSetting'],
  }),
  'source-empty': ({ found }) => ({
    severity: 'information',
    sentence:
      found === 'code'
        ? l10n.t(
            'The selection is code. Of source code Headlight translates comments, and the words that you select in a string.',
          )
        : l10n.t('There are no words to work on in this text.'),
    actions: [],
  }),
  'grammar-missing': ({ languageId, fileName }) => ({
    severity: 'warning',
    sentence: l10n.t(
      'Headlight cannot tell the comments of "{0}" from its code: install an extension for this language, or select what to translate.',
      plain(languageId ?? fileName),
    ),
    actions: [],
  }),
  'invalid-request': (_details, { message }, language) => {
    const why = coreWords(language, message);
    return {
      severity: 'error',
      sentence: why
        ? l10n.t('The engine refused the request: {0}.', ...why)
        : l10n.t('The engine refused the request; the log says why.'),
      actions: ['showLog'],
    };
  },
  'device-unavailable': ({ device, found }) => ({
    severity: 'error',
    sentence: l10n.t('The device "{0}" is not available here; available: {1}.', plain(device), plain(found)),
    actions: ['openDeviceSetting', 'showLog'],
  }),
  'device-failed': ({ device }) => ({
    severity: 'error',
    sentence: l10n.t('The device "{0}" failed while the model ran.', plain(device)),
    actions: ['retry', 'openDeviceSetting', 'showLog'],
  }),
  'attention-file-corrupt': ({ file, rule, found }, _error, language) => {
    const why = coreWords(language, plain(rule), plain(found));
    return {
      severity: 'error',
      sentence: why
        ? l10n.t('The file {0} holds no attention of Headlight: {1}; found: {2}.', plain(file), ...why)
        : l10n.t('The file {0} holds no attention of Headlight; the log says why.', plain(file)),
      actions: ['showLog'],
    };
  },
  'attention-unavailable': ({ file, rule }, _error, language) => {
    const why = coreWords(language, plain(rule));
    return {
      severity: 'warning',
      sentence: why
        ? l10n.t('This model does not show its attention ({0}: {1}).', plain(file), ...why)
        : l10n.t('This model does not show its attention ({0}).', plain(file)),
      actions: ['showLog'],
    };
  },
  'engine-crashed': () => ({
    severity: 'error',
    sentence: l10n.t('The engine stopped unexpectedly; it starts again with the next request.'),
    actions: ['retry', 'showLog'],
  }),
  'engine-timeout': ({ limitMs }) => ({
    severity: 'error',
    sentence: l10n.t(
      'The engine did not answer for {0} seconds and was ended; it starts again with the next request.',
      Number(limitMs) / 1000,
    ),
    actions: ['retry', 'showLog'],
  }),
  cancelled: () => undefined,
  superseded: () => undefined,
  disconnected: () => ({
    severity: 'error',
    sentence: l10n.t('The engine was ended before it answered.'),
    actions: ['retry', 'showLog'],
  }),
  internal: (_details, { message }, language) => {
    const why = coreWords(language, message);
    return {
      severity: 'error',
      sentence: why
        ? l10n.t('Something went wrong inside Headlight: {0}.', ...why)
        : l10n.t('Something went wrong inside Headlight; the log says what.'),
      actions: ['retry', 'showLog'],
    };
  },
};

/**
 * What to tell a person about an error, in one language: what only the core words, in English, is left to the log. Undefined when there
 * is nothing to tell, because the person caused it. `language`: of VS Code.
 */
export function userMessage(error: HeadlightError, language = env.language): UserMessage | undefined {
  return wordings[error.code](error.details, error, language);
}

function unusableFolder(folder: string, rule: unknown, found: unknown, language: string): string {
  if (found === 'nothing') return l10n.t('The model folder "{0}" does not exist.', folder);
  const [why] = coreWords(language, plain(rule ?? found)) ?? [];
  if (why === undefined) return l10n.t('The model folder "{0}" cannot be used; the log says why.', folder);
  return l10n.t(
    'The model folder "{0}" cannot be used: {1}.',
    folder,
    rule === undefined ? l10n.t('a folder is expected, found: {0}', why) : why,
  );
}

function unsupportedTranslation({ from, to, sources, targets }: ErrorDetails): UserMessage {
  const warning = (sentence: string, ...actions: UserAction[]): UserMessage => ({
    severity: 'warning',
    sentence,
    actions: [...actions, 'openModelSetting'],
  });
  const [read, reached] = [languageNames(sources), languageNames(targets)];
  if (!to || (read === '' && reached === '')) return warning(l10n.t('The model does not translate.'));
  if (read === '')
    return warning(
      // The setting takes tags, and may hold what is none.
      l10n.t('The model does not translate to "{0}"; it translates to {1}.', plain(to), languageNames(targets, true)),
      'chooseTargetLanguage',
    );
  if (reached !== '')
    return warning(
      l10n.t('The model translates {0} to {1}, not to {2}.', nameOf(from), reached, nameOf(to)),
      'chooseTargetLanguage',
    );
  return warning(
    l10n.t('The model does not read {0}; to {1} it translates {2}.', nameOf(from), nameOf(to), read),
    'chooseSourceLanguage',
  );
}

function unsupportedSummary({ from, sources }: ErrorDetails): UserMessage {
  const read = languageNames(sources);
  return from && read !== ''
    ? {
        severity: 'warning',
        sentence: l10n.t('The model does not summarize {0}; it summarizes {1}.', nameOf(from), read),
        actions: ['chooseSourceLanguage', 'openModelSetting'],
      }
    : { severity: 'warning', sentence: l10n.t('The model does not summarize.'), actions: ['openModelSetting'] };
}

function nameOf(language: unknown): string {
  return languageName(plain(language), env.language);
}

/** A model may have two hundred languages. */
const mostLanguages = 12;

function languageNames(languages: unknown, withTags = false): string {
  const names = (Array.isArray(languages) ? languages : []).map(language =>
    withTags ? `${nameOf(language)} (${language})` : nameOf(language),
  );
  return [...names.slice(0, mostLanguages), ...(names.length > mostLanguages ? ['…'] : [])].join(', ');
}

/** A detail as text, without the full stop that the sentence around it brings. */
function plain(detail: unknown): string {
  const text = Array.isArray(detail) ? detail.join(', ') : String(detail ?? l10n.t('unknown'));
  return text.replace(/\.$/, '');
}

/** What to tell a person about an output whose source the model could not read. */
export function unknownTextMessage({ unknownLength, length, examples }: UnknownText, modelName: string): UserMessage {
  const percent = Math.max(1, Math.round((100 * unknownLength) / length));
  const sentence = l10n.t(
    'The model "{0}" cannot read {1} % of this text, such as {2}; another model may know it.',
    modelName,
    percent,
    examples.join(' '),
  );
  return { severity: 'warning', sentence, actions: ['openModelSetting'] };
}

/** What to tell a person about a model that works, but not as well as it could. */
export function modelWarningText(warning: ModelWarning): string {
  switch (warning) {
    case 'decoder-without-cache':
      return l10n.t(
        'slow: the folder has decoder_model.onnx alone; export decoder_with_past_model.onnx or decoder_model_merged.onnx as well',
      );
  }
}
