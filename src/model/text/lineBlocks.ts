// A text of which nothing is known: each line is a block, without its list and comment marks. Pure.

import type { ProseBlock } from './document';
import { lineBodies } from './sentences';

/** Lazy. */
export function* lineBlocks(text: string): Generator<ProseBlock> {
  for (const range of lineBodies(text)) yield { kind: 'line', pieces: [range], protected: [] };
}
