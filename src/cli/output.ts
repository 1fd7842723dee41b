// The JSON that the terminal program prints: results in the words and order that the README documents. Pure.

import type { CharacterRange, RunResult, Segment, Token } from '../model/types';

/** A result for one text: the whole, or one line of it. */
export interface TextOutput {
  readonly source: string;
  readonly target: string;
  readonly segments: readonly Segment[];
}

/** One line for people; undefined when the model could read the source. */
export function unknownTextWarning({ unknownText, model }: RunResult): string | undefined {
  if (!unknownText) return undefined;
  const { unknownLength, length, examples } = unknownText;
  const percent = Math.max(1, Math.round((100 * unknownLength) / length));
  const list = examples.map(example => `"${example}"`).join(', ');
  return `the vocabulary of ${model.name} lacks ${percent} % of the source, such as ${list}: the model read "unknown" there`;
}

/**
 * The result of a run over lines, cut into one output a line. Outputs hold no line breaks, so source and target have the same
 * lines; ranges become those of the line.
 */
export function outputOfEachLine(result: RunResult): TextOutput[] {
  const readText = result.pivot?.text ?? result.source;
  const readLines = linesOf(readText);
  const targetLines = linesOf(result.target);
  let nextSegment = 0;
  return linesOf(result.source).map(({ text }, index) => {
    // An output that is empty and the last leaves no line behind.
    const read = readLines[index] ?? { text: '', start: readText.length };
    const target = targetLines[index] ?? { text: '', start: result.target.length };
    const first = nextSegment;
    while (result.segments[nextSegment]?.source[0] <= read.start + read.text.length) nextSegment++;
    const segments = result.segments
      .slice(first, nextSegment)
      .map(segment => moveSegment(segment, -read.start, -target.start));
    return { source: text, target: target.text, segments };
  });
}

interface Line {
  readonly text: string;
  readonly start: number;
}

/** Lines without their breaks; a break at the very end starts no further line. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  while (start < text.length) {
    const lineBreak = text.indexOf('\n', start);
    const end = lineBreak === -1 ? text.length : lineBreak;
    lines.push({ text: text.slice(start, end).replace(/\r$/, ''), start });
    start = end + 1;
  }
  return lines;
}

function moveSegment(segment: Segment, bySource: number, byTarget: number): Segment {
  const move = ([start, end]: CharacterRange, by: number): CharacterRange => [start + by, end + by];
  const moveTokens = (tokens: readonly Token[], by: number) =>
    tokens.map(token => ({ ...token, range: move(token.range, by) }));
  return {
    ...segment,
    source: move(segment.source, bySource),
    target: move(segment.target, byTarget),
    sourceTokens: moveTokens(segment.sourceTokens, bySource),
    targetTokens: moveTokens(segment.targetTokens, byTarget),
  };
}
