// The parent's side of the engine: forks the child process, watches that it answers, starts it again after a crash.
// Runs in the extension host and in the terminal program; knows nothing of either.

import { type ChildProcess, fork } from 'node:child_process';
import { HeadlightError, throwIfAborted } from '../model/errors';
import type { GrammarSource } from '../model/text/formats/grammarSource';
import { type CallOptions, Channel, type ProgressOf } from '../protocol/channel';
import type { EngineMethods, EngineParentMethods } from '../protocol/engine';
import { cacheFolder } from './cacheFolder';

/** `stopped`: no process; the next call starts one. `idle`: waits for work. `busy`: at least one call is open. */
export type EngineState = 'stopped' | 'idle' | 'busy';

export interface EngineLog {
  info(message: string): void;
  warn(message: string): void;
}

export interface EngineProcessOptions {
  /** Absolute path of the bundled engine. */
  readonly enginePath: string;
  readonly log: EngineLog;
  /** Ends the process, and with it every loaded model, after so long without a call. 0: never. Read anew at each call. */
  readonly idleTimeoutMs: () => number;
  /** Ends the process when it does not answer for so long during a call: a single graph run or load took too long. */
  readonly stepLimitMs: number;
  /** Variables for the process beside this one's own. Read anew at each start. */
  readonly environment?: () => NodeJS.ProcessEnv;
  readonly onStateChange?: (state: EngineState) => void;
}

type EngineChannel = Channel<EngineMethods, EngineParentMethods>;

interface Running {
  readonly child: ChildProcess;
  readonly channel: EngineChannel;
}

const pingIntervalMs = 1000;

export class EngineProcess {
  private running: Running | undefined;
  private openCalls = 0;
  private idleTimer: NodeJS.Timeout | undefined;
  private watchdog: NodeJS.Timeout | undefined;
  /** Counted in checks, not by the clock, which runs on while the machine sleeps or the host is blocked. */
  private unansweredMs = 0;
  private disposed = false;
  private lastState: EngineState = 'stopped';
  private grammars: readonly GrammarSource[] | undefined;

  constructor(private readonly options: EngineProcessOptions) {}

  get state(): EngineState {
    return this.lastState;
  }

  /** Process id of the running engine, for tests and the log; undefined when stopped. */
  get processId(): number | undefined {
    return this.running?.child.pid;
  }

  /**
   * Calls the engine, starting it when it does not run. Errors: those of the method; `engine-crashed` when the process
   * ended meanwhile, `engine-timeout` when one step passed the limit. After either the next call starts a new process.
   */
  async call<Method extends keyof EngineMethods>(
    method: Method,
    params: EngineMethods[Method]['params'],
    options: CallOptions<ProgressOf<EngineMethods, Method>> = {},
  ): Promise<EngineMethods[Method]['result']> {
    if (this.disposed) throw new HeadlightError('disconnected', 'the engine client was disposed');
    throwIfAborted(options.signal); // no process for a call that nobody waits for
    const { channel } = this.start();
    this.openCalls++;
    clearTimeout(this.idleTimer);
    this.watch();
    this.announce();
    try {
      return await channel.call(method, params, options);
    } finally {
      this.openCalls--;
      if (this.openCalls === 0) this.rest();
      this.announce();
    }
  }

  /** Grammars that go before the bundled ones, in this process and in each that takes its place. Starts none. */
  useGrammars(grammars: readonly GrammarSource[]): void {
    this.grammars = grammars;
    if (this.running) this.sendGrammars(this.running, grammars);
  }

  /** Ends the process; open calls end with `reason`. The next call starts a new one. */
  stop(reason: HeadlightError = new HeadlightError('disconnected', 'the engine was stopped')): void {
    const { running } = this;
    if (!running) return;
    this.running = undefined;
    clearTimeout(this.idleTimer);
    clearInterval(this.watchdog);
    this.watchdog = undefined;
    running.child.removeAllListeners();
    running.child.on('error', () => {}); // a kill that comes late has nobody to tell
    running.child.kill('SIGKILL'); // a graph run cannot be interrupted in any other way
    running.channel.dispose(reason);
    this.announce();
  }

