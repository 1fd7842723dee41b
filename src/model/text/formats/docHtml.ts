// HTML and XML in comments: cuts lines at the tags that end a text, so that cells, items and paragraphs are texts of their own,
// and leaves out what is preformatted. Runs anywhere; knows lines without their markers.

import { skipSpaces, skipSpacesBack } from './lines';
import type { TextLine } from './tables';

/** A line of a comment, or a part of one between two tags that end a text. */
export interface DocLine extends TextLine {
  /** Where its line begins; of a part that another stands before, where it begins itself. */
  readonly outerStart: number;
  /** Such a tag stands before it. */
  readonly isTagged: boolean;
  /** Such a tag stands behind it. */
  readonly isClosed: boolean;
}

/** HTML, then C# and Visual Basic. */
const blockElements = new Set(
  `p li ul ol dl dt dd table caption thead tbody tfoot tr td th colgroup col h1 h2 h3 h4 h5 h6 div blockquote br hr section article
  center figure figcaption details summary
  param returns value remarks para exception permission example list listheader item term description typeparam include`.split(
    /\s+/,
  ),
);
/** Names that stand in prose as placeholders, too: they count where an end tag is in the comment. */
const pairedElements = new Set('summary details value example list item term description include'.split(' '));
/** At the beginning of a line they begin a text, whatever word follows. */
const openers = /^(?:p|li|d[td]|t[dhr]|br|div|h[1-6]|blockquote|para|item|summary|remarks|returns|value)$/;

const tagPattern = /<(\/?)([a-z][a-z\d]*)\b([^<>]*)>|\{@(?:snippet\b|(?:code|literal)$)/gi;

/** The lines, and of those with such tags the parts between them; none of what is preformatted. */
export function docLines(text: string, lines: readonly TextLine[]): DocLine[] {
  const cutter = new LineCutter(text, lines);
  return lines.flatMap(line => [...cutter.partsOf(line)]);
}

interface Tag {
  readonly start: number;
  readonly end: number;
  /** In small letters; empty for `{@code` and its like. */
  readonly name: string;
  readonly isClosing: boolean;
  readonly hasAttributes: boolean;
}

class LineCutter {
  private readonly end: number;
  /** Elements with an end tag. */
  private readonly closed: ReadonlySet<string>;
  private isTagged = false;
  /** Where the preformatted text ends that was read last. */
  private rawEnd = 0;

  constructor(
    private readonly text: string,
    lines: readonly TextLine[],
  ) {
    this.end = lines[lines.length - 1].end;
    const whole = text.slice(lines[0].start, this.end);
    this.closed = new Set([...whole.matchAll(/<\/([a-z][a-z\d]*)\s*>/gi)].map(([, name]) => name.toLowerCase()));
  }

  *partsOf(line: TextLine): Generator<DocLine> {
    if (line.start === line.end) {
      if (line.start >= this.rawEnd) yield { ...line, outerStart: line.start, isTagged: false, isClosed: false };
      return;
    }
    let from = Math.max(line.start, this.rawEnd);
    let isFirst = true;
    const partTo = (to: number, isClosed: boolean): DocLine[] => {
      const start = skipSpaces(this.text, from, to);
      const end = skipSpacesBack(this.text, start, to);
      const { isTagged } = this;
      this.isTagged = isClosed || (isTagged && start === end);
      if (start === end) return [];
      const outerStart = isFirst ? line.start : start;
      isFirst = false;
      return [{ lineStart: line.lineStart, start, end, outerStart, isTagged, isClosed }];
    };
    for (const tag of this.tagsIn(line)) {
      if (tag.start < from) continue;
      const rawEnd = this.rawEndOf(tag, line);
      if (rawEnd === undefined && !this.endsText(tag, from, line)) continue;
      yield* partTo(tag.start, true);
      if (rawEnd !== undefined) this.rawEnd = rawEnd;
      from = rawEnd ?? tag.end;
    }
    if (from < line.end) yield* partTo(line.end, false);
  }

  private *tagsIn({ start: lineStart, end }: TextLine): Generator<Tag> {
    for (const { index, 0: whole, 1: slash, 2: name, 3: attributes } of this.text
      .slice(lineStart, end)
      .matchAll(tagPattern)) {
      const start = lineStart + index;
      const hasAttributes = /\w/.test(attributes ?? '');
      yield {
        start,
        end: start + whole.length,
        name: name?.toLowerCase() ?? '',
        isClosing: slash === '/',
        hasAttributes,
      };
    }
  }

  /** Where it ends, when the tag begins something preformatted. */
  private rawEndOf({ start, end, name, isClosing, hasAttributes }: Tag, line: TextLine): number | undefined {
    if (isClosing) return undefined;
    if (name === '') return this.balancedEnd(start);
    const isCode = name === 'code' || name === 'source' || (name === 'example' && hasAttributes);
    if (name !== 'pre' && !isCode) return undefined;
    const closing = new RegExp(`</${name}\\s*>`, 'i').exec(this.text.slice(end, this.end));
    const rawEnd = closing ? end + closing.index + closing[0].length : undefined;
    if (name === 'pre') return rawEnd ?? (start === line.start ? this.end : undefined);
    return start === line.start && rawEnd !== undefined && rawEnd > line.end ? rawEnd : undefined;
  }

  private balancedEnd(from: number): number {
    let depth = 0;
    for (let at = from; at < this.end; at++) {
      if (this.text[at] === '{') depth++;
      else if (this.text[at] === '}' && --depth === 0) return at + 1;
    }
    return this.end;
  }

  /** False for a tag that a text only mentions: `a <p> element`. `from`: where the text before it begins. */
  private endsText({ start, end, name, isClosing }: Tag, from: number, line: TextLine): boolean {
    if (!blockElements.has(name) || (pairedElements.has(name) && !this.closed.has(name))) return false;
    const before = this.text.slice(from, start);
    if (/['"“‘(]$/.test(before) || this.text.slice(line.start, start).split('`').length % 2 === 0) return false;
    const after = this.text.slice(end, line.end);
    if (before.trim() === '')
      return isClosing || from > line.start || openers.test(name) || !/^[ \t]+\p{Ll}/u.test(after);
    if (isClosing) return !/\s$/.test(before);
    if (after.trim() === '') return name === 'br' || !/\s$/.test(before) || /[.:!?]\s*$/.test(before);
    return /^[\p{L}\p{N}{<`("“'*_@&\\[]/u.test(after);
  }
}
