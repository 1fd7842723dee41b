// What the panel has pulled, kept while there is room. Pure: no DOM.

export class ByteCache<Value> {
  private readonly entries = new Map<string, { readonly value: Value; readonly sizeBytes: number }>(); // in order of use
  private sizeBytes = 0;

  /** Forgets what was not used for longest when `budgetBytes` is passed; the newest always stays. */
  constructor(private readonly budgetBytes: number) {}

  get(key: string): Value | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: Value, sizeBytes: number): void {
    this.delete(key);
    this.entries.set(key, { value, sizeBytes });
    this.sizeBytes += sizeBytes;
    for (const oldest of this.entries.keys()) {
      if (this.sizeBytes <= this.budgetBytes || oldest === key) break;
      this.delete(oldest);
    }
  }

  clear(): void {
    this.entries.clear();
    this.sizeBytes = 0;
  }

  private delete(key: string): void {
    this.sizeBytes -= this.entries.get(key)?.sizeBytes ?? 0;
    this.entries.delete(key);
  }
}
