// Finds the paragraph around a line of a Markdown or plain-text file, reading no more than a fixed amount. Pure.

export interface Lines {
  readonly count: number;
  textAt(lineIndex: number): string;
}

/** Both ends belong to the paragraph. */
export interface LineSpan {
  readonly first: number;
  readonly last: number;
}

/** Characters read in one go at most; larger paragraphs are none. */
const readingLimit = 64 * 1024;

const fence = /^ {0,3}(?:`{3}|~{3})/;
const notProse = /^ {0,3}(?:#{1,6}(?:\s|$)|\||<|(?:[-*_=]\s*){3,}$|`{3}|~{3}|\[[^\]]+\]:)/;
const listItem = /^\s*(?:[-*+]|\d{1,9}[.)])\s/;

/** The lines of prose around `lineIndex`, or undefined where there is no prose: blank lines, headings, tables, code. */
export function paragraphAt(lines: Lines, lineIndex: number, markdown: boolean): LineSpan | undefined {
  const isProse = (text: string) => /\S/.test(text) && !(markdown && notProse.test(text));
  let budget = readingLimit;
  const read = (index: number): string | undefined => {
    if (index < 0 || index >= lines.count) return undefined;
    const text = lines.textAt(index);
    budget -= text.length + 1;
    return budget < 0 ? undefined : text;
  };

  const start = read(lineIndex);
  if (start === undefined || !isProse(start)) return undefined;
  let first = lineIndex;
  let startsItem = markdown && listItem.test(start);
  while (!startsItem) {
    const above = read(first - 1);
    if (above === undefined || !isProse(above)) break;
    first--;
    startsItem = markdown && listItem.test(above);
  }
  let last = lineIndex;
  for (let below = read(last + 1); below !== undefined && isProse(below); below = read(last + 1)) {
    if (markdown && listItem.test(below)) break;
    last++;
  }
  if (budget < 0 || (markdown && insideFence(lines, first))) return undefined;
  return { first, last };
}

/** A fence above that nothing closes. Reads upwards as far as the limit goes; what lies beyond is taken as closed. */
function insideFence(lines: Lines, lineIndex: number): boolean {
  let fenceCount = 0;
  let budget = readingLimit;
  for (let index = lineIndex - 1; index >= 0 && budget >= 0; index--) {
    const text = lines.textAt(index);
    budget -= text.length + 1;
    if (fence.test(text)) fenceCount++;
  }
  return fenceCount % 2 === 1;
}
