// Reads one line of a comment or docstring: where its prose begins, or that it has none. Documentation tags, list marks and
// directives of the common languages. Runs anywhere; knows one line at a time, `proseLines.ts` knows what stands around it.

import { directiveProse } from './restructuredMarkup';

/** `start`: prose of a new paragraph from `at` on; `continue`: more of the paragraph before; `skip`: no prose. */
export type LineRole =
  | { readonly role: 'start'; readonly at: number; readonly hanging: boolean }
  | { readonly role: 'continue' }
  | { readonly role: 'skip'; readonly opens?: 'example' | 'literal' | 'session' };

const skip: LineRole = { role: 'skip' };
const skipExample: LineRole = { role: 'skip', opens: 'example' };
const skipLiteral: LineRole = { role: 'skip', opens: 'literal' };

/** Comments that tools read: linters, formatters, compilers, editors, type checkers. */
const directive = new RegExp(
  `^(?:${[
    'eslint(?:-\\w+)*\\b(?!\\s+(?:is|has|can|will|does|and|or|to)\\b)',
    'prettier-ignore|biome-ignore|deno-(?:lint|fmt)-ignore|dprint-ignore|stylelint-(?:disable|enable)|tslint:|jshint|jslint|jscs:',
    'globals?\\s+[\\w$]+(?:\\s*[,:]|$)|istanbul\\s+ignore|[cv]8\\s+ignore|node:coverage|webpack\\w*:|@vite-ignore|vite-ignore',
    '@?ts-(?:ignore|expect-error|nocheck|check)|@flow|@noflow|@jsx|@babel|@__PURE__|#__PURE__|__PURE__|@generated',
    '<reference|sourceMappingURL|sourceURL|#\\s*source(?:Mapping)?URL|exported\\s|nosemgrep|sonar|NOSONAR',
    'noqa\\b|type:\\s|mypy:|pyright:|pylint:|pytype:|flake8|isort:|fmt:|yapf:|ruff:|nosec\\b|pragma\\b|cython:|distutils:',
    '-\\*-|vim?:|ex:|coding[:=]|Local Variables|region\\b|endregion\\b|#region|#endregion|MARK:|<editor-fold|</editor-fold',
    'NOLINT|clang-format|clang-tidy|cppcheck|IWYU|GCC\\s|LCOV_|@?formatter:|CHECKSTYLE|noinspection|spotless:|ktlint|detekt',
    'go:\\w|\\+build|nolint\\b|export\\s\\w+$|cgo\\s|lint:|rubocop:|frozen_string_literal:|encoding:|warn_indent|typed:|shareable_',
    'shellcheck\\s|swiftlint:|swift-tools-version|sourcery:|periphery:|phpcs:|phpstan|psalm|@phpstan|@psalm|@codeCoverage|@suppress',
    'codespell|cspell|spell-?checker|markdownlint|SPDX-|rustfmt|tarpaulin|ReSharper|credo:|dialyzer|luacheck:|selene:|stylua:',
    '(?:[a-z]+-)?docs-(?:start|end)\\b|snippet-(?:start|end)\\b|(?:tag|end)::\\w',
    'hadolint|syntax=|escape=|check=|yamllint|yaml-language-server|ansible|jsonnet|TODO-LIST|nofmt|perlcritic|no critic|jazzy',
  ].join('|')})`,
  'i',
);

/** Tags whose whole line is for tools; the lines under them too, until the next tag or an empty line. */
const opaqueTags = new Set(
  `abstract access alias api apidoc async augments author authors borrows callback class constant constructor constructs copyright
  date default defaultvalue enum event exports export extends external file fileoverview final fires function generator global
  group hideconstructor ignore implements import include inheritdoc inheritDoc inner instance interface internal kind
  lends license link listens member memberof method mixes mixin module name namespace override package preserve private
  protected provides public readonly requires satisfies see sealed since static subpackage suppress template this type typedef
  typeparam uses var variation version virtual volatile category hidden experimental alpha beta addtogroup defgroup ingroup def struct
  union fn endcond cond verbatiminclude snippet dontinclude copydoc cite ref noapi nodoc nosource nullable
  overload alias operator cast diagnostic meta field language`.split(/\s+/),
);

/** Code follows, until the next tag. */
const exampleTags = new Set('example examples code codeblock verbatim usage dot msc startuml f'.split(' '));

const parameterTags = new Set('param arg argument parameter property prop tparam params attr attribute'.split(' '));
const typedTags = new Set(
  'return returns throws throw exception raise raises yield yields result retval treturn'.split(' '),
);