  dispose(): void {
    this.disposed = true;
    this.stop();
  }

  private start(): Running {
    if (this.running) return this.running;
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      ...this.options.environment?.(),
      ELECTRON_RUN_AS_NODE: '1',
      HEADLIGHT_CACHE: cacheFolder(), // where that is, only this side decides
    };
    delete env.NODE_OPTIONS;
    // The host's own flags would kill the child (microsoft/vscode#154549), hence the empty execArgv.
    const child = fork(this.options.enginePath, [], {
      execArgv: [],
      env,
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const channel: EngineChannel = new Channel<EngineMethods, EngineParentMethods>(
      {
        post: message => {
          if (child.connected) child.send(message as object);
        },
        listen: onMessage => {
          child.on('message', onMessage);
          return () => child.off('message', onMessage);
        },
      },
      {},
    );
    const running = { child, channel };
    this.running = running;
    this.forwardOutput(child);
    child.once('error', error => {
      if (child.pid === undefined) return this.ended(running, null, null, error);
      // It cannot be sent anything, mostly because it is dead: its exit, which is not read yet, tells what it died of.
      child.on('error', () => {});
      child.kill('SIGKILL');
    });
    child.once('exit', (exitCode, signal) => this.ended(running, exitCode, signal));
    this.options.log.info(`engine process ${child.pid ?? '(not started)'} started`);
    if (this.grammars) this.sendGrammars(running, this.grammars);
    return running;
  }

  /** Messages arrive in order: no request is answered without them. */
  private sendGrammars({ channel }: Running, grammars: readonly GrammarSource[]): void {
    channel.call('useGrammars', { grammars }).catch(() => {}); // the process ended, and the next one gets them at its start
  }

  private ended(running: Running, exitCode: number | null, signal: string | null, cause?: unknown): void {
    if (this.running !== running) return;
    const how =
      cause instanceof Error
        ? `by an error: ${cause.message}`
        : signal
          ? `by signal ${signal}`
          : `with exit code ${exitCode}`;
    this.options.log.warn(`engine process ended ${how}`);
    this.stop(new HeadlightError('engine-crashed', `the engine process ended ${how}`, { exitCode, signal }, cause));
  }

  /** onnxruntime prints warnings on its own streams; they belong in the log, not in the terminal. */
  private forwardOutput(child: ChildProcess): void {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8');
      stream?.on('data', (text: string) => {
        for (const line of text.split('\n')) if (line.trim()) this.options.log.warn(`engine: ${line}`);
      });
    }
  }

  private watch(): void {
    if (this.watchdog) return;
    this.unansweredMs = 0;
    this.watchdog = setInterval(() => this.checkAnswer(), pingIntervalMs);
    this.watchdog.unref();
  }

  private checkAnswer(): void {
    const { running } = this;
    if (!running || this.openCalls === 0) return;
    if (this.unansweredMs > this.options.stepLimitMs) {
      const limitMs = this.options.stepLimitMs;
      this.options.log.warn(`engine did not answer for ${limitMs} ms; ending it`);
      this.stop(new HeadlightError('engine-timeout', `one step took longer than ${limitMs} ms`, { limitMs }));
      return;
    }
    this.unansweredMs += pingIntervalMs;
    running.channel.call('ping', undefined).then(
      () => {
        this.unansweredMs = 0;
      },
      () => {}, // the process ended: `ended` tells everybody
    );
  }

  private rest(): void {
    clearInterval(this.watchdog);
    this.watchdog = undefined;
    const idleTimeoutMs = this.options.idleTimeoutMs();
    if (!this.running || idleTimeoutMs <= 0) return;
    this.idleTimer = setTimeout(() => {
      this.options.log.info(`engine idle for ${idleTimeoutMs} ms; ending it`);
      this.stop();
    }, idleTimeoutMs);
    this.idleTimer.unref();
  }

  private announce(): void {
    const state: EngineState = !this.running ? 'stopped' : this.openCalls > 0 ? 'busy' : 'idle';
    if (state === this.lastState) return;
    this.lastState = state;
    this.options.onStateChange?.(state);
  }
}
