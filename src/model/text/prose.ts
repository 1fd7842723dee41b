// The prose of a block as a translator reads it: one line of text without layout and markup, and the way back. Pure.

import type { CharacterRange } from '../types';
import type { ProseBlock } from './document';
import { unescapeText } from './escapes';
import { isIdeograph } from './ideographs';
import { isMarkup, pairMarks, pictographs } from './markup';
import { findProtectedSpans } from './protectedSpans';

/** A part of the text that comes back as it is. */
export interface ProseSpan {
  /** In the text of the prose. */
  readonly range: CharacterRange;
  /** As it is written in the document; undefined when that is the text itself, escaped. */
  readonly raw: string | undefined;
  /** Never written by a translator that did not read it. */
  readonly strict: boolean;
}

/** Markup: it has a place between two characters of the text, and no text of its own. */
export interface ProseMark {
  /** Offset in the text of the prose. */
  readonly at: number;
  readonly raw: string;
  /** In the document. */
  readonly range: CharacterRange;
  /** Index of the mark that closes or opens with it; its own when it stands alone. */
  readonly partner: number;
}

/** Where two pieces meet: layout in the document, one space or nothing in the text. */
export interface ProseJoint {
  /** Offset in the text of the prose, of the space if there is one. */
  readonly at: number;
  /** What the text has for it. */
  readonly space: ' ' | '';
  /** What a line has for it on which both pieces stand. */
  readonly written: ' ' | '';
  /** In the document. */
  readonly range: CharacterRange;
}

export interface Prose {
  readonly block: ProseBlock;
  readonly text: string;
  /** In order. */
  readonly spans: readonly ProseSpan[];
  /** In document order. */
  readonly marks: readonly ProseMark[];
  readonly joints: readonly ProseJoint[];
  /** Ranges of the text that are texts of their own: the cells of a table, else the whole. */
  readonly parts: readonly CharacterRange[];
  /** The range in the document that a range of the text was read from, layout inside it included. */
  readonly documentRange: (range: CharacterRange) => CharacterRange;
}

/** `neverTranslate`: more terms that come back as they are. */
export function readProse(document: string, block: ProseBlock, neverTranslate?: RegExp): Prose {
  const reader = new ProseReader(document, block);
  reader.read();
  return reader.finish(neverTranslate);
}

