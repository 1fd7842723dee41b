// Cuts a Markdown document into windows that can be parsed one by one and give the tree of the whole: a block is finished once
// another one follows. Runs anywhere.

import type { ListItem, Root, RootContent } from 'mdast';
import { lineStartOf } from './lines';

/** Parsing takes about 10 ms for this many characters. */
const usualLength = 16_384;
/** From here on a window with one list in it is cut between two items. */
const longLength = 65_536;

export interface MarkdownWindow {
  readonly nodes: readonly RootContent[];
  /** Document offset of offset 0 in the positions of the nodes. */
  readonly shift: number;
}

/** Windows in document order. A block that is longer than a window is parsed whole. */
export function* markdownWindows(text: string, parse: (text: string) => Root): Generator<MarkdownWindow> {
  const definitions = new Definitions(text);
  let from = frontMatterEnd(text);
  let length = usualLength;
  while (from < text.length) {
    const lineEnd = text.indexOf('\n', from + length);
    const to = lineEnd === -1 ? text.length : lineEnd + 1;
    const source = text.slice(from, to);
    const stubs = definitions.stubsFor(source);
    const nodes = parse(stubs + source).children.filter(node => node.position!.start.offset! >= stubs.length);
    const shift = from - stubs.length;
    if (to === text.length) {
      yield { nodes, shift };
      return;
    }
    const finished = finishedNodes(nodes, length);
    if (!finished) {
      length *= 2;
      continue;
    }
    yield { nodes: finished.nodes, shift };
    // No window gets stuck, whatever a parser says.
    from = Math.max(from + 1, lineStartOf(text, finished.next + shift));
    length = usualLength;
  }
}

/** All nodes but the last, which may go on; of one long list all items but the last. Undefined: the window is too short. */
function finishedNodes(
  nodes: readonly RootContent[],
  length: number,
): { readonly nodes: readonly RootContent[]; readonly next: number } | undefined {
  const last = nodes[nodes.length - 1];
  if (nodes.length > 1) return { nodes: nodes.slice(0, -1), next: last.position!.start.offset! };
  if (!last || length < longLength || last.type !== 'list' || last.children.length < 2) return undefined;
  const items: readonly ListItem[] = last.children;
  return { nodes: items.slice(0, -1), next: items[items.length - 1].position!.start.offset! };
}

/** Front matter of YAML, TOML or JSON with semicolons is between two lines of the same marks at the very beginning. */
export function frontMatterEnd(text: string): number {
  const open = /^\uFEFF?(---|\+\+\+|;;;)[ \t]*\r?\n/.exec(text);
  if (!open) return text.startsWith('\uFEFF') ? 1 : 0;
  const close = new RegExp(`^\\${open[1][0]}{3}[ \\t]*$`, 'm');
  const rest = text.slice(open[0].length);
  const found = close.exec(rest);
  return found ? open[0].length + found.index + found[0].length : 0;
}

/**
 * A reference such as `[text][label]` is a link only where its label is defined, maybe megabytes further on. Each window is parsed
 * after stubs of the definitions that it may refer to.
 */
class Definitions {
  private readonly labels = new Set<string>();

  constructor(text: string) {
    for (const match of text.matchAll(/^[ \t>*+\d.)-]{0,40}\[([^\]\n[\\]{1,200})\]:/gm))
      this.labels.add(normalized(match[1]));
  }

  stubsFor(window: string): string {
    if (this.labels.size === 0) return '';
    const used = new Map<string, string>();
    for (const match of window.matchAll(/\[([^\][\\]{1,200})\]/g)) {
      const label = normalized(match[1]);
      if (this.labels.has(label)) used.set(label, label);
    }
    if (used.size === 0) return '';
    const footnotes = [...used.keys()].filter(label => label.startsWith('^'));
    const links = [...used.keys()].filter(label => !label.startsWith('^'));
    // A paragraph at the end, so that nothing of the window is taken for more of a footnote.
    return `${footnotes.map(label => `[${label}]: x\n\n`).join('')}${links.map(label => `[${label}]: <x>\n`).join('')}\n<!-- -->\n\n`;
  }
}

function normalized(label: string): string {
  return label.replace(/\s+/g, ' ').trim().toLowerCase();
}
