// A notification with a Cancel button for work that turns out to be long; work that is quick shows nothing.

import * as vscode from 'vscode';
import { Cancelled } from '../model/errors';

export interface WorkContext {
  /** Aborted by the Cancel button or by the signal that was handed in. */
  readonly signal: AbortSignal;
  /** `fraction`: 0 to 1. */
  readonly report: (fraction: number) => void;
}

export interface LongProgressOptions {
  readonly title: string;
  /** Work that ends sooner shows no notification. */
  readonly delayMs: number;
  readonly signal?: AbortSignal;
}

export async function withLongProgress<Result>(
  { title, delayMs, signal }: LongProgressOptions,
  work: (context: WorkContext) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let done = 0;
  let shown = 0;
  let notification: vscode.Progress<{ increment: number }> | undefined;
  const show = () => {
    notification?.report({ increment: (done - shown) * 100 });
    if (notification) shown = done;
  };
  const running = work({
    signal: signal ? AbortSignal.any([signal, controller.signal]) : controller.signal,
    report: fraction => {
      done = fraction;
      show();
    },
  });
  const timer = setTimeout(() => {
    const location = vscode.ProgressLocation.Notification;
    vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
      notification = progress;
      show();
      token.onCancellationRequested(() => controller.abort(new Cancelled()));
      return running.then(
        () => {},
        () => {}, // the caller of `withLongProgress` gets the error
      );
    });
  }, delayMs);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}