/** What a word follows without a space, and what follows one so. */
const opening = /[\s([{«"'“‘¿¡]/;
const closing = /[\s.,;:!?…)\]}»"'”’]/;

class ProseReader {
  private text = '';
  /** Document range of each character of the text. */
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly spans: ProseSpan[] = [];
  private readonly marks: Omit<ProseMark, 'partner'>[] = [];
  private readonly joints: ProseJoint[] = [];
  /** In the document. */
  private pieceEnd = 0;

  constructor(
    private readonly document: string,
    private readonly block: ProseBlock,
  ) {}

  read(): void {
    const { pieces } = this.block;
    let nextProtected = 0;
    for (const [index, [start, end]] of pieces.entries()) {
      if (index > 0) this.joint([pieces[index - 1][1], start]);
      let position = start;
      this.pieceEnd = end;
      for (; nextProtected < this.block.protected.length; nextProtected++) {
        const [from, to] = this.block.protected[nextProtected];
        if (from >= end) break;
        this.plain(position, from);
        position = this.protect([from, to], this.block.protected[nextProtected + 1]?.[0]);
      }
      this.plain(position, end);
    }
  }

  finish(neverTranslate: RegExp | undefined): Prose {
    const { text, starts, ends, block } = this;
    const partners = pairMarks(
      this.marks.map(({ raw }) => raw),
      this.marks.map(({ at }) => at < text.length && !/\s/.test(text[at])),
    );
    const spans = [...this.spans];
    const parts = this.parts();
    for (const [from, to] of parts) {
      const part = text.slice(from, to);
      for (const { range, strict } of [...findProtectedSpans(part), ...termsOf(part, neverTranslate)]) {
        const moved: CharacterRange = [from + range[0], from + range[1]];
        if (this.isFree(moved, spans)) spans.push({ range: moved, raw: this.rawOf(moved), strict });
      }
    }
    spans.sort((left, right) => left.range[0] - right.range[0]);
    return {
      block,
      text,
      spans,
      marks: this.marks.map((mark, index) => ({ ...mark, partner: partners[index] })),
      joints: this.joints,
      parts,
      documentRange: ([start, end]) =>
        start < end
          ? [starts[start], ends[end - 1]]
          : [starts[start] ?? ends.at(-1) ?? 0, starts[start] ?? ends.at(-1) ?? 0],
    };
  }

  private parts(): CharacterRange[] {
    const { text, joints } = this;
    const cellStarts = new Set(this.block.table?.rows.flat().map(({ lines }) => lines[0][0]));
    const parts: CharacterRange[] = [];
    let from = 0;
    for (const { at } of joints.filter(joint => cellStarts.has(joint.range[1]))) {
      parts.push([from, at]);
      from = at;
    }
    return [...parts, [from, text.length]];
  }

  private joint(range: CharacterRange): void {
    // Chinese and Japanese have no space between words, nor at a line break; a word that was parted there has none either.
    const before = this.text.at(-1) ?? ' ';
    const after = this.document[range[1]] ?? ' ';
    const isParted = this.document[range[0]] === '\u2010';
    const written = isParted || (isIdeograph(before) && isIdeograph(after)) ? '' : ' ';
    const space = /\s/.test(before) ? '' : written;
    this.joints.push({ at: this.text.length, space, written, range });
    if (space !== '') this.append(space, range[0], range[1]);
  }

  /** `isProtected`: pictographs in it are characters as others are. */
  private plain(start: number, end: number, isProtected = false): void {
    if (start >= end) return;
    for (const { text, length } of unescapeText(this.block.escape, this.document.slice(start, end))) {
      if (text.length === length) {
        this.words([start, start + length], isProtected);
        start += length;
        continue;
      }
      // An escape sequence is one character in the text, or a few, and more in the document.
      for (const [, unit] of units(text)) this.append(unit, start, start + length);
      start += length;
    }
  }

  /** Text that is written as it is read. Pictographs in it are markup: no model that never saw one can be trusted with it. */
  private words([start, end]: CharacterRange, isProtected: boolean): void {
    const text = this.document.slice(start, end);
    let done = 0;
    const append = (limit: number) => {
      for (; done < limit; done++) this.append(text[done], start + done, start + done + 1);
    };
    const found = isProtected ? [] : [...text.matchAll(pictographs)];
    const spans = found.length > 0 ? findProtectedSpans(text) : [];
    for (const { 0: run, index } of found) {
      if (spans.some(({ range }) => range[0] < index + run.length && index < range[1])) continue;
      append(index - 1);
      const before = index > done ? text[done] : (this.text.at(-1) ?? ' ');
      const after = text[index + run.length] ?? (end === this.pieceEnd ? '\n' : '');
      const isFirst = opening.test(before);
      // Without it two words would be one.
      if (!isFirst && !closing.test(after) && !isIdeograph(before) && !isIdeograph(after)) continue;
      // Of two spaces one stays, and none before a full stop.
      const to = index + run.length + (isFirst && after === ' ' ? 1 : 0);
      const from = before === ' ' && after !== ' ' && closing.test(after) ? Math.min(index, done) : index;
      append(from);
      // Alone on its line it has the space of the line before, and none behind it.
      const isAlone = from === index && before === ' ' && after === '\n' && this.joints.length > 0;
      const raw = text.slice(from, to) + (isAlone ? ' ' : '');
      this.marks.push({ at: this.text.length, raw, range: [start + from, start + to] });
      done = to;
    }
    append(text.length);
  }

  private append(unit: string, start: number, end: number): void {
    this.text += unit;
    this.starts.push(start);
    this.ends.push(end);
  }

  /** Gives where it ends: markup between two spaces takes one along, so that the words around it have one between them. */
  private protect([from, to]: CharacterRange, next: number | undefined): number {
    const raw = this.document.slice(from, to);
    if (isMarkup(raw)) {
      const isBetween = /\s$/.test(this.text) && this.document[to] === ' ' && to + 1 < this.pieceEnd && to !== next;
      const end = isBetween && !raw.startsWith('</') ? to + 1 : to;
      this.marks.push({ at: this.text.length, raw: this.document.slice(from, end), range: [from, end] });
      return end;
    }
    const start = this.text.length;
    this.plain(from, to, true);
    this.spans.push({ range: [start, this.text.length], raw, strict: true });
    return to;
  }

  /** No other span overlaps it and no mark stands inside it. */
  private isFree([start, end]: CharacterRange, spans: readonly ProseSpan[]): boolean {
    return (
      !spans.some(({ range }) => range[0] < end && start < range[1]) &&
      !this.marks.some(({ at }) => start < at && at < end)
    );
  }

  /** The bytes of the document, where they are in one piece. */
  private rawOf([start, end]: CharacterRange): string | undefined {
    const crosses = this.joints.some(({ at }) => start <= at && at < end);
    return crosses ? undefined : this.document.slice(this.starts[start], this.ends[end - 1]);
  }
}

function* units(text: string): Generator<readonly [index: number, unit: string]> {
  for (let index = 0; index < text.length; index++) yield [index, text[index]];
}

function termsOf(text: string, terms: RegExp | undefined): { range: CharacterRange; strict: boolean }[] {
  if (!terms) return [];
  return [...text.matchAll(terms)].map(found => ({
    range: [found.index, found.index + found[0].length],
    strict: false,
  }));
}
