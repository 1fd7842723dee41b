// The one table from error codes to what a person reads and may do about it.

import { l10n } from 'vscode';
import type { ErrorCode, ErrorDetails, HeadlightError } from '../model/errors';
import type { ModelWarning, UnknownText } from '../model/types';

export type UserAction = 'retry' | 'openModelSetting' | 'openDeviceSetting' | 'chooseTargetLanguage' | 'showLog';

export interface UserMessage {
  readonly severity: 'information' | 'warning' | 'error';
  /** One sentence. */
  readonly sentence: string;
  /** What the person may do, the most useful first. */
  readonly actions: readonly UserAction[];
}

type Wording = (details: ErrorDetails, error: HeadlightError) => UserMessage | undefined;

const wordings: Readonly<Record<ErrorCode, Wording>> = {
  'model-folder-missing': ({ folder, rule }) => ({
    severity: 'error',
    sentence:
      rule === undefined
        ? l10n.t('The model folder "{0}" does not exist.', plain(folder))
        : l10n.t('The model folder "{0}" cannot be used: {1}.', plain(folder), plain(rule)),
    actions: ['openModelSetting'],
  }),
  'model-file-missing': ({ file, rule }) => ({
    severity: 'error',
    sentence: l10n.t('The model folder is not complete: {0} is missing ({1}).', plain(file), plain(rule)),
    actions: ['openModelSetting', 'showLog'],
  }),
  'model-file-corrupt': ({ file, rule, found }) => ({
    severity: 'error',
    sentence: l10n.t('The model file {0} is damaged: {1}; found: {2}.', plain(file), plain(rule), plain(found)),
    actions: ['openModelSetting', 'showLog'],
  }),
  'model-file-mismatch': ({ file, rule, found }) => ({
    severity: 'error',
    sentence: l10n.t(
      'The files of the model do not belong together: {0}: {1}; found: {2}.',
      plain(file),
      plain(rule),
      plain(found),
    ),
    actions: ['openModelSetting', 'showLog'],
  }),
  'unsupported-architecture': ({ found, supported }) => ({
    severity: 'error',
    sentence: l10n.t(
      'Headlight cannot run this model yet: it is {0}; what works: {1}.',
      plain(found),
      plain(supported),
    ),
    actions: ['openModelSetting'],
  }),
  'unsupported-task': ({ task, from, to, available }) => ({
    severity: 'warning',
    sentence: unsupportedTask(plain(task), from, to, plain(available)),
    actions: task === 'translate' ? ['chooseTargetLanguage', 'openModelSetting'] : ['openModelSetting'],
  }),
  'source-too-long': ({ tokenCount, limit }) => ({
    severity: 'warning',
    sentence: l10n.t('The text has {0} tokens; the model reads {1} at most.', plain(tokenCount), plain(limit)),
    actions: ['openModelSetting'],
  }),
  'source-empty': () => ({
    severity: 'information',
    sentence: l10n.t('There are no words to work on in this text.'),
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
  'invalid-request': (_details, { message }) => ({
    severity: 'error',
    sentence: l10n.t('The engine refused the request: {0}.', message),
    actions: ['showLog'],
  }),
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
  'attention-file-corrupt': ({ file, rule, found }) => ({
    severity: 'error',
    sentence: l10n.t(
      'The file {0} holds no attention of Headlight: {1}; found: {2}.',
      plain(file),
      plain(rule),
      plain(found),
    ),
    actions: ['showLog'],
  }),
  'attention-unavailable': ({ file, rule }) => ({
    severity: 'warning',
    sentence: l10n.t('This model does not show its attention ({0}: {1}).', plain(file), plain(rule)),
    actions: ['showLog'],
  }),
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
  internal: (_details, { message }) => ({
    severity: 'error',
    sentence: l10n.t('Something went wrong inside Headlight: {0}.', message),
    actions: ['retry', 'showLog'],
  }),
};

/** What to tell a person about an error; undefined when there is nothing to tell, because the person caused it. */
export function userMessage(error: HeadlightError): UserMessage | undefined {
  return wordings[error.code](error.details, error);
}

function unsupportedTask(task: string, from: unknown, to: unknown, available: string): string {
  if (task === 'summarize')
    return from
      ? l10n.t('The model does not summarize texts in "{0}"; available: {1}.', plain(from), available)
      : l10n.t('The model does not summarize.');
  if (!to) return l10n.t('The model does not translate.');
  return from
    ? l10n.t('The model does not translate from "{0}" to "{1}"; available: {2}.', plain(from), plain(to), available)
    : l10n.t('The model does not translate to "{0}"; available: {1}.', plain(to), available);
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
