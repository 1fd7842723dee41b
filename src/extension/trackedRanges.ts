// Follows ranges of a text while the text around them is edited. Pure.

import type { CharacterRange } from '../model/types';

/** One edit: `deletedLength` characters from `offset` on were replaced by `insertedLength` characters. */
export interface TextChange {
  readonly offset: number;
  readonly deletedLength: number;
  readonly insertedLength: number;
}

/** Ranges that move with their text. Once a change touches the inside of one, all are lost: they no longer name one text. */
export class TrackedRanges {
  private ranges: readonly CharacterRange[] | undefined;

  /** `ranges` do not overlap. */
  constructor(ranges: readonly CharacterRange[]) {
    this.ranges = ranges;
  }

  /** Where the ranges are now, in the order they were given; undefined when the text inside one was changed. */
  get current(): readonly CharacterRange[] | undefined {
    return this.ranges;
  }

  /** Changes of one event; offsets of all of them refer to the text before the event, as VS Code reports them. */
  apply(changes: readonly TextChange[]): void {
    // From the end of the text to its start, so that no change moves the offset of one not yet applied.
    for (const change of [...changes].sort((a, b) => b.offset - a.offset)) this.applyOne(change);
  }

  private applyOne({ offset, deletedLength, insertedLength }: TextChange): void {
    const changeEnd = offset + deletedLength;
    const moved: CharacterRange[] = [];
    for (const [start, end] of this.ranges ?? []) {
      if (changeEnd <= start) {
        const distance = insertedLength - deletedLength;
        moved.push([start + distance, end + distance]);
      } else if (offset >= end) {
        moved.push([start, end]);
      } else {
        this.ranges = undefined;
        return;
      }
    }
    if (this.ranges) this.ranges = moved;
  }
}
