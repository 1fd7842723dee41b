// Which words of the other text belong to the word at a place, through the segments of an output. Pure.

import { isUnavailable, type Unavailable, type Word, type WordAlignment } from '../model/attention/methods';
import { wordsOf } from '../model/attention/words';
import type { CharacterRange, RunResult, Segment } from '../model/types';
import type { AlignParams } from '../protocol/engine';
import type { PanelContent } from './panelOutput';

export type TextSide = 'source' | 'target';

/** A word of a segment by its tokens. */
export interface SegmentWord {
  readonly segmentIndex: number;
  readonly side: TextSide;
  readonly tokens: readonly number[];
}

/** A word and what it is linked to, in the two texts of a result. */
export interface AlignedWords extends SegmentWord {
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
    return index < 0 ? undefined : this.find(index, side, word => contains(word.range, offset));
  }

  /** The word that holds the first of the tokens and its links. Undefined: none does, or the model gives no alignment. */
  async of({ segmentIndex, side, tokens }: SegmentWord): Promise<AlignedWords | undefined> {
    return this.find(segmentIndex, side, word => word.tokens.includes(tokens[0]));
  }

  private async find(
    segmentIndex: number,
    side: TextSide,
    isMeant: (word: Word) => boolean,
  ): Promise<AlignedWords | undefined> {
    const alignment = await this.alignmentOf(segmentIndex);
    if (isUnavailable(alignment)) return undefined;
    const { sourceWords, targetWords, links } = alignment;
    const [words, others] = side === 'source' ? [sourceWords, targetWords] : [targetWords, sourceWords];
    const index = words.findIndex(isMeant);
    if (index < 0) return undefined;
    const own = side === 'source' ? 0 : 1;
    const linked = links.filter(link => link[own] === index).map(link => others[link[1 - own]].range);
    const { range: word, tokens } = words[index];
    return { segmentIndex, side, tokens, word, linked };
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
