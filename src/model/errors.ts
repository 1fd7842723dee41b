// The error catalogue: every failure that crosses a boundary has one of these codes. Runs anywhere; words no text for users.

/**
 * What went wrong. Callers compare codes, never messages; the extension's `userMessages.ts` turns each into a sentence and an action.
 */
export type ErrorCode =
  /** The folder of a model does not exist or is not a folder. details: {folder} with {found} or, for a path that can mean none, {rule} */
  | 'model-folder-missing'
  /** A file that the layout demands is not there. details: {file, rule} */
  | 'model-file-missing'
  /** A file is cut short or not what its name says. details: {file, rule, found} */
  | 'model-file-corrupt'
  /** Files that are each fine do not belong together. details: {file, rule, found} */
  | 'model-file-mismatch'
  /** An architecture or export Headlight does not run. details: {found, supported} */
  | 'unsupported-architecture'
  /**
   * The model has no such task or language direction. details: {task, from, to, sources, targets}: the languages that it takes for `to`
   * (or for summaries), and those that it translates `from` into, or any language into where it has no `to` at all
   */
  | 'unsupported-task'
  /** A text has more tokens than the model has positions, and may not be cut. details: {tokenCount, limit} */
  | 'source-too-long'
  /** Nothing to translate or summarise: no letters in the text. details: {found: 'code'} for a piece of code without a comment */
  | 'source-empty'
  /** A source file of a language that neither Headlight nor an installed extension has a grammar for. details: {languageId, fileName} */
  | 'grammar-missing'
  /** A request that no caller should send: an id out of range, an option out of bounds. details: {rule, found} */
  | 'invalid-request'
  /** The device does not exist in this installation. details: {device, found} */
  | 'device-unavailable'
  /** The device failed while loading or running. details: {device} */
  | 'device-failed'
  /** A file of attention that was exported is not what Headlight writes. details: {file, rule, found} */
  | 'attention-file-corrupt'
  /** The export hides its attention weights. details: {file, rule, found} */
  | 'attention-unavailable'
  /** The engine process ended by itself. details: {exitCode, signal} */
  | 'engine-crashed'
  /** One step of the engine passed its time limit and the engine was ended. details: {limitMs} */
  | 'engine-timeout'
  /** The caller cancelled. */
  | 'cancelled'
  /** A newer request of the same kind took this one's place. */
  | 'superseded'
  /** The other side of a channel is gone. */
  | 'disconnected'
  /** A defect in Headlight. details: {stack} */
  | 'internal';

/** Plain data, safe to send over a process or webview boundary. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/**
 * `text` when it is short, else its beginning: what was found in a file may be as long as the file, and goes to people and logs.
 */
export function excerpt(text: string, length = 120): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** The one error class. `message` states the rule, the value and the place, in English, for logs and terminals. */
export class HeadlightError extends Error {
  override readonly name: string = 'HeadlightError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    cause?: unknown,
  ) {
    super(message);
    if (cause !== undefined) this.cause = cause;
  }
}

/** The caller asked to stop. Never shown to a user as an error. */
export class Cancelled extends HeadlightError {
  override readonly name = 'Cancelled';
  constructor(message = 'the request was cancelled') {
    super('cancelled', message);
  }
}

/** A newer request replaced this one. Never shown to a user as an error. */
export class Superseded extends HeadlightError {
  override readonly name = 'Superseded';
  constructor(message = 'a newer request took the place of this one') {
    super('superseded', message);
  }
}

/** Any thrown value as a HeadlightError; what is not one becomes `internal` with the original as cause. */
export function toHeadlightError(error: unknown): HeadlightError {
  if (error instanceof HeadlightError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return new HeadlightError('internal', message, { stack }, error);
}

/** The error a signal was aborted with, or Cancelled when its reason is something else. */
export function abortError(signal: AbortSignal): HeadlightError {
  return signal.reason instanceof HeadlightError ? signal.reason : new Cancelled();
}

/** Throws what `abortError` gives when the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** What `value` becomes, for one who waits no longer than until `signal` aborts. Errors: those of `value`; the abort reason. */
export function untilAborted<Value>(value: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return value;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(abortError(signal));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    value.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** The plain form of an error on a channel. */
export interface ErrorMessage {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails;
}

export function errorToMessage(error: unknown): ErrorMessage {
  const { code, message, details } = toHeadlightError(error);
  return { code, message, details };
}

/** The error again, on the other side, with its subclass. */
export function errorFromMessage({ code, message, details }: ErrorMessage): HeadlightError {
  if (code === 'cancelled') return new Cancelled(message);
  if (code === 'superseded') return new Superseded(message);
  return new HeadlightError(code, message, details);
}
