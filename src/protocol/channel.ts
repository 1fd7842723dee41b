// One typed request channel over any message port. Runs on both sides of both boundaries (engine process, webview);
// knows nothing of processes, panels or the methods it carries.

import {
  abortError,
  Cancelled,
  type ErrorMessage,
  errorFromMessage,
  errorToMessage,
  HeadlightError,
} from '../model/errors';

/** One side's methods: what each takes, gives back, and reports on the way. */
export type MethodMap = Record<string, { params: unknown; result: unknown; progress?: unknown }>;

/** The little that a channel needs of a transport. Messages are structured-clonable. */
export interface MessagePortLike {
  post(message: unknown): void;
  /** Resolves when little of what was posted still waits to be sent. Absent: the port keeps nothing back. */
  drained?(): Promise<void>;
  /** Called once. Returns a function that stops listening. */
  listen(onMessage: (message: unknown) => void): () => void;
}

/** What a method reports on its way; undefined when it reports nothing. */
export type ProgressOf<Methods extends MethodMap, Method extends keyof Methods> = Methods[Method] extends {
  progress: infer Progress;
}
  ? Progress
  : undefined;

export interface CallContext<Progress> {
  /** Aborted when the caller cancels or the channel is disposed. */
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
  /** Resolves when the transport has taken what was reported; whoever reports faster than the other side reads waits for it. */
  readonly drained: () => Promise<void>;
}

export type Handlers<Methods extends MethodMap> = {
  readonly [Method in keyof Methods]: (
    params: Methods[Method]['params'],
    context: CallContext<ProgressOf<Methods, Method>>,
  ) => Promise<Methods[Method]['result']> | Methods[Method]['result'];
};

export interface CallOptions<Progress> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'progress'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorMessage };

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: HeadlightError) => void;
  readonly onProgress: ((value: unknown) => void) | undefined;
}

/**
 * Calls `Remote` methods and answers `Local` ones. A handler always answers: with its result, or with its error as code,
 * message and details. Disposing rejects everything pending and aborts every running handler.
 */
export class Channel<Remote extends MethodMap, Local extends MethodMap> {
  private readonly pending = new Map<number, PendingCall>();
  private readonly running = new Map<number, AbortController>();
  private readonly stopListening: () => void;
  private nextId = 1;
  private disposedWith: HeadlightError | undefined;

  constructor(
    private readonly port: MessagePortLike,
    private readonly handlers: Handlers<Local>,
  ) {
    this.stopListening = port.listen(message => this.receive(message));
  }

  /**
   * Errors: whatever the handler threw, `cancelled` when `signal` aborts, `disconnected` when the channel is disposed, the
   * transport's own when `params` cannot be posted.
   */
  call<Method extends keyof Remote & string>(
    method: Method,
    params: Remote[Method]['params'],
    { signal, onProgress }: CallOptions<ProgressOf<Remote, Method>> = {},
  ): Promise<Remote[Method]['result']> {
    if (this.disposedWith) return Promise.reject(this.disposedWith);
    if (signal?.aborted) return Promise.reject(abortError(signal));
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.pending.get(id)?.reject(abortError(signal!));
        this.post({ kind: 'cancel', id });
      };
      const settle = () => {
        this.pending.delete(id);
        signal?.removeEventListener('abort', onAbort);
      };
      this.pending.set(id, {
        resolve: value => {
          settle();
          resolve(value as Remote[Method]['result']);
        },
        reject: error => {
          settle();
          reject(error);
        },
        onProgress: onProgress as ((value: unknown) => void) | undefined,
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        this.post({ kind: 'call', id, method, params });
      } catch (error) {
        settle(); // what cannot be posted is never answered
        reject(error);
      }
    });
  }

  /** How many calls wait for an answer. */
  get pendingCount(): number {
    return this.pending.size;
  }

  dispose(reason: HeadlightError = new HeadlightError('disconnected', 'the channel was closed')): void {
    if (this.disposedWith) return;
    this.disposedWith = reason;
    this.stopListening();
    for (const call of [...this.pending.values()]) call.reject(reason);
    for (const controller of this.running.values()) controller.abort(new Cancelled());
    this.running.clear();
  }

  private post(message: Message): void {
    if (this.disposedWith) return;
    this.port.post(message);
  }

  private receive(raw: unknown): void {
    const message = raw as Message;
    switch (message?.kind) {
      case 'call':
        void this.answer(message.id, message.method, message.params);
        break;
      case 'cancel':
        this.running.get(message.id)?.abort(new Cancelled());
        break;
      case 'progress':
        this.pending.get(message.id)?.onProgress?.(message.value);
        break;
      case 'result':
        this.pending.get(message.id)?.resolve(message.value);
        break;
      case 'error':
        this.pending.get(message.id)?.reject(errorFromMessage(message.error));
        break;
      // Anything else is not ours: a webview also gets messages from the workbench.
    }
  }

  private async answer(id: number, method: string, params: unknown): Promise<void> {
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      const handler = Object.hasOwn(this.handlers, method) ? this.handlers[method as keyof Local] : undefined;
      if (!handler) throw new HeadlightError('internal', `no handler for method "${method}"`);
      const value = await handler(params as Local[keyof Local]['params'], {
        signal: controller.signal,
        report: progress => this.post({ kind: 'progress', id, value: progress }),
        drained: async () => this.port.drained?.(),
      });
      this.post({ kind: 'result', id, value });
    } catch (error) {
      this.post({ kind: 'error', id, error: errorToMessage(error) });
    } finally {
      this.running.delete(id);
    }
  }
}
