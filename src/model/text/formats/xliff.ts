// Translations in an XLIFF file (1.2 and 2.0): what stands in `<target>`, and where that is missing or empty, what stands in `<source>`,
// which is written into a target. Sources, notes and everything else stay. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { Insertion, ProseBlock } from '../document';
import { hasWord, lineBreakOf, lineStartOf, linesOf, skipSpaces, skipSpacesBack } from './lines';

/** Comments, sections of raw text, other translations of a source, and what is not to be translated are read over. */
const tag =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<alt-trans\b[\s\S]*?(?:<\/alt-trans\s*>|$)|<((?:[\w.-]+:)?(?:source|target))((?:\s[^<>]*?)?)(\/?)>|<\/?(?:file|group|trans-unit|unit|segment|ignorable)\b[^<>]*>/g;
/** The source cut into segments, which stands before the target. */
const segmentedSource = /\s*<((?:[\w.-]+:)?seg-source)\b(?:[^<>]*\/>|[\s\S]*?<\/\1\s*>)/y;
/** Elements that hold code of the original format, and all tags. */
const markup =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<((?:\w+:)?(?:ph|bpt|ept|it|ut))(?:\s[^<>]*)?(?<!\/)>[\s\S]*?<\/\1\s*>|<\/?[\w:-]+(?:\s[^<>]*)?\/?>|\{\{?[^{}\n]*\}?\}/g;

/** A source that has met no target yet. */
interface OpenSource {
  readonly content: CharacterRange;
  /** Where its own tag begins, and where its target goes. */
  readonly element: CharacterRange;
  /** Of its namespace, with the colon. */
  readonly prefix: string;
}

/** Lazy. */
export function* xliffBlocks(text: string): Generator<ProseBlock> {
  const lineBreak = lineBreakOf(text);
  let open: OpenSource | undefined;
  /** Of the elements around, whether their texts are not to be translated. */
  const kept: boolean[] = [];
  let from = 0;
  for (;;) {
    tag.lastIndex = from;
    const found = tag.exec(text);
    if (!found) return;
    from = found.index + found[0].length;
    const [whole, name, attributes, slash] = found;
    if (name === undefined) {
      if (!/^<\/?[a-z]/.test(whole) || whole.startsWith('<alt-trans')) continue;
      if (open && !kept.at(-1) && !whole.startsWith('</ignorable')) yield* withoutTarget(text, open, lineBreak);
      open = undefined;
      if (!/^<\/?(?:file|group|trans-unit|unit)/.test(whole) || whole.endsWith('/>')) continue;
      const own = /\stranslate\s*=\s*["'](yes|no)["']/.exec(whole)?.[1];
      if (whole.startsWith('</')) kept.pop();
      else kept.push(own === undefined ? (kept.at(-1) ?? false) : own === 'no');
      continue;
    }
    const close = slash === '' ? endOf(text, name, from) : undefined;
    if (slash === '' && !close) return;
    const content: CharacterRange = [from, close?.[0] ?? from];
    from = close?.[1] ?? from;
    if (name.endsWith('source')) {
      segmentedSource.lastIndex = from;
      if (segmentedSource.test(text)) from = segmentedSource.lastIndex;
      open = { content, element: [found.index, from], prefix: name.slice(0, -'source'.length) };
      continue;
    }
    if (/\S/.test(text.slice(...content))) yield* contentOf(text, content);
    else if (open && !kept.at(-1)) {
      const [before, after] = [`<${name}${attributes}>`, `</${name}>`];
      yield* contentOf(text, open.content, { range: [found.index, from], before, after });
    }
    open = undefined;
  }
}

function endOf(text: string, name: string, from: number): CharacterRange | undefined {
  const closing = new RegExp(`</${name.replaceAll('.', '\\.')}\\s*>`, 'g');
  closing.lastIndex = from;
  const close = closing.exec(text);
  return close ? [close.index, close.index + close[0].length] : undefined;
}

/** The target goes under its source, as far in, or behind it on the same line. */
function* withoutTarget(
  text: string,
  { content, element: [start, end], prefix }: OpenSource,
  lineBreak: string,
): Generator<ProseBlock> {
  const lineStart = lineStartOf(text, start);
  const indentation = text.slice(lineStart, start);
  const layout = /^[ \t]*$/.test(indentation) ? lineBreak + indentation : '';
  const before = `${layout}<${prefix}target>`;
  yield* contentOf(text, content, { range: [end, end], before, after: `</${prefix}target>` });
}

function* contentOf(text: string, [start, end]: CharacterRange, into?: Insertion): Generator<ProseBlock> {
  const inside = [...text.slice(start, end).matchAll(markup)].map(
    (match): CharacterRange => [start + match.index, start + match.index + match[0].length],
  );
  let pieces: CharacterRange[] = [];
  for (const line of linesOf(text, start, end)) {
    const first = skipSpaces(text, line.start, line.end);
    const last = skipSpacesBack(text, first, line.end);
    // A tag over several lines holds them together.
    const holder = inside.find(range => range[0] < first && first <= range[1]);
    if (holder && pieces.length > 0)
      pieces[pieces.length - 1] = [pieces[pieces.length - 1][0], Math.max(last, holder[1])];
    else if (first < last) pieces.push([first, last]);
  }
  pieces = pieces.filter(([from, to]) => from < to);
  const contained = inside.filter(range => pieces.some(([from, to]) => from <= range[0] && range[1] <= to));
  if (contained.length !== inside.length || !hasWord(text.slice(start, end).replace(markup, ' '))) return;
  const block: ProseBlock = { kind: 'value', pieces, protected: contained, escape: 'xml' };
  if (!into) {
    yield block;
    return;
  }
  const before = into.before + text.slice(start, pieces[0][0]);
  const after = text.slice(pieces[pieces.length - 1][1], end) + into.after;
  yield { ...block, into: { range: into.range, before, after } };
}
