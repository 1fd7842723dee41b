// Calls a function again when it fails.

export interface RetryOptions {
  /** The number of times the function is called before the error is returned to the caller. */
  attempts: number;
  /** The time in milliseconds to wait before the function is called again. */
  delayMs: number;
}

/**
 * Calls the function until it succeeds. If all attempts fail, the last error is thrown.
 */
export async function retry<Value>(action: () => Promise<Value>, options: RetryOptions): Promise<Value> {
  let lastError: unknown;
  for (let attempt = 0; attempt < options.attempts; attempt++) {
    try {
      return await action();
    } catch (error) {
      lastError = error; // the connection may be available again after a short time
    }
    await new Promise(resolve => setTimeout(resolve, options.delayMs));
  }
  throw lastError;
}
