// When a growing document is shown again: often enough to read along, seldom enough to stay cheap. Pure apart from timers.

const shortestIntervalMs = 100;
const charactersPerMs = 400;

/**
 * Milliseconds between two refreshes of a text of `length` characters. Each refresh costs VS Code work in proportion to the
 * length, so the interval grows with it: the share of time spent on refreshing stays the same however long the text gets.
 */
export function refreshIntervalMs(length: number): number {
  return Math.max(shortestIntervalMs, length / charactersPerMs);
}

/** Calls `refresh` at most once per interval, and never loses the last request. */
export class RefreshTimer {
  private timer: NodeJS.Timeout | undefined;
  private lastRefreshAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly refresh: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** `length`: of the text as it is now. */
  request(length: number): void {
    if (this.timer) return;
    const wait = Math.max(0, this.lastRefreshAt + refreshIntervalMs(length) - this.now());
    this.timer = setTimeout(() => this.flush(), wait);
  }

  /** Refreshes at once. */
  flush(): void {
    this.dispose();
    this.lastRefreshAt = this.now();
    this.refresh();
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
