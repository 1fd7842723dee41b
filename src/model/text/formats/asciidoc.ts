// Prose of an AsciiDoc document: its paragraphs, titles and items, line by line. Attributes, macros of a block, tables, and what is
// between the marks of a listing stay. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { ProseBlock } from '../document';
import { hasWord, type Line, lineBreakOf, linesOf } from './lines';
import { paragraphBlocks } from './plainText';

/** What is between two such lines is no prose: listings, literals, passthroughs, comments, tables. */
const verbatimMark = /^(?:-{4,}|\.{4,}|\+{4,}|\/{4,}|`{3,}|[|,:!]={3,})/;
/** Attributes, macros of a block, comments, marks around blocks of prose, and what joins two blocks. */
const structure =
  /^(?::!?\w[\w-]*!?:(?:\s|$)|\[.*\]$|\w+::\S*\[.*\]$|\/\/|(?:={4,}|\*{4,}|_{4,}|'{3,}|<{3,}|--|\+)$|if(?:n?def|eval)::|endif::)/;
/** The paragraph under it is a listing. */
const verbatimStyle = /^\[(?:source|listing|literal|pass|stem|latexmath|asciimath|plantuml|mermaid|graphviz|ditaa)\b/;
const mark =
  /^(?:={1,6}[ \t]+|\.(?=[^\s.])|[ \t]*(?:\*{1,5}|\.{1,5}|-|\d{1,3}\.|<[\d.]{1,3}>)[ \t]+(?:\[[ xX*]\][ \t]+)?|(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):[ \t]+|[^\s:]+(?: [^\s:]+){0,5}:{2,4}[ \t]+)/;

/** Macros, references, attributes, passthroughs and anchors, and the marks around strong and stressed words. */
const inline =
  /(?<![a-z])[a-z]{1,20}:[^\s[\]]{0,300}\[[^\]]{0,500}\]|<<[^<>]{1,200}>>|\[\[[^\]]{1,200}\]\]|\{[\w-]{1,60}\}|\+{1,3}[^+\s][^+]{0,300}\+{1,3}|(?<![\w*_])[*_]{1,2}(?=[^\s*_])|(?<=[^\s*_])[*_]{1,2}(?![\w*_])/g;

/** What stands before the text of a link or a reference; it has no attributes. */
const linkOpening = /^(?:(?:link|xref|mailto|https?):[^[]*\[|<<[^,]*,)(?=[^="]*$)/;

/** Lazy. */
export function* asciidocBlocks(text: string): Generator<ProseBlock> {
  for (const block of paragraphBlocks(text, proseLines(text), 'paragraph', lineBreakOf(text))) {
    const own = block.pieces.flatMap(piece => inlineRanges(text, piece));
    const others = block.protected.filter(([start, end]) => !own.some(range => range[0] < end && start < range[1]));
    yield { ...block, protected: [...own, ...others].sort((left, right) => left[0] - right[0]) };
  }
}

function inlineRanges(text: string, [start, end]: CharacterRange): CharacterRange[] {
  return [...text.slice(start, end).matchAll(inline)].flatMap(({ index, 0: found }): CharacterRange[] => {
    const [from, to] = [start + index, start + index + found.length];
    const opening = linkOpening.exec(found)?.[0].length ?? 0;
    if (opening === 0 || !hasWord(found.slice(opening))) return [[from, to]];
    return [
      [from, from + opening],
      [to - (found.endsWith('>>') ? 2 : 1), to],
    ];
  });
}

/** Lines of prose without their marks, and an empty one wherever a text ends. */
function* proseLines(text: string): Generator<Line> {
  let closer: string | undefined;
  /** Until an empty line: the author under the title of the document, a listing without marks. */
  let isSkipping = false;
  let isOpen = false;
  for (const line of linesOf(text)) {
    const content = text.slice(line.start, line.end).trimEnd();
    const end: Line = { ...line, end: line.start };
    const wasOpen = isOpen;
    isOpen = false;
    if (closer !== undefined) {
      if (content === closer) closer = undefined;
      continue;
    }
    const verbatim = verbatimMark.exec(content)?.[0];
    if (verbatim !== undefined && (verbatim === content || verbatim.startsWith('`'))) {
      closer = verbatim;
      isSkipping = false;
      yield end;
    } else if (content === '' || structure.test(content)) {
      isSkipping = content !== '' && verbatimStyle.test(content);
      yield end;
    } else if (isSkipping || (!wasOpen && /^[ \t]/.test(content) && !mark.test(content))) {
      isSkipping = true;
    } else {
      const length = mark.exec(content)?.[0].length ?? 0;
      if (length > 0) yield end;
      yield { ...line, start: line.start + length };
      isSkipping = /^=[ \t]/.test(content);
      if (isSkipping) yield end;
      isOpen = true;
    }
  }
}
