// Values of a Java properties file. Keys, comments and continuation marks stay. Runs anywhere.

import type { ProseBlock } from '../document';
import { lineBreakOf, linesOf, skipSpaces } from './lines';
import { isProseValue, valueBlocks } from './values';

interface Part {
  readonly lineStart: number;
  readonly start: number;
  readonly end: number;
}

/** Lazy. */
export function* propertiesBlocks(text: string): Generator<ProseBlock> {
  const lineBreak = lineBreakOf(text);
  let key = '';
  let parts: Part[] = [];
  let goesOn = false;
  for (const line of linesOf(text)) {
    const first = skipSpaces(text, line.start, line.end);
    const content = text.slice(first, line.end);
    if (!goesOn && /^(?:[#!]|$)/.test(content)) continue;
    const separator = goesOn ? undefined : /^(?:[^\s=:\\]|\\.)+[ \t\f]*[=: \t\f][ \t\f]*/.exec(content);
    if (!goesOn) key = separator?.[0].replace(/[\s=:]+$/, '') ?? '';
    const isContinued = /(?<!\\)(?:\\\\)*\\$/.test(content);
    const start = first + (separator?.[0].length ?? (goesOn ? 0 : content.length));
    const end = line.end - (isContinued ? 1 : 0);
    if (start < end) parts.push({ lineStart: line.start, start, end });
    goesOn = isContinued;
    if (goesOn) continue;
    yield* valueBlocksOf(text, key, parts, lineBreak);
    parts = [];
  }
  yield* valueBlocksOf(text, key, parts, lineBreak);
}

function* valueBlocksOf(text: string, key: string, parts: readonly Part[], lineBreak: string): Generator<ProseBlock> {
  const value = parts.map(({ start, end }) => text.slice(start, end)).join('');
  if (!isProseValue(value.replace(/\\[nrt]/g, ' '), key.split('.').at(-1))) return;
  const blocks = parts.map(({ start, end }) => [
    ...valueBlocks(text, [start, end], { kind: 'value', escape: 'properties' }),
  ]);
  const isOneText = parts.slice(0, -1).every(({ start, end }) => /[^\\\s]\s+$/.test(text.slice(start, end)));
  if (parts.length === 1 || !isOneText || !blocks.every(({ length }) => length === 1)) {
    yield* blocks.flat();
    return;
  }
  const width = Math.max(...parts.map(({ lineStart, end }) => end + 1 - lineStart));
  yield {
    kind: 'value',
    pieces: blocks.flatMap(([block]) => block.pieces),
    protected: blocks.flatMap(([block]) => block.protected),
    escape: 'properties',
    wrap: { width, continuation: ` \\${lineBreak}${text.slice(parts[1].lineStart, parts[1].start)}` },
  };
}
