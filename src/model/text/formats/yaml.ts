// Values of a YAML file that are prose. The parser's tokens say where scalars are; nothing is ever printed from them. Runs anywhere.

import { type CST, Parser } from 'yaml';
import type { ProseBlock } from '../document';
import { hasWord, lineBreakOf, linesOf, skipSpaces, skipSpacesBack } from './lines';
import { isProseValue, isTechnicalTree, valueBlocks } from './values';

/** Texts are not nested deeper; a hostile file overflows the stack. */
const maxDepth = 100;

/** Lazy by document of the stream. Keys, anchors, tags, comments and block scalars of scripts are not touched. */
export function* yamlBlocks(text: string): Generator<ProseBlock> {
  for (const token of new Parser().parse(text)) {
    if (token.type === 'document' && token.value) yield* valuesOf(text, token.value, undefined, 0);
  }
}

function* valuesOf(text: string, token: CST.Token, key: string | undefined, depth: number): Generator<ProseBlock> {
  if (depth > maxDepth) return;
  switch (token.type) {
    case 'block-map':
    case 'block-seq':
    case 'flow-collection':
      for (const { key: keyToken, value } of token.items) {
        const name = keyToken && 'source' in keyToken ? keyToken.source.replace(/^["']|["']$/g, '') : undefined;
        if (!value || (name !== undefined && isTechnicalTree(name))) continue;
        yield* valuesOf(text, value, name ?? key, depth + 1);
      }
      return;
    case 'scalar':
      yield* plainScalar(text, token.offset, token.source, key);
      return;
    case 'double-quoted-scalar':
    case 'single-quoted-scalar':
      yield* quotedScalar(text, token.offset, token.source, key);
      return;
    case 'block-scalar':
      yield* blockScalar(text, token, key);
      return;
  }
}

/** What may not be added to a scalar without quotes: it would end it, or make a mapping or a comment of it. */
const plainForbidden = [': ', ' #', '\t', '"', "'", '[', ']', '{', '}', '*', '&', '|', '>', '%', '@', '`'];

/** One word without quotes could become a boolean or a null in the other language; several lines are left to their writer. */
function* plainScalar(text: string, offset: number, source: string, key: string | undefined): Generator<ProseBlock> {
  if (/[\n\r]/.test(source) || !/\p{L}\S*\s+\S*\p{L}/u.test(source) || !isProseValue(source, key)) return;
  for (const block of valueBlocks(text, [offset, offset + source.length], { kind: 'value', forbidden: plainForbidden }))
    if (block.pieces[0][0] === offset && block.pieces[0][1] === offset + source.length) yield block;
}

function* quotedScalar(text: string, offset: number, source: string, key: string | undefined): Generator<ProseBlock> {
  // Where the closing quote is missing, the parser goes on to the end of the file.
  if (source.length < 2 || source.at(-1) !== source[0]) return;
  const value = source.slice(1, -1);
  if (/[\n\r]/.test(value) || !isProseValue(value.replace(/\\[nrt]/g, ' '), key)) return;
  const range = [offset + 1, offset + source.length - 1] as const;
  const isDouble = source[0] === '"';
  yield* valueBlocks(text, range, isDouble ? { kind: 'value', escape: 'yaml' } : { kind: 'value', forbidden: ["'"] });
}

/** `|` keeps line breaks, so that each line is a text of its own; `>` folds them, so that its paragraphs are wrapped. */
function* blockScalar(text: string, token: CST.BlockScalar, key: string | undefined): Generator<ProseBlock> {
  const header = token.props.find(({ type }) => type === 'block-scalar-header');
  if (!header || !isProseValue(token.source, key) || looksLikeScript(token.source)) return;
  const start = text.indexOf('\n', header.offset) + 1;
  if (start === 0) return;
  const isFolded = 'source' in header && header.source.startsWith('>');
  let paragraph: { lineStart: number; start: number; end: number }[] = [];
  for (const line of linesOf(text, start, Math.min(text.length, start + token.source.length))) {
    const first = skipSpaces(text, line.start, line.end);
    const last = skipSpacesBack(text, first, line.end);
    const isMore = paragraph.length > 0 && first - line.start === paragraph[0].start - paragraph[0].lineStart;
    if (!isFolded || first === last || (paragraph.length > 0 && !isMore)) {
      yield* foldedBlock(text, paragraph);
      paragraph = [];
    }
    if (first < last) paragraph.push({ lineStart: line.start, start: first, end: last });
  }
  yield* foldedBlock(text, paragraph);
}

function* foldedBlock(
  text: string,
  lines: readonly { lineStart: number; start: number; end: number }[],
): Generator<ProseBlock> {
  if (lines.length === 0) return;
  const blocks = lines.flatMap(({ start, end }) => [...valueBlocks(text, [start, end], { kind: 'value' })]);
  if (
    lines.length === 1 ||
    blocks.length !== lines.length ||
    !blocks.every(block => hasWord(text.slice(...block.pieces[0])))
  ) {
    yield* blocks;
    return;
  }
  const width = Math.max(...lines.map(({ lineStart, end }) => end - lineStart));
  yield {
    kind: 'value',
    pieces: blocks.flatMap(({ pieces }) => pieces),
    protected: blocks.flatMap(block => block.protected),
    wrap: { width, continuation: lineBreakOf(text) + text.slice(lines[0].lineStart, lines[0].start) },
  };
}

function looksLikeScript(source: string): boolean {
  return /^\s*#!|^\s*(?:set -|export |cd |npm |npx |pip |git |sudo |curl |if \[|for \w+ in|echo |const |import |def |select )/im.test(
    source,
  );
}
