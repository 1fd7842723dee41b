// A block of a document on its way: its prose, its sentences, and what became of each. Pure.

import type { CharacterRange, Segment } from '../types';
import type { ProseBlock } from './document';
import type { Glossary } from './glossary';
import { type Prose, readProse } from './prose';
import { type ProseSentence, proseSentences } from './proseSentences';
import type { SentenceTranslation } from './sentenceTranslator';
import {
  blockRange,
  fitsTable,
  type SentenceOutput,
  type WrittenSentence,
  writeBeginning,
  writeProse,
} from './writeProse';

export class DocumentBlock {
  readonly prose: Prose;
  readonly sentences: readonly ProseSentence[];
  /** In the document. */
  readonly range: CharacterRange;
  private readonly translations: (SentenceTranslation | undefined)[];
  private openCount: number;

  constructor(
    private readonly document: string,
    readonly block: ProseBlock,
    glossary?: Glossary,
    fits?: (text: string) => boolean,
  ) {
    this.prose = readProse(document, block, glossary?.neverTranslate);
    this.sentences = [...proseSentences(this.prose, glossary?.find(this.prose.text), fits)];
    this.range = blockRange(this.prose);
    this.translations = this.sentences.map(() => undefined);
    this.openCount = this.sentences.length;
  }

  get isFinished(): boolean {
    return this.openCount === 0;
  }

  /** True when the output is the translations with the document's characters between, so that it can be shown as it comes. */
  get isDirect(): boolean {
    const { escape: kind, forbidden, into, table, wrap } = this.block;
    return this.prose.joints.length === 0 && [kind, forbidden, into, table, wrap].every(rule => rule === undefined);
  }

  /** True when lines are filled one after the other, so that what is written grows with its sentences. */
  private get growsBySentence(): boolean {
    const { wrap, into } = this.block;
    return wrap !== undefined && into === undefined;
  }

  /**
   * The beginning of the text in place of `range` that nothing to come changes; empty where that cannot be told. `certain`: what is
   * certain of the translation of the first sentence that has none yet.
   */
  beginning(certain: string): string {
    if (!this.growsBySentence) return '';
    const next = this.translations.indexOf(undefined);
    const outputs = this.sentences.slice(0, next).map((sentence, index) => ({
      sentence,
      parts: this.translations[index]!.parts,
    }));
    // Without a changed sentence the lines stay as they are.
    const isChanged = outputs.some(({ parts }) => parts !== undefined);
    // A sentence that would break what it stands in is dropped when it is whole; one that may come back unchanged keeps its escapes.
    if (certain !== '' && this.block.forbidden === undefined) {
      const mayStay = this.sentences[next].text.startsWith(certain);
      if (!mayStay || (isChanged && this.block.escape === undefined)) {
        outputs.push({ sentence: this.sentences[next], parts: [{ text: certain, raw: undefined }] });
        return writeBeginning(this.document, this.prose, outputs);
      }
    }
    return isChanged ? writeBeginning(this.document, this.prose, outputs) : '';
  }

  translationOf(index: number): SentenceTranslation | undefined {
    return this.translations[index];
  }

  /** One that would break what the sentence stands in is left; with the last one it is known whether a drawing has room for all. */
  settle(index: number, translation: SentenceTranslation): void {
    this.translations[index] = this.isForbidden(index, translation) ? leftOf(translation) : translation;
    this.openCount--;
    if (!this.isFinished || fitsTable(this.document, this.prose, this.outputs())) return;
    for (const [other, settled] of this.translations.entries()) this.translations[other] = leftOf(settled!);
  }

  private isForbidden(index: number, { parts }: SentenceTranslation): boolean {
    const { forbidden } = this.block;
    if (!forbidden || !parts) return false;
    const target = parts.map(({ text, raw }) => raw ?? text).join('');
    const source = this.document.slice(...this.sentences[index].source);
    return forbidden.some(mark => countOf(target, mark) > countOf(source, mark));
  }

  /** The text in place of `range`, and a segment for each sentence that has a translation; `targetStart`: where the text goes. */
  write(targetStart: number): { readonly text: string; readonly segments: readonly Segment[] } {
    const written = writeProse(this.document, this.prose, this.outputs());
    return {
      text: written.text,
      segments: this.sentences.map((_, index) => this.segment(index, written.sentences[index], targetStart)),
    };
  }

  private outputs(): SentenceOutput[] {
    return this.sentences.map((sentence, index) => ({ sentence, parts: this.translations[index]?.parts }));
  }

  /** The segment of a settled sentence, written as `written` says from `targetStart` on. */
  segment(index: number, written: WrittenSentence, targetStart: number): Segment {
    const sentence = this.sentences[index];
    const { trace, moved, fate, outcome } = this.translations[index]!;
    const inDocument = ([start, end]: CharacterRange): CharacterRange =>
      start === end
        ? [this.documentOffset(sentence.range[0] + start), this.documentOffset(sentence.range[0] + start)]
        : this.prose.documentRange([sentence.range[0] + start, sentence.range[0] + end]);
    const place = (offset: number) => targetStart + written.moved(moved(offset));
    const isShown = fate === 'translated';
    return {
      source: sentence.source,
      target: [targetStart + written.target[0], targetStart + written.target[1]],
      sourceTokens: (trace?.sourceTokens ?? []).map(token => ({ ...token, range: inDocument(token.range) })),
      targetTokens: (isShown ? (trace?.targetTokens ?? []) : []).map(token => ({
        ...token,
        range: [place(token.range[0]), Math.max(place(token.range[0]), place(token.range[1]))],
      })),
      logProbabilities: isShown ? (trace?.logProbabilities ?? []) : [],
      score: trace?.score ?? 0,
      truncated: trace?.truncated ?? false,
      ...(isShown && trace?.details),
      block: this.block.kind,
      fate,
      spans: outcome,
    };
  }

  private documentOffset(offset: number): number {
    if (offset < this.prose.text.length) return this.prose.documentRange([offset, offset + 1])[0];
    return this.prose.documentRange([offset - 1, offset])[1];
  }
}

function leftOf(translation: SentenceTranslation): SentenceTranslation {
  return { ...translation, fate: 'left', parts: undefined, outcome: undefined };
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}
