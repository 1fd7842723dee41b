// Prose of a Markdown document by offset. The parser's tree says where text is; nothing is ever printed from it. Runs anywhere.

import type { Html, Nodes, Paragraph, Parent, PhrasingContent, Root, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { htmlRuns } from './htmlRuns';
import { hasWord, lineBreakOf, skipSpaces, skipSpacesBack } from './lines';
import { type InlineRange, inlineRanges } from './markdownInline';
import { markdownWindows } from './markdownWindows';

/** GitHub's Markdown as a tree with offsets. */
export function parseMarkdown(text: string): Root {
  return fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
}

/** Lazy: parses some tens of kilobytes at a time. Front matter, code and definitions hold no prose. */
export function* markdownBlocks(text: string): Generator<ProseBlock> {
  const lineBreak = lineBreakOf(text);
  let codeEnd = 0;
  for (const { nodes, shift } of markdownWindows(text, parseMarkdown))
    for (const node of nodes) {
      const start = node.position!.start.offset! + shift;
      codeEnd = Math.max(codeEnd, codeEndFrom(text, [start, node.position!.end.offset! + shift]));
      if (start >= codeEnd) yield* new BlockReader(text, shift, lineBreak).blocksOf(node, 0);
    }
}

/** So long is what MDX has of JavaScript in one piece, at most. */
const longestModule = 20_000;
const moduleStart =
  /^(?:import\s+(?:[\w$*{][^'"\n]*\sfrom\s+)?['"]|export\s+(?:default|const|let|var|function|class|async|type|interface)\s|export\s+[{*])/;

/** Those of JavaScript, and its strings, in which others may stand. */
const braces = /[{}]|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;

/** A tag over several lines, the last of which Markdown takes for a quote. */
const elementStart =
  /^<[A-Za-z][\w.]*(?:\s+[\w:-]+(?:=(?:"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}))?|\s*\{\.{3}[^{}]*\})*\s*\/?>/;

/** Where the JavaScript of MDX ends that begins at a block; its beginning where it is none. Empty lines may stand in it. */
function codeEndFrom(text: string, [start, end]: CharacterRange): number {
  const element = text[start] === '<' ? elementStart.exec(text.slice(start, start + longestModule)) : undefined;
  if (element && start + element[0].length > end) return start + element[0].length;
  const isModule = moduleStart.test(text.slice(start, Math.min(end, start + 400)));
  if (!isModule && text[start] !== '{') return start;
  let depth = 0;
  for (const found of text.slice(start, start + longestModule).matchAll(braces)) {
    const at = start + found.index;
    if (isModule && depth <= 0 && at >= end) return end;
    if (found[0] === '{') depth++;
    else if (found[0] === '}') depth--;
    else continue;
    const isLast = depth === 0 && /^[;,)]*[ \t]*(?:[\r\n]|$)/.test(text.slice(at + 1, at + 20));
    if (isLast && (at >= end - 3 || !isModule)) return Math.max(end, at + 1);
    if (depth === 0 && !isModule) return start;
  }
  return isModule ? end : start;
}

/** A line that an extension of Markdown reads: admonitions, shortcodes, templates, MDX. */
const syntaxLine =
  /^(?::::|\[![A-Za-z]+\]|!!!\s|\?\?\?\+?\s|===\s+"|\{[%{:]|<!--|(?:import|export)\s.*(?:['"];?|\{)$|<\/?[A-Za-z][^>]*>$|\$\$|\[\[?_?TOC_?\]?\]$|@\[)/;

/** A title over the rest of its paragraph: nothing but strong text, as in an admonition. */
const titleLine = /^(\*\*|__)(?![\s*_])(?:(?!\1).)+\1:?$/;

/** Blocks of one window. */
class BlockReader {
  constructor(
    private readonly text: string,
    /** Offset in the document of offset 0 in the tree. */
    private readonly shift: number,
    private readonly lineBreak: string,
  ) {}

  *blocksOf(node: RootContent, quoteDepth: number): Generator<ProseBlock> {
    if (node.type === 'paragraph' && this.isElement(node)) yield* this.htmlBlocks(node, quoteDepth);
    else if (node.type === 'paragraph') yield* this.inlineBlocks('paragraph', node, quoteDepth);
    else if (node.type === 'heading') yield* this.inlineBlocks('heading', node, quoteDepth);
    else if (node.type === 'table') yield* this.cellsOf(node);
    else if (node.type === 'html') yield* this.htmlBlocks(node, quoteDepth);
    else if (
      node.type === 'blockquote' ||
      node.type === 'list' ||
      node.type === 'listItem' ||
      node.type === 'footnoteDefinition'
    )
      for (const child of node.children) yield* this.blocksOf(child, quoteDepth + (node.type === 'blockquote' ? 1 : 0));
  }

  private *cellsOf(table: Table): Generator<ProseBlock> {
    for (const row of table.children)
      for (const cell of row.children)
        for (const block of this.inlineBlocks('tableCell', cell, 0)) yield { ...block, forbidden: ['|'] };
  }

  /** One block, or one for each part between hard line breaks and lines of other syntax. */
  private *inlineBlocks(kind: string, node: Parent, quoteDepth: number): Generator<ProseBlock> {
    if (node.children.length === 0) return;
    const [start, end] = [this.rangeOf(node.children[0])[0], this.rangeOf(node.children[node.children.length - 1])[1]];
    const ranges = [...inlineRanges(this.text, node.children as PhrasingContent[], child => this.rangeOf(child))];
    if (isOnlyImage(node)) {
      yield* this.imageText(node.children[0]);
      return;
    }
    const isSetext = kind === 'heading' && this.text.slice(...this.rangeOf(node as Nodes)).includes('\n');
    yield* this.blocksOfLines(kind, this.linesOf(start, end, ranges, quoteDepth), ranges, isSetext);
  }

  /** A tag that HTML has not: one of MDX with braces. */
  private isElement(node: Paragraph): boolean {
    const [start, end] = this.rangeOf(node);
    return node.children[0]?.type === 'text' && /^<[A-Za-z][\w.]*\s[^>]*=\{/.test(this.text.slice(start, end));
  }

  /** The text between the tags of a piece of HTML. */
  private *htmlBlocks(node: Html | Paragraph, quoteDepth: number): Generator<ProseBlock> {
    for (const { range, protected: inside, isComment } of htmlRuns(this.text, this.rangeOf(node))) {
      if (isComment) continue;
      const ranges = inside.map((one): InlineRange => ({ range: one, isBreak: false }));
      const lines = this.linesOf(...range, ranges, quoteDepth);
      for (const block of this.blocksOfLines('html', lines, ranges, false)) yield { ...block, forbidden: ['<', '&'] };
    }
  }

  private *blocksOfLines(
    kind: string,
    all: Iterable<Line>,
    ranges: readonly InlineRange[],
    isSetext: boolean,
  ): Generator<ProseBlock> {
    let lines: Line[] = [];
    for (const line of all) {
      if (syntaxLine.test(this.text.slice(line.start, line.end))) {
        yield* this.blockOf(kind, lines, ranges, isSetext);
        lines = [];
        continue;
      }
      const definition = /^:[ \t]+(?=\S)/.exec(this.text.slice(line.start, line.end));
      if (definition && lines.length > 0) {
        yield* this.blockOf(kind, lines, ranges, isSetext);
        lines = [];
      }
      lines.push(definition ? { ...line, start: line.start + definition[0].length } : line);
      const isTitle = lines.length === 1 && !isSetext && titleLine.test(this.text.slice(line.start, line.end));
      if (line.breaksHard || isTitle) {
        yield* this.blockOf(kind, lines, ranges, isSetext);
        lines = [];
      }
    }
    yield* this.blockOf(kind, lines, ranges, isSetext);
  }

  private *blockOf(
    kind: string,
    lines: readonly Line[],
    all: readonly InlineRange[],
    isSetext: boolean,
  ): Generator<ProseBlock> {
    const ranges = all.filter(({ isBreak }) => !isBreak).map(({ range }) => range);
    if (!isSetext && isBrokenBySentences(this.text, lines)) {
      for (const line of lines) yield* this.blockOf(kind, [line], all, isSetext);
      return;
    }
    const pieces = lines.map(({ start, end }): CharacterRange => [start, end]);
    const inside = ranges.filter(([start, end]) => pieces.some(piece => piece[0] <= start && end <= piece[1]));
    const prose = pieces.map(([start, end]) => this.without(start, end, inside)).join(' ');
    if (!hasWord(prose)) return;
    const block = { kind, pieces, protected: inside };
    if (pieces.length === 1 || isSetext) {
      yield block;
      return;
    }
    const width = lines.reduce((longest, { lineStart, end }) => Math.max(longest, end - lineStart), 0);
    const { lineStart, start } = lines[1];
    yield { ...block, wrap: { width, continuation: this.lineBreak + this.text.slice(lineStart, start) } };
  }

  private without(start: number, end: number, ranges: readonly CharacterRange[]): string {
    let rest = '';
    let from = start;
    for (const range of ranges) {
      if (range[0] < start || range[1] > end) continue;
      rest += `${this.text.slice(from, range[0])} `;
      from = range[1];
    }
    return rest + this.text.slice(from, end);
  }

  /** Lines of inline content without the marks of the quotes and lists around it. A range over a line break holds its lines together. */
  private *linesOf(start: number, end: number, ranges: readonly InlineRange[], quoteDepth: number): Generator<Line> {
    const breaks = /\r\n|\n|\r/g;
    let lineStart = start;
    while (lineStart > 0 && this.text[lineStart - 1] !== '\n' && this.text[lineStart - 1] !== '\r') lineStart--;
    let from = start;
    breaks.lastIndex = from;
    let index = 0;
    for (;;) {
      const found = breaks.exec(this.text);
      const to = found && found.index < end ? found.index : end;
      for (; index < ranges.length && ranges[index].range[1] <= to; index++) {
        if (!ranges[index].isBreak) continue;
        const [breakStart, breakEnd] = ranges[index].range;
        const trimmed = skipSpacesBack(this.text, from, breakStart);
        if (from < trimmed) yield { lineStart, start: from, end: trimmed, breaksHard: true };
        from = skipSpaces(this.text, breakEnd, to);
      }
      const holder = ranges[index];
      if (found && to < end && holder && !holder.isBreak && holder.range[0] < to) continue;
      const breaksHard = holder?.isBreak === true && holder.range[0] <= to && to < holder.range[1];
      const contentEnd = breaksHard ? Math.min(to, holder.range[0]) : to;
      const trimmed = skipSpacesBack(this.text, from, contentEnd);
      if (from < trimmed) yield { lineStart, start: from, end: trimmed, breaksHard };
      if (!found || to === end) return;
      lineStart = to + found[0].length;
      from = this.afterContainers(lineStart, end, quoteDepth);
      breaks.lastIndex = Math.max(from, lineStart);
    }
  }

  private afterContainers(lineStart: number, end: number, quoteDepth: number): number {
    let at = skipSpaces(this.text, lineStart, end);
    for (let depth = 0; depth < quoteDepth && this.text[at] === '>'; depth++) at = skipSpaces(this.text, at + 1, end);
    return at;
  }

  /** The description of a picture that stands alone. Elsewhere it stays: badges, icons in a sentence. */
  private *imageText(node: Nodes): Generator<ProseBlock> {
    const [start, end] = this.rangeOf(node);
    const source = this.text.slice(start, end);
    const close = source.lastIndexOf('](');
    const alternative = source.slice(2, close);
    if (close === -1 || !/\p{L}{2,}\s+\p{L}/u.test(alternative) || /[[\]\n\r\\&]/.test(alternative)) return;
    yield { kind: 'imageText', pieces: [[start + 2, start + close]], protected: [], forbidden: ['[', ']', '\\'] };
  }

  private rangeOf(node: Nodes): CharacterRange {
    return [node.position!.start.offset! + this.shift, node.position!.end.offset! + this.shift];
  }
}

interface Line {
  readonly lineStart: number;
  readonly start: number;
  readonly end: number;
  /** A hard line break follows: two spaces, a backslash or `<br>`. */
  readonly breaksHard: boolean;
}

/** True for a paragraph with a line for each sentence: they end before the next word had no room. */
function isBrokenBySentences(text: string, lines: readonly Line[]): boolean {
  const width = lines.reduce((longest, { lineStart, end }) => Math.max(longest, end - lineStart), 0);
  const others = lines.slice(0, -1);
  return (
    others.every(({ start, end }) => /[.!?。！？]["'”’»)*_`]{0,4}$/.test(text.slice(Math.max(start, end - 6), end))) &&
    others.some(({ lineStart, end }, index) => {
      const next = lines[index + 1];
      const word = /^\S*/.exec(text.slice(next.start, Math.min(next.end, next.start + width)))![0];
      return end - lineStart + 1 + word.length <= width;
    })
  );
}

function isOnlyImage(node: Parent): node is Parent & { children: [Nodes] } {
  return node.children.length === 1 && node.children[0].type === 'image';
}
