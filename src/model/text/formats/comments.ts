// Comments and docstrings of a source file, found by its TextMate grammar. Runs anywhere; the grammar comes from outside.

import type { IGrammar, IToken, StateStack } from 'vscode-textmate';
import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { lineBreakOf, linesOf, skipSpaces, skipSpacesBack } from './lines';
import { type CommentLine, type ProseStyle, proseOfLines } from './proseLines';
import { closedLine } from './tables';

/** A longer line is never tokenized: minified code and data, on which a grammar takes seconds. */
const maxLineLength = 20_000;
/**
 * A line that takes the grammar longer than this is left alone. Far more than a line needs: the first ones compile the patterns, and
 * what a machine has to do besides must not decide what a comment is.
 */
const lineLimitMs = 5000;

/** Blocks begin with one of these and end with its counterpart. `star`: later lines may begin with `*`. */
const blockForms: readonly {
  readonly open: RegExp;
  readonly close: RegExp;
  readonly forbidden: readonly string[];
  readonly star?: boolean;
  /** Begins as a comment line may: only where the grammar says that it is a block. */
  readonly scoped?: boolean;
  /** Of strings: docstrings only. */
  readonly quotes?: boolean;
}[] = [
  { open: /^\/\*+[!<]*/, close: /\**\*\/$/, forbidden: ['*/', '/*'], star: true },
  { open: /^\/\++/, close: /\++\/$/, forbidden: ['+/', '/+'] },
  { open: /^<!--+/, close: /--+>$/, forbidden: ['--', '>'] },
  { open: /^\(\*+/, close: /\*+\)$/, forbidden: ['*)', '(*'], star: true },
  { open: /^\{-+[|^]?/, close: /-+\}$/, forbidden: ['-}', '{-'] },
  { open: /^--\[=*\[/, close: /(?:--)?\]=*\]$/, forbidden: [']]', ']='] },
  { open: /^<#/, close: /#>$/, forbidden: ['#>', '<#'] },
  { open: /^#\|/, close: /\|#$/, forbidden: ['|#', '#|'], scoped: true },
  { open: /^#=+/, close: /=+#$/, forbidden: ['=#', '#='], scoped: true },
  { open: /^#\[/, close: /\]#$/, forbidden: [']#', '#['], scoped: true },
  { open: /^###/, close: /###$/, forbidden: ['###'], scoped: true },
  { open: /^%\{/, close: /%\}$/, forbidden: ['%}', '%{'], scoped: true },
  { open: /^(?:@\w+\s+)?(?:~[sS]|[rRuU]{0,2})"""/, close: /"""$/, forbidden: ['"', '\\', '#{', '${'], quotes: true },
  { open: /^(?:@\w+\s+)?(?:~[sS]|[rRuU]{0,2})'''/, close: /'''$/, forbidden: ["'''", '\\'], quotes: true },
  { open: /^(?:@\w+\s+)?[rRuU]{0,2}"(?!"")/, close: /"$/, forbidden: ['"', '\\', '#{'], quotes: true },
  { open: /^[rRuU]{0,2}'(?!'')/, close: /'$/, forbidden: ["'", '\\'], quotes: true },
  { open: /^=begin\b.*/, close: /^=end\b.*$/, forbidden: [] },
  { open: /^(?==(?:pod|head\d|over|item|encoding|for|back)\b)/, close: /^=cut\b.*$/, forbidden: [] },
];

const lineMarker =
  /^(?:\/\/+[!<]*|#{1,4}[:'!|]?(?=\s|$|[\p{L}@])|#{1,4}|--+(?!\[)[|^]?|;+|%+[!|']?|'+|!+|\*>|"|::|@?(?:rem|dnl)(?=\s|$))/iu;

interface Region {
  readonly form: (typeof blockForms)[number] | undefined;
  readonly kind: ProseStyle['kind'];
  readonly lines: CommentLine[];
  /** Where the marker of the first line stands in its line; line comments under each other belong together. */
  readonly column: number;
  readonly marker: string;
  /** Code stands before the first line's marker. */
  readonly trailing: boolean;
  /** Its closing mark; undefined while it is open. */
  closer: CharacterRange | undefined;
}

/** So many lines are tokenized without a pause. */
const linesOfStep = 200;

/** Lazy. */
export function* commentBlocks(text: string, grammar: IGrammar): Generator<ProseBlock> {
  for (const block of commentSteps(text, grammar)) if (block) yield block;
}

/** As `commentBlocks`, with an undefined now and then: a file of 100,000 lines may have no comment. */
export function* commentSteps(text: string, grammar: IGrammar): Generator<ProseBlock | undefined> {
  const lineBreak = lineBreakOf(text);
  let open: Region | undefined;
  let state: StateStack | null = null;
  let lineCount = 0;
  for (const line of linesOf(text)) {
    if (++lineCount % linesOfStep === 0) yield undefined;
    if (line.end - line.start > maxLineLength) continue;
    const content = text.slice(line.start, line.end);
    const { tokens, ruleStack, stoppedEarly } = grammar.tokenizeLine(content, state, lineLimitMs);
    if (stoppedEarly) continue;
    state = ruleStack;
    const spans = commentSpans(tokens, content);
    if (open && (spans.length === 0 || spans[0].start > skipSpaces(content, 0, content.length))) {
      // An empty line has no tokens in some grammars, and does not end a block.
      if (open.form && !open.closer && content.trim() === '') {
        open.lines.push({ lineStart: line.start, start: line.end, end: line.end });
        continue;
      }
      yield* blocksOf(text, open, lineBreak);
      open = undefined;
    }
    for (const span of spans) {
      if (open && joins(open, span, content)) append(open, span, content, line.start);
      else {
        if (open) yield* blocksOf(text, open, lineBreak);
        open = regionOf(span, content, line.start);
      }
    }
  }
  if (open) yield* blocksOf(text, open, lineBreak);
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly isDocstring: boolean;
  readonly isBlock: boolean;
}

/** Neighbouring comment tokens as one, in one line. */
function commentSpans(tokens: readonly IToken[], content: string): Span[] {
  const spans: (Span & { end: number })[] = [];
  for (const { startIndex, endIndex, scopes } of tokens) {
    const isDocstring = scopes.some(scope => /^string\.(?:quoted\.)?docstring|^comment\..*heredoc/.test(scope));
    if (!isDocstring && !isComment(scopes)) continue;
    // A grammar counts the line break, which is not in the line.
    const end = Math.min(endIndex, content.length);
    const last = spans[spans.length - 1];
    if (last && last.end === startIndex && last.isDocstring === isDocstring) last.end = end;
    else if (startIndex < content.length || startIndex === 0) {
      const isBlock = scopes.some(scope => scope.startsWith('comment.block'));
      spans.push({ start: startIndex, end, isDocstring, isBlock });
    }
  }
  return spans;
}

/** Code that the preprocessor or a reader macro leaves out is a comment to most grammars, not to a reader. */
function isComment(scopes: readonly string[]): boolean {
  let found = false;
  for (const scope of scopes) {
    if (/^meta\.(?:preprocessor|embedded)/.test(scope)) found = false;
    else if (scope.startsWith('comment')) found = !/preprocessor|discard|shebang|clojure\.form|typehint/.test(scope);
    else if (scope.startsWith('string.quoted.double.heredoc')) found = false;
  }
  return found;
}

function joins(open: Region, span: Span, content: string): boolean {
  const first = skipSpaces(content, span.start, span.end);
  if (open.form) return !open.closer && skipSpaces(content, 0, content.length) >= span.start;
  if (span.isDocstring || blockFormOf(content.slice(first, span.end), span)) return false;
  const marker = lineMarker.exec(content.slice(first, span.end))?.[0];
  return marker === open.marker && first === open.column && content.slice(0, first).trim() === '';
}

function blockFormOf(comment: string, { isDocstring, isBlock }: Span): Region['form'] {
  return blockForms.find(
    ({ open, quotes, scoped }) => (quotes ?? false) === isDocstring && (!scoped || isBlock) && open.test(comment),
  );
}

function regionOf(span: Span, content: string, lineStart: number): Region | undefined {
  const first = skipSpaces(content, span.start, span.end);
  const comment = content.slice(first, span.end);
  const form = blockFormOf(comment, span);
  const opener = form ? form.open.exec(comment)![0] : lineMarker.exec(comment)?.[0];
  if (opener === undefined || (lineStart === 0 && comment.startsWith('#!'))) return undefined;
  // Grammars take `#{` or `#<` in a string that they lost track of for a comment.
  const isTrailing = content.slice(0, first).trim() !== '';
  if (isTrailing && !form && /^#[^\s#!\p{L}]/u.test(comment)) return undefined;
  const region: Region = {
    form,
    kind: span.isDocstring ? 'docstring' : 'comment',
    lines: [],
    column: first,
    marker: opener,
    trailing: isTrailing,
    closer: undefined,
  };
  pushLine(region, content, lineStart, first + opener.length, span.end);
  return region;
}

function append(region: Region, span: Span, content: string, lineStart: number): void {
  let from = skipSpaces(content, region.form ? 0 : span.start, span.end);
  if (!region.form) from += region.marker.length;
  else if (region.form.star && content[from] === '*' && content[from + 1] !== '/' && content[from + 1] !== ')')
    from += 1;
  pushLine(region, content, lineStart, from, span.end);
}

function pushLine(region: Region, content: string, lineStart: number, from: number, to: number): void {
  let end = skipSpacesBack(content, from, to);
  if (region.form) {
    const closer = region.form.close.exec(content.slice(Math.max(from, end - 200), end));
    if (closer) {
      region.closer = [lineStart + end - closer[0].length, lineStart + end];
      end = skipSpacesBack(content, from, end - closer[0].length);
    }
  }
  const start = Math.min(skipSpaces(content, from, to), end);
  region.lines.push({ lineStart, start: lineStart + start, end: lineStart + end });
}

function* blocksOf(text: string, region: Region, lineBreak: string): Generator<ProseBlock> {
  const { form, kind, lines, trailing, closer } = region;
  const isShort = lines.length === 1 && (form !== undefined || trailing);
  const style = { kind, canWrap: !isShort, lineBreak, forbidden: form?.forbidden ?? [] };
  for (const block of proseOfLines(text, lines, style))
    yield isShort && closer ? beforeCloser(text, lines[0].lineStart, block, closer) : block;
}

/** A closing mark that was put under others keeps its place. */
function beforeCloser(text: string, lineStart: number, block: ProseBlock, closer: CharacterRange): ProseBlock {
  const { pieces, table } = block;
  const [start, end] = pieces[0];
  if (table || pieces.length > 1 || !/^ {2,}$/.test(text.slice(end, closer[0]))) return block;
  return { ...block, table: { rows: closedLine(text, lineStart, [start, end], closer), isFixed: false } };
}
