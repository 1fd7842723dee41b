// A document of which some blocks are replaced already, in any order. Pure.

import type { CharacterRange } from '../model/types';

interface Patch {
  readonly source: CharacterRange;
  readonly target: string;
}

export class PatchedText {
  /** In source order. */
  private readonly patches: Patch[] = [];
  private composed: string | undefined;

  constructor(private readonly source: string) {}

  /** The source with every replaced block in its place. */
  get text(): string {
    this.composed ??= this.compose();
    return this.composed;
  }

  /** `source`: overlaps no other block that was replaced before; the same one is replaced again. */
  replace(source: CharacterRange, target: string): void {
    let low = 0;
    let high = this.patches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.patches[middle].source[0] < source[0]) low = middle + 1;
      else high = middle;
    }
    const isKnown = this.patches[low]?.source[0] === source[0];
    this.patches.splice(low, isKnown ? 1 : 0, { source, target });
    this.composed = undefined;
  }

  private compose(): string {
    const parts: string[] = [];
    let done = 0;
    for (const { source, target } of this.patches) {
      parts.push(this.source.slice(done, source[0]), target);
      done = source[1];
    }
    parts.push(this.source.slice(done));
    return parts.join('');
  }
}