const sphinxField = /^:([a-z]+)(?:\s+[^:\n`]{1,120})?:(?=\s|$)/;
/** Fields of Sphinx that hold a type. */
export const sphinxTypes = new Set(['type', 'rtype', 'vartype', 'meta', 'ytype', 'var', 'class', 'cvar', 'ivar']);

/** Names of sections in docstrings of the Google and NumPy styles. */
export const sectionName =
  /^(?:Args|Arguments|Parameters|Params|Returns?|Raises|Yields?|Receives|Attributes|Examples?|Notes?|Keyword Arg(?:ument)?s|Other Parameters|Warns|Warnings?|See Also|References|Todo|Methods|Usage|Properties|Exceptions|Throws|Side Effects|Environment|Options|Outputs?|Inputs?|Values?|Details|Description):?$/i;

const listMark = /^(?:[-*+•‣]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]+(?:\[[ xX]\][ \t]+)?/;
const taskMark =
  /^(?:(?:TODO|FIXME|XXX|HACK|NOTE|BUG|OPTIMIZE|REVIEW|WARNING|SAFETY|PERF)\b(?:\([^)\n]*\))?(?::|[ \t]-)?[ \t]*|Deprecated:[ \t]+)/;
const podCommand = /^=(?:head[1-6]|item)[ \t]+(?:\*[ \t]+)?/;
const directiveMark = /^\.\.[ \t]+([a-zA-Z][\w+.:-]*?)[ \t]?::(?=\s|$)[ \t]*/;
const haddockMark = /^[|^<][ \t]+/;
const decoration = /^[-=*#~_+|/<>]{2,}[ \t]*/;

/** @param line Without marker and surrounding spaces, not empty. */
export function lineRole(line: string, isTight: boolean): LineRole {
  if (directive.test(line)) return skip;
  if (/^(?:>>>|In \[\d+\])/.test(line)) return { role: 'skip', opens: 'session' };
  if (/^(?:\.\.\.(?:\s|$)|\$ )/.test(line)) return skip;
  if (/^[@\\][a-zA-Z]/.test(line)) return tagRole(line, isTight);
  const field = sphinxField.exec(line);
  if (field) return sphinxTypes.has(field[1]) ? skip : startAfter(line, field[0].length);
  if (/^\.\.(?:\s|$)/.test(line)) return restructuredRole(line);
  // Comment-based help of PowerShell; RDoc.
  if (/^\.[A-Z]{4,}(?:\s|$)/.test(line)) return line.startsWith('.EXAMPLE') ? skipExample : skip;
  if (line === 'call-seq:') return skipLiteral;
  if (/^=[a-z]/.test(line)) {
    const command = podCommand.exec(line);
    return command ? startAfter(line, command[0].length) : skip;
  }
  if (/^(?:\|.*\|$|\+[-=]|\[[^\]]+\]:|<\/?[a-zA-Z!][^>]*>$)/.test(line)) return skip;
  for (const mark of [listMark, taskMark, /^#{1,6}[ \t]+/, haddockMark, decoration]) {
    const match = mark.exec(line);
    if (match) return startAfter(line, match[0].length, mark === listMark);
  }
  return { role: 'continue' };
}

function startAfter(line: string, length: number, hanging = false): LineRole {
  let at = length;
  while (line[at] === ' ' || line[at] === '\t') at++;
  return at < line.length ? { role: 'start', at, hanging } : skip;
}

function restructuredRole(line: string): LineRole {
  const found = directiveMark.exec(line);
  const prose = found ? directiveProse(found[1]) : 'none';
  if (!found || prose === 'none') return skipLiteral;
  if (prose === 'body') return skip;
  const version = prose === 'version' ? /^\S*[ \t]*/.exec(line.slice(found[0].length))![0].length : 0;
  return startAfter(line, found[0].length + version);
}

/** @param isTight The tag follows the comment marker without a space, as annotations of the Lua language server do. */
function tagRole(line: string, isTight: boolean): LineRole {
  const [whole, tag] = /^[@\\]([a-zA-Z][\w-]*)(?:\[[\w,]+\])?/.exec(line)!;
  const name = tag.toLowerCase();
  if (exampleTags.has(name)) return skipExample;
  if (opaqueTags.has(name) || tag.includes('-')) return skipLiteral;
  let at = skipBlanks(line, whole.length);
  if (parameterTags.has(name)) return startAfter(line, afterParameter(line, at, name, isTight), true);
  if (typedTags.has(name)) return startAfter(line, afterType(line, at, name, isTight), true);
  at = afterBraces(line, at);
  // A tag that nobody here knows: what follows is prose only when it reads so.
  const isKnown =
    /^(?:deprecated|remarks?|desc|description|summary|brief|short|details?|notes?|warning|todo|classdesc|par|pre|post|invariant|sa|attention|important|bug|tip|li)$/.test(
      name,
    );
  const rest = line.slice(at);
  if (!isKnown && (rest.match(/\p{L}{2,}/gu)?.length ?? 0) < 3) return skip;
  return startAfter(line, skipDash(line, at), true);
}

function afterParameter(line: string, from: number, name: string, isTight: boolean): number {
  let at = afterBraces(line, from);
  // phpDoc: `@param string|null $name`; Lua: `@tparam string name`, and `---@param name string`.
  const typed = /^(?:[^\s$]+[ \t]+)?(?:&|\.\.\.)*\$\w+/.exec(line.slice(at));
  if (typed) at += typed[0].length;
  else {
    at = afterName(line, at);
    if (name === 'tparam' || isTight) at = afterName(line, skipBlanks(line, at));
  }
  return skipDash(line, skipBlanks(line, at));
}

function afterType(line: string, from: number, name: string, isTight: boolean): number {
  const at = afterBraces(line, from);
  if (at > from) return skipDash(line, at);
  const word = /^\S+/.exec(line.slice(at))?.[0] ?? '';
  const isException = /^(?:throws?|exception|raises?|retval|treturn)$/.test(name);
  const looksTyped =
    /[|\\<>[\]]|::|^\$/.test(word) ||
    /^(?:string|int|integer|bool|boolean|array|void|mixed|self|static|null|float|object|callable|iterable|number|table|nil|any)$/.test(
      word,
    ) ||
    /^[A-Z]\w*(?:Exception|Error)$/.test(word) ||
    /^[A-Z][a-z]+[A-Z]\w*$/.test(word);
  return isException || looksTyped || isTight ? skipDash(line, skipBlanks(line, at + word.length)) : at;
}

/** `[name=default value]`, or a word. */
function afterName(line: string, from: number): number {
  if (line[from] === '[') return afterBalanced(line, from, '[', ']');
  let at = from;
  while (at < line.length && line[at] !== ' ' && line[at] !== '\t') at++;
  return at;
}

function afterBraces(line: string, from: number): number {
  return line[from] === '{' ? skipBlanks(line, afterBalanced(line, from, '{', '}')) : from;
}

function afterBalanced(line: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < line.length; at++) {
    if (line[at] === open) depth++;
    else if (line[at] === close && --depth === 0) return at + 1;
  }
  return line.length; // a type over several lines
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (line[at] === ' ' || line[at] === '\t') at++;
  return at;
}

function skipDash(line: string, from: number): number {
  const dash = /^(?:-+|–|—|:)(?=[ \t])[ \t]+/.exec(line.slice(from, from + 20));
  return from + (dash?.[0].length ?? 0);
}

/** True for how a command is called: a few words, then what it takes, in brackets and with dashes. */
export function looksLikeSynopsis(line: string): boolean {
  const words = line.split(/\s+/);
  const taken = words.filter(word => /^\(?[[<{|-]|[\]>}]$|\.{3}\]*$/.test(word));
  return taken.length > 1 && words.length - taken.length <= 3;
}

/**
 * True for a line of code that somebody commented out. Prose mentions code; a line counts as code only by its form: how it ends or
 * begins, or symbols that prose does not have.
 */
export function looksLikeCode(line: string): boolean {
  if (/[.?!:]$/.test(line) && /^\p{Lu}?\p{Ll}+ \p{Ll}+ /u.test(line)) return false;
  if (/;\s+\/\/|^\((?:def\w*|let|fn|if|when|set!?|require|ns|do|print\w*)\s/.test(line)) return true;
  // Tags of Javadoc, such as `{@link Name}`, are none.
  if (/[;{}]$|^(?:\{(?!@)|[}\])])|^\[[^\]]*\][;,]?$|[),]\s*[{(]$|\\$/.test(line))
    return !/^[\p{L}' ,-]{20,}[;]$/u.test(line);
  if (
    /^(?:import|from|export|require|using|#include|package|use)\s+[\w{'"<.*@]+(?:\s+(?:import|from|as)\b|$|['">])/.test(
      line,
    )
  )
    return true;
  if (/^(?:if|while|for|switch|elif|elsif)\s*\(.*\)?/.test(line) && /[=<>!&|]{1,2}|\)$/.test(line)) return true;
  if (
    /^(?:const|let|var|def|func|fn|function|public|private|static|class|struct|return|val|local)\s+[\w$.]+\s*(?:[=(:{<;]|$)/.test(
      line,
    )
  )
    return true;
  if (
    /^[\w$.\][>()'"-]+\s*(?:=|:=|\+=|-=|<-|==|=>)\s*\S/.test(line) &&
    !/ (?:is|are|the|a|an|means|when|if) /.test(line)
  )
    return true;
  if (/^[\w$.:>-]+\([^)]*\)(?:[.;,]|\s*[+*/-].*)?$/.test(line) && !/\s\p{Ll}+\s\p{Ll}+\s/u.test(line)) return true;
  return /^<[a-zA-Z/][^>]*>[^\s<]*<\/[a-zA-Z]+>$|^(?:\S+\s+)?(?:&&|\|\||=>|->)\s/.test(line);
}
