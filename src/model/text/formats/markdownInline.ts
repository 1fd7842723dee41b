// What in the inline content of Markdown must come back as it is: code, markup, destinations, references, escapes. Runs anywhere.

import type { Nodes, PhrasingContent } from 'mdast';
import type { CharacterRange } from '../../types';
import { codeElements, nameOf } from '../markup';

export interface InlineRange {
  readonly range: CharacterRange;
  /** A hard line break, which ends a run of prose. */
  readonly isBreak: boolean;
}

/** In plain text: escapes, entities, formulas, attributes, shortcodes, templates, expressions of MDX and names of emoji. */
const special = new RegExp(
  [
    String.raw`(?<![\p{L}\p{N}_.-])[\p{L}\p{N}_.-]{0,80}(?:\\[!-/:-@[-\x60{-~][\p{L}\p{N}_.-]{0,80})+`,
    String.raw`&(?:[a-zA-Z][a-zA-Z\d]{1,30}|#\d{1,7}|#[xX][\da-fA-F]{1,6});`,
    String.raw`\$\$[^$]+\$\$`,
    String.raw`(?<![\w$])\$(?![\s$])[^$\n]{1,200}(?<!\s)\$(?![\w$])`,
    String.raw`\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}|\{[#:.][^{}\n]*\}|\{@[^{}\n]*\}`,
    String.raw`\{[^{}\n]{0,200}[()?'"\x60=&|*/[\]][^{}\n]{0,200}\}`,
    String.raw`(?<![\w:]):[a-z][a-z\d_+-]{1,40}:(?![\w:])`,
    String.raw`(?<=^|\s)\^\[|\[\^[^\]\s]+\]|\[\[[^\]\n]+\]\]`,
    String.raw`(?<!\S)(?:[*_]+|~~+)(?!\S)`,
    String.raw`[<>|]+|\[|\]`,
  ].join('|'),
  'gu',
);

/** Ranges of the document in order; none overlaps another. */
export function* inlineRanges(
  text: string,
  nodes: readonly PhrasingContent[],
  rangeOf: (node: Nodes) => CharacterRange,
): Generator<InlineRange> {
  let done = 0;
  for (const [index, node] of nodes.entries()) {
    const [start, end] = rangeOf(node);
    if (start < done) continue;
    const close = node.type === 'html' ? endOfCode(node.value, nodes.slice(index + 1)) : undefined;
    if (close) {
      done = rangeOf(close)[1];
      yield { range: [start, done], isBreak: false };
    } else if (node.type === 'text') yield* specialsIn(text, start, end);
    else if (node.type === 'break' || (node.type === 'html' && /^<br\b/i.test(node.value)))
      yield { range: [start, end], isBreak: true };
    else if (isMarkup(text, node, start) && node.children.length > 0) {
      const first = rangeOf(node.children[0])[0];
      const last = rangeOf(node.children[node.children.length - 1])[1];
      if (start < first) yield { range: [start, first], isBreak: false };
      yield* inlineRanges(text, node.children, rangeOf);
      if (last < end) yield { range: [last, end], isBreak: false };
    } else yield { range: [start, end], isBreak: false };
  }
}

/** Marks around text that is prose. A link by its bare address, and one whose text is its label, are none. */
function isMarkup(
  text: string,
  node: PhrasingContent,
  start: number,
): node is PhrasingContent & { children: PhrasingContent[] } {
  if (node.type === 'link') return text[start] === '[';
  if (node.type === 'linkReference') return node.referenceType === 'full';
  return node.type === 'emphasis' || node.type === 'strong' || node.type === 'delete';
}

function* specialsIn(text: string, start: number, end: number): Generator<InlineRange> {
  for (const match of text.slice(start, end).matchAll(special))
    yield { range: [start + match.index, start + match.index + match[0].length], isBreak: false };
}

/** The end tag of an element whose content is code. */
function endOfCode(tag: string, following: readonly PhrasingContent[]): PhrasingContent | undefined {
  const element = nameOf(tag);
  if (!codeElements.includes(element) || /^<\/|\/>$/.test(tag)) return undefined;
  return following.find(node => node.type === 'html' && node.value.startsWith('</') && nameOf(node.value) === element);
}
