// The engine's side of its parser thread: starts it, asks for blocks as they are wanted, ends it when it does not come back.
// Runs in the engine process.

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { Channel } from '../../protocol/channel';
import { HeadlightError, throwIfAborted, toHeadlightError } from '../errors';
import type { ProseBlock } from '../text/document';
import type { GrammarSource } from '../text/formats/grammarSource';
import type { DocumentKind, ParserMethods, ParserThreadData } from './parserMethods';

/** Of the thread's heap: what a grammar makes of a line is gone with the next one. By default it grows to 48 MB. */
const maxYoungGenerationSizeMb = 8;
/** A block that nobody waits for any more may take so long, before the thread is ended with it. */
const closeLimitMs = 500;

interface Running {
  readonly worker: Worker;
  readonly channel: Channel<ParserMethods, Record<never, never>>;
}

/** One thread, started with the first document. It can be ended at any moment: it never loads onnxruntime. */
export class ParserThread {
  private running: Running | undefined;
  private installed: readonly GrammarSource[] = [];
  private nextId = 1;
  private openCount = 0;

  /** @param workerPath The bundled thread; grammars and `onig.wasm` are beside it. */
  constructor(private readonly workerPath: string) {}

  /** Grammars that go before the bundled ones, from now on. */
  useGrammars(installed: readonly GrammarSource[]): void {
    if (JSON.stringify(installed) === JSON.stringify(this.installed)) return;
    this.installed = installed;
    this.restart();
  }

  /**
   * The blocks of a document in order. A part may be empty. Giving up the generator closes the document. Errors: `grammar-missing`,
   * those of the parsers, the abort reason.
   */
  async *blocks(text: string, kind: DocumentKind, signal?: AbortSignal): AsyncGenerator<readonly ProseBlock[]> {
    let given = 0;
    for (;;) {
      throwIfAborted(signal);
      const running = this.start();
      const id = this.nextId++;
      this.hold(running, 1);
      try {
        await running.channel.call('open', { id, text, kind, skip: given }, { signal });
        for (;;) {
          const { blocks, isLast } = await running.channel.call('next', { id }, { signal });
          given += blocks.length;
          yield blocks;
          if (isLast) return;
        }
      } catch (error) {
        // The thread was ended because of another document: this one goes on in the next thread, from where it was.
        if (toHeadlightError(error).code !== 'superseded' || signal?.aborted) throw error;
      } finally {
        this.hold(running, -1);
        this.close(running, id);
      }
    }
  }

  dispose(): void {
    this.end(new HeadlightError('disconnected', 'the parser thread was stopped'));
  }

  /** A thread that is busy with a document that nobody reads any more is ended. */
  private close(running: Running, id: number): void {
    if (this.running !== running) return;
    const timer = setTimeout(() => {
      if (this.running === running) this.restart();
    }, closeLimitMs);
    timer.unref();
    running.channel.call('close', { id }).then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
  }

  private restart(): void {
    this.end(new HeadlightError('superseded', 'the parser thread was started anew'));
  }

  private end(reason: HeadlightError): void {
    const { running } = this;
    this.running = undefined;
    this.openCount = 0;
    running?.channel.dispose(reason);
    running?.worker.removeAllListeners();
    void running?.worker.terminate();
  }

  /** The thread keeps the process alive while somebody waits for it, not longer. */
  private hold(running: Running, change: 1 | -1): void {
    if (this.running !== running) return;
    this.openCount += change;
    if (this.openCount > 0) running.worker.ref();
    else running.worker.unref();
  }

  private start(): Running {
    if (this.running) return this.running;
    const data: ParserThreadData = { folder: path.dirname(this.workerPath), installed: this.installed };
    const worker = new Worker(this.workerPath, { workerData: data, resourceLimits: { maxYoungGenerationSizeMb } });
    const channel: Running['channel'] = new Channel(
      {
        post: message => worker.postMessage(message),
        listen: onMessage => {
          worker.on('message', onMessage);
          return () => worker.off('message', onMessage);
        },
      },
      {},
    );
    const running: Running = { worker, channel };
    this.running = running;
    worker.on('error', error => {
      if (this.running === running) this.end(toHeadlightError(error));
    });
    return running;
  }
}
