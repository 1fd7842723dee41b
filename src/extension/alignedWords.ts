// Which words of the other text belong to the word at a place, through the segments of an output. Pure.

import { isUnavailable, type Unavailable, type WordAlignment } from '../model/attention/methods';
import { wordsOf } from '../model/attention/words';
import type { CharacterRange, RunResult, Segment } from '../model/types';
import type { AlignParams } from '../protocol/engine';
import type { PanelContent } from './panelOutput';

export type TextSide = 'source' | 'target';

/** A word and what it is linked to, in the two texts of a result. */
export interface AlignedWords {
  readonly word: CharacterRange;
  readonly linked: readonly CharacterRange[];
}

export type Aligner = (params: AlignParams) => Promise<WordAlignment | Unavailable>;

/** Computes each segment's alignment once, when a place in it is first asked for. */
export class SegmentAlignments {
  private readonly alignments = new Map<number, Promise<WordAlignment | Unavailable>>();

  constructor(
    private readonly content: PanelContent,
    private readonly align: Aligner,
  ) {}

  /** The word of `side` at `offset` and its links. Undefined: no word is there, or the model gives no alignment. */
  async at(side: TextSide, offset: number): Promise<AlignedWords | undefined> {
    const { result } = this.content;
    const index = result.segments.findIndex(segment => contains(segment[side], offset));
    if (index < 0) return undefined;
    const alignment = await this.alignmentOf(index);
    if (isUnavailable(alignment)) return undefined;
    const words = side === 'source' ? alignment.sourceWords : alignment.targetWords;
    const wordIndex = words.findIndex(({ range }) => contains(range, offset));
    if (wordIndex < 0) return undefined;
    const own = side === 'source' ? 0 : 1;
    const others = side === 'source' ? alignment.targetWords : alignment.sourceWords;
    const linked = alignment.links.filter(link => link[own] === wordIndex).map(link => others[link[1 - own]].range);
    return { word: words[wordIndex].range, linked };
  }

  private alignmentOf(index: number): Promise<WordAlignment | Unavailable> {
    let alignment = this.alignments.get(index);
    if (!alignment) {
      alignment = this.align(alignParams(this.content, this.content.result.segments[index]));
      this.alignments.set(index, alignment);
      alignment.catch(() => this.alignments.delete(index)); // the engine may have been restarted
    }
    return alignment;
  }
}

function alignParams({ result, target }: PanelContent, { sourceTokens, targetTokens }: Segment): AlignParams {
  return {
    ...target,
    sourceIds: sourceTokens.map(token => token.id),
    targetIds: targetTokens.map(token => token.id),
    sourceWords: wordsOf(readText(result), sourceTokens),
    targetWords: wordsOf(result.target, targetTokens),
    priority: 'hover',
  };
}

/** What the source ranges are in. */
function readText(result: RunResult): string {
  return result.pivot?.text ?? result.source;
}

/** A caret right behind a word still is at it. */
function contains([start, end]: CharacterRange, offset: number): boolean {
  return start <= offset && offset <= end;
}
