// Messages of a log: what follows time, level and logger on a line. Stack traces, JSON and numbers stay. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { hasWord, linesOf, skipSpaces, skipSpacesBack } from './lines';

/** Only so much of a line is looked at for what stands before its message. */
const headLength = 400;

const heads: readonly RegExp[] = [
  // 2024-05-01T12:00:00.123Z, 2024/05/01 12:00:00,123, [12:00:00], May  1 12:00:00 host
  /^[[(]?\d{4}[-/.]\d{2}[-/.]\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:[.,]\d+)?)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?[\])]?[ \t:|-]*/,
  /^[[(]?\d{1,2}[/.-](?:\d{1,2}|[A-Z][a-z]{2})[/.-]\d{2,4}[: ]\d{2}:\d{2}(?::\d{2})?(?:[.,]\d+)?(?: [+-]\d{4})?[\])]?[ \t:|-]*/,
  /^[[(]?\d{2}:\d{2}:\d{2}(?:[.,]\d+)?[\])]?[ \t:|-]*/,
  /^(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?[A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2}(?: \d{4})?(?: [\w.-]+(?= \S+:))?[ \t]*/,
  /^\[? *\d+\.\d+\][ \t]*/,
  /^[[(<]? *(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|ERR|FATAL|CRITICAL|SEVERE|FINE|VERBOSE|trace|debug|info|notice|warn(?:ing)?|error|fatal|critical|verbose|npm (?:ERR!|WARN|notice|error|warn)|[DIWEF]\d{4}|[TDIWEF](?=[/ ])) *[\])>]?(?:[ \t:|-]+|$)/,
  /^\[[^\]\n]{1,80}\][ \t:|-]*/,
  /^\([\w.#:/-]{1,60}\)[ \t:|-]*/,
  /^(?:[\w$-]+(?:[./][\w$-]+)+|[\w.-]+\[\d+\]|[A-Za-z][\w$-]*(?:Service|Controller|Handler|Manager|Error|Exception|Warning)|\S+\.\w{1,4}:\d+)(?:\[\d+\])?(?:[ \t]*:|[ \t]+-)[ \t]+/,
  /^-{2,}>?[ \t]+|^[|>#*-][ \t]+/,
];

const noMessage =
  /^(?:at |\.{3} \d+ more|File "|Traceback|Caused by: [\w.$]+$|goroutine \d|[{[<]|[\w.$/-]+\(.*\)$|[\w.-]+=\S+$|\^+$|\d+ \||[$>%] )/;
/** `key=value`, quoted text, JSON at the end, addresses with ports. */
const data = /(?<!\S)[\w.-]+=(?:"[^"]*"|\S*)|\{".*$|"[^"\n]*"|0x[\da-fA-F]+|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g;

/** One block for each line with a message. Lazy. */
export function* logBlocks(text: string): Generator<ProseBlock> {
  for (const line of linesOf(text)) {
    let start = skipSpaces(text, line.start, line.end);
    const end = skipSpacesBack(text, start, line.end);
    if (start > line.start && noMessage.test(text.slice(start, Math.min(end, start + headLength)))) continue;
    start = afterHead(text, start, end);
    const message = text.slice(start, end);
    if (noMessage.test(message.slice(0, headLength))) continue;
    const inside = [...message.matchAll(data)].map(
      (match): CharacterRange => [start + match.index, start + match.index + match[0].length],
    );
    if (hasWord(message.replace(data, ' '))) yield { kind: 'message', pieces: [[start, end]], protected: inside };
  }
}

function afterHead(text: string, from: number, end: number): number {
  let start = from;
  for (let count = 0; count < 8; count++) {
    const head = text.slice(start, Math.min(end, start + headLength));
    const length = heads.reduce((longest, pattern) => longest || (pattern.exec(head)?.[0].length ?? 0), 0);
    if (length === 0 || start + length >= end) break;
    start = skipSpaces(text, start + length, end);
  }
  return start;
}
