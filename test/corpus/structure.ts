// What a translation may not change, of each format: told by parsers and tokenizers that the translation did not use, or used on
// the other side. Each gives parts that must be equal before and after.

import type { Nodes, Root } from 'mdast';
import { type IGrammar, INITIAL } from 'vscode-textmate';
import { parseAllDocuments } from 'yaml';
import type { TextFormat } from '../../src/model/text/document';
import { parseMarkdown } from '../../src/model/text/formats/markdown';
import { frontMatterEnd } from '../../src/model/text/formats/markdownWindows';

/** The parts in order. A source file needs its grammar. */
export function structureOf(text: string, format: TextFormat, grammar?: IGrammar): readonly string[] {
  switch (format) {
    case 'comments':
      return codeLines(text, grammar!);
    case 'markdown':
      return markdownStructure(text);
    case 'rst':
      return restructuredStructure(text);
    case 'asciidoc':
      return asciidocStructure(text);
    case 'html':
      return htmlStructure(text.replace(/<!-- [\s\S]*? -->/g, '<!-- -->'));
    case 'csv':
      return text.split(/\r\n|\n/).map((line, index) => (index === 0 ? line : line.replace(/[^",;\t\d]+/g, ' ')));
    case 'notebook':
      return [JSON.stringify(parsedJson(text), withoutMarkdown)];
    case 'json':
      return [shapeOf(parsedJson(text))];
    case 'yaml':
      return parseAllDocuments(text).map(document => shapeOf(document.toJS({ maxAliasCount: -1 })));
    case 'po':
      return poStructure(text);
    case 'xliff':
      return xliffStructure(text);
    case 'properties':
      return propertiesStructure(text);
    case 'diff':
      return diffStructure(text);
    case 'log':
      return text.split(/\r\n|\n|\r/).map(line => /^\W*[\d\s:.,TZ/+-]*/.exec(line)![0]);
    case 'commit':
      return [...paragraphCounts(text), ...(text.match(/^(?:[A-Z][a-z]+-[a-z-]+: .*|#.*)$/gm) ?? [])];
    case 'text':
      return paragraphCounts(text);
  }
}

/**
 * Every line of code with its indentation, without comments and docstrings, and the scopes of its tokens: a comment that is not closed
 * any more changes those after it. Then the tags in comments, in any order: one inside a sentence moves in it.
 */
function codeLines(text: string, grammar: IGrammar): string[] {
  const lines: string[] = [];
  const tags: string[] = [];
  let state = INITIAL;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.length > 20_000) {
      lines.push(line);
      continue;
    }
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    let code = '';
    let comment = '';
    const scopesOfLine: string[] = [];
    for (const { startIndex, endIndex, scopes } of tokens) {
      const part = line.slice(startIndex, endIndex);
      if (scopes.some(scope => /^comment(?!.*preprocessor)|docstring/.test(scope))) {
        comment += part;
        continue;
      }
      code += part;
      if (part.trim() !== '') scopesOfLine.push(scopes.join(' '));
    }
    tags.push(...(comment.match(/<\/?[a-zA-Z][\w:-]*(?:\s[^<>]*)?>/g) ?? []));
    if (code.trim() !== '') lines.push(`${code.trimEnd()}\n${scopesOfLine.join('\n')}`);
  }
  return [...lines, ...tags.sort()];
}

/** Front matter as it is; then each block, and the inline nodes of each without their text and their order. */
function markdownStructure(text: string): string[] {
  const end = frontMatterEnd(text);
  const tree: Root = parseMarkdown(text.slice(end));
  return [text.slice(0, end), ...tree.children.map(node => JSON.stringify(skeletonOf(node)))];
}

const inlineParents = new Set([
  'paragraph',
  'heading',
  'tableCell',
  'link',
  'linkReference',
  'emphasis',
  'strong',
  'delete',
]);

function skeletonOf(node: Nodes): unknown {
  const { type, position: _, ...rest } = node;
  const attributes: Record<string, unknown> = { ...rest };
  delete attributes.children;
  if (type === 'text') return undefined;
  if (type === 'image') delete attributes.alt;
  if (node.type === 'html') attributes.value = htmlStructure(node.value);
  if (!('children' in node)) return [type, attributes];
  const children = node.children.map(child => skeletonOf(child)).filter(child => child !== undefined);
  // Grammar moves a link in its sentence, never a list into another.
  if (inlineParents.has(type)) children.sort((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));
  return [type, attributes, children];
}

/** Tags, comments, and what stands in elements that hold no text, in any order: a link moves in its sentence. */
function htmlStructure(html: string): string[] {
  const whole = /<!--[\s\S]*?-->|<(pre|code|kbd|samp|var|script|style|svg|math)\b[\s\S]*?<\/\1\s*>|<[^>]*>/gi;
  return (html.match(whole) ?? []).sort();
}

/** Lines that are no prose as they are, with what is between the marks of a listing; of items their marks; references in any order. */
function asciidocStructure(text: string): string[] {
  const listings = text.match(/^(-{4,}|\.{4,}|\/{4,}|\|={3,})\n[\s\S]*?^\1$/gm) ?? [];
  const lines = text.match(/^(?::\w.*|\[.*\]|\w+::\S*\[.*\]|={1,6} |\*{1,5} |\.{1,5} |\.(?=\w)|\+|[A-Z]+: )/gm) ?? [];
  const references = text.match(/<<[^>,]*|[a-z]+:[^\s[]*\[/g) ?? [];
  return [...listings, ...lines, ...references.sort()];
}

const restructuredProse =
  /^\.\. (?:\[[^\]]+\]|(?:note|warning|tip|hint|important|caution|danger|attention|error|seealso|todo|admonition|topic|sidebar|rubric|list-table|table|version\w+|deprecated)::)/;
/** What they are given stays; what stands under them is prose. */
const restructuredHead =
  /^\.\. (?:figure|glossary|container|only|(?:\w+:)?(?:function|class|method|attribute|data|exception|module|option|envvar)|auto\w+|py:\w+)::/;
const restructuredCode = /^(?:\.\.|__)(?: |$)/;

/**
 * Line by line: what is code, data or a mark as it is, of prose only where a paragraph begins, of rules whether they are as long as
 * they must be.
 */
function restructuredStructure(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  const indentOf = (line: string) => /^[ \t]*/.exec(line)![0].length;
  const parts: string[] = [];
  let verbatim: number | undefined;
  let columns: readonly number[] = [];
  let inParagraph: number | undefined;
  let inSession = false;
  for (const [index, line] of lines.entries()) {
    const content = line.trim();
    const indent = indentOf(line);
    if (content === '') {
      inParagraph = undefined;
      if (inSession) [verbatim, inSession] = [undefined, false];
      continue;
    }
    if (verbatim !== undefined && indent > verbatim) {
      parts.push(line);
      continue;
    }
    verbatim = undefined;
    const rules = /^([=+-]+ *)+$/.test(content) ? [...content.matchAll(/[=-]{2,}/g)] : [];
    if (/^([!-/:-@[-`{-~])\1*$/.test(content)) {
      const title = lines[index - 1] ?? '';
      const isShort = title.trim() !== '' && columnsOf(title.trimEnd()) > columnsOf(line.trimEnd());
      parts.push(`${content[0]} ${isShort ? 'too short' : 'long enough'}`);
      columns = [];
      inParagraph = undefined;
    } else if (rules.length > 1) {
      parts.push(`rule of ${rules.length} columns`);
      const isLast = columns.length > 0 && (lines[index + 1] ?? '').trim() === '';
      if (content.startsWith('=')) columns = isLast ? [] : rules.slice(1).map(rule => indent + rule.index);
    } else if (columns.length > 0) {
      const isCut = columns.some(column => /\S/.test([...bare(line)][column - 1] ?? ' '));
      const goesOn = indent >= columns[0]; // a wrapped cell may take more lines, or fewer
      if (isCut || !goesOn) parts.push(isCut ? 'a row between its columns' : 'a row');
    } else if (content.startsWith('|')) parts.push(content.replace(/[^|]+/g, ''));
    else if (restructuredCode.test(content)) {
      const prose = restructuredProse.exec(content);
      parts.push(' '.repeat(indent) + (prose?.[0] ?? content));
      if (!prose && !restructuredHead.test(content)) verbatim = indent;
    } else if (/^:[^:`]+:(?: |$)/.test(content)) parts.push(' '.repeat(indent) + /^:[^:]+:/.exec(content)![0]);
    else {
      const mark = /^(?:[-*+]|\(?(?:\d+|#)[.)]|>>>)(?= )/.exec(content)?.[0] ?? '';
      if (inParagraph !== indent || mark !== '') parts.push(' '.repeat(indent) + mark);
      inParagraph = indent;
      if (mark === '>>>') [verbatim, inSession] = [indent - 1, true];
    }
    // What a line of prose ends with may be on another line after wrapping.
    if (/(?:^|[^:])::$/.test(content) && !restructuredCode.test(content)) {
      parts.push('::');
      verbatim = indent;
    }
  }
  return parts;
}

function bare(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '');
}

function columnsOf(text: string): number {
  return [...bare(text)].length;
}

/** Everything but texts: keys, numbers, the order of both. */
function shapeOf(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'string' ? '' : part)) ?? '';
}

/** A cell of Markdown as the tree of what it holds. */
function withoutMarkdown(_: string, value: unknown): unknown {
  const cell = value as { readonly cell_type?: unknown; readonly source?: string | readonly string[] } | null;
  if (cell?.cell_type !== 'markdown') return value;
  return { ...cell, cell_type: 'read', source: markdownStructure([cell.source ?? ''].flat().join('')) };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    // Comments and trailing commas: the marks and keys alone.
    return [...text.matchAll(/"(?:[^"\\\n]|\\.)*"(?=\s*:)|[{}[\],:]/g)].map(match => ({ [match[0]]: 0 }));
  }
}

function paragraphCounts(text: string): string[] {
  return [String(text.split(/\n[ \t]*\n/).length)];
}

function poStructure(text: string): string[] {
  let inTranslation = false;
  return text.split(/\r\n|\n/).filter(line => {
    if (/^\s*(?:msg|#|$)/.test(line)) inTranslation = /^\s*msgstr/.test(line);
    return !inTranslation;
  });
}

/** Every tag outside of targets, and the tags of each target: where it was missing or empty, those of its source. */
function xliffStructure(text: string): string[] {
  let source: string | undefined;
  const parts = text
    .replace(/<alt-trans\b[\s\S]*?<\/alt-trans>/g, '')
    .split(
      /(<(?:source|target)\b[^>]*(?<!\/)>[\s\S]*?<\/(?:source|target)>|<target\b[^>]*\/>|<\/(?:trans-unit|segment)>)/,
    );
  return parts.flatMap(part => {
    const tags = (part.match(/<[^>]*>/g)?.slice(1, -1) ?? []).sort().join('');
    if (part.startsWith('<source')) {
      source = tags;
      return [part];
    }
    if (part.startsWith('<target')) {
      const own = /^<target\b[^>]*>\s*[^\s<]/.test(part) ? tags : source;
      source = undefined;
      return [`target ${own}`];
    }
    if (!/^<\/(?:trans-unit|segment)>$/.test(part)) return part.trim() === '' ? [] : [part.trim()];
    const missing = source;
    source = undefined;
    return missing === undefined ? [part] : [`target ${missing}`, part];
  });
}

function propertiesStructure(text: string): string[] {
  // A comment does not go on, whatever it ends with.
  const logical = text.replace(/^(?![ \t]*[#!]).*(?:\\\r?\n.*)*$/gm, line => line.replace(/\\\r?\n[ \t]*/g, ''));
  return logical
    .split(/\r\n|\n/)
    .map(line => (/^\s*[#!]/.test(line) ? line : (/^(?:[^\\=:]|\\.)*?[=:\s]/.exec(line)?.[0] ?? '')));
}

/** The sign of every line; lines of context and heads whole. */
function diffStructure(text: string): string[] {
  return text
    .split('\n')
    .map(line => (/^[+-](?![+-]{2} )/.test(line) || /^(?: {4}|Subject: )/.test(line) ? line[0] : line));
}
