// Runs of text in a piece of HTML, between the tags that end one: what of it is prose, and the tags inside that stay. Runs anywhere.

import type { CharacterRange } from '../../types';
import { codeElements } from '../markup';
import { skipSpaces } from './lines';

export interface HtmlRun {
  readonly range: CharacterRange;
  /** Ranges inside, in order, that come back as they are: tags of inline elements, code, expressions in braces. */
  readonly protected: readonly CharacterRange[];
  /** What a comment says, which is no text of the page. */
  readonly isComment: boolean;
}

/** Elements of a sentence; every other tag ends a run. */
const inlineElements = new Set(
  'a abbr acronym b bdi bdo big cite data del dfn em font i img ins label mark q s small span strike strong sub sup time u wbr'.split(
    ' ',
  ),
);

/** Their content is no text. */
const rawElements = new Set('pre script style svg math textarea template listing plaintext xmp'.split(' '));

/** Of a tag: values may hold `<` and `>`. */
const attributes = String.raw`(?:[^<>=]|=(?!\s*["'{])|=\s*(?:"[^"]*"|'[^']*'|\{(?:[^{}]|\{[^{}]*\})*\}))*`;

/** Fences and spans of code as well: what is HTML to one reader of Markdown is Markdown between two tags to another. */
const token = new RegExp(
  [
    String.raw`<!--[\s\S]*?(?:-->|$(?![\s\S]))|<[!?][^>]*>`,
    // A value that nothing closes ends with its tag.
    String.raw`<(/?)([a-zA-Z][\w:.-]*)(?:${attributes}|[^<>]*)>`,
    // Expressions of templates.
    String.raw`\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{[^{}<>]*\}`,
    '`(?!``)[^`\\n]+`',
    String.raw`^[ \t>]*(?:\x60{3}|~{3})[\s\S]*?(?:^[ \t>]*(?:\x60{3}|~{3}).*$|$(?![\s\S]))`,
  ].join('|'),
  'gm',
);

/** Lazy. */
export function* htmlRuns(text: string, [from, to]: CharacterRange): Generator<HtmlRun> {
  const html = text.slice(from, to);
  let start = 0;
  let inside: CharacterRange[] = [];
  function* close(end: number): Generator<HtmlRun> {
    const first = skipSpaces(html, start, end);
    if (first < end) yield { range: [from + first, from + end], protected: inside, isComment: false };
    inside = [];
  }
  for (let at = 0; at < html.length; ) {
    token.lastIndex = at;
    const found = token.exec(html);
    if (!found) break;
    const [whole, slash, name = ''] = found;
    const element = name.toLowerCase();
    const isCode = codeElements.includes(element) && slash === '';
    const end = found.index + whole.length;
    at = isCode || (rawElements.has(element) && slash === '') ? endOfElement(html, element, end) : end;
    if (isCode || inlineElements.has(element) || /^(?:\{|`(?!``))/.test(whole)) {
      inside.push([from + found.index, from + at]);
      continue;
    }
    yield* close(found.index);
    if (/^<!--\s[\s\S]*\s-->$/.test(whole))
      yield { range: [from + found.index + 4, from + end - 3], protected: [], isComment: true };
    start = at;
  }
  yield* close(html.length);
}

function endOfElement(html: string, element: string, from: number): number {
  const closing = new RegExp(`</${element}\\s*>`, 'gi');
  closing.lastIndex = from;
  const found = closing.exec(html);
  return found ? found.index + found[0].length : Math.max(from, html.trimEnd().length);
}
