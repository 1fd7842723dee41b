// One animation frame per draw: whatever asks for a redraw within a frame is drawn once, in a fixed order.

/** Parts in the order in which they are drawn. */
export class DrawLoop<Part extends string> {
  private readonly dirty = new Set<Part>();
  private frame: number | undefined;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly order: readonly Part[],
    private readonly draw: Readonly<Record<Part, () => void>>,
  ) {}

  request(...parts: Part[]): void {
    for (const part of parts) this.dirty.add(part);
    this.frame ??= requestAnimationFrame(() => this.run());
  }

  /** Resolves when what was asked for until now is on the screen. */
  drawn(): Promise<void> {
    this.request();
    return new Promise(resolve => this.waiting.push(resolve));
  }

  private run(): void {
    this.frame = undefined;
    for (const part of this.order) if (this.dirty.delete(part)) this.draw[part]();
    const { waiting } = this;
    this.waiting = [];
    // A frame's layout and paint come after its callbacks, and before the next task.
    setTimeout(() => {
      for (const resolve of waiting) resolve();
    });
  }
}
