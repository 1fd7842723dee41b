// One animation frame per draw: whatever asks for a redraw within a frame is drawn once, in a fixed order.

/** Parts in the order in which they are drawn. */
export class DrawLoop<Part extends string> {
  private readonly dirty = new Set<Part>();
  private frame: number | undefined;

  constructor(
    private readonly order: readonly Part[],
    private readonly draw: Readonly<Record<Part, () => void>>,
  ) {}

  request(...parts: Part[]): void {
    for (const part of parts) this.dirty.add(part);
    this.frame ??= requestAnimationFrame(() => this.run());
  }

  private run(): void {
    this.frame = undefined;
    for (const part of this.order) if (this.dirty.delete(part)) this.draw[part]();
  }
}
