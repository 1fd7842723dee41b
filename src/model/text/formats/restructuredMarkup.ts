// What markup of reStructuredText means to a reader of prose: which directives hold any, and what stays inside a paragraph.
// Runs anywhere. After the specification of docutils 0.21 and the directives of Sphinx 8.

import type { CharacterRange } from '../../types';

/**
 * Where a directive has prose. `text`: behind its name and under it. `version`: the same after one word. `title`: one line behind
 * its name, and under it. `body`: only under it. `none`: code, data and settings.
 */
export type DirectiveProse = 'text' | 'version' | 'title' | 'body' | 'none';

const directives: Readonly<Record<Exclude<DirectiveProse, 'none'>, string>> = {
  text: 'attention caution danger error hint important note tip warning seealso todo epigraph highlights pull-quote compound parsed-text',
  version: 'versionadded versionchanged versionremoved deprecated deprecated-removed versionchanged-removed',
  title: 'admonition topic sidebar rubric table list-table dropdown card collapse grid-item-card tab-item tab details',
  body: `figure container only ifconfig glossary hlist centered class rst-class tab-set tabs grid grid-item availability impl-detail
    function data exception method attribute classmethod staticmethod property decorator decoratormethod describe object module
    currentmodule option program envvar confval opcode cmdoption describe macro member enum enumerator struct union type var alias
    automodule autoclass autofunction automethod autoattribute autodata autoexception autodecorator autoproperty automacro
    coroutinefunction coroutinemethod awaitablefunction awaitablemethod abstractmethod pdbcommand 2to3fixer audit-event setting
    django-admin templatetag templatefilter fieldlookup code-member`,
};

const proseOfDirective = new Map(
  Object.entries(directives).flatMap(([prose, names]) =>
    names.split(/\s+/).map(name => [name, prose as DirectiveProse] as const),
  ),
);

/** `name` as written, such as `py:function`: what a domain describes has its text under it. */
export function directiveProse(name: string): DirectiveProse {
  const [local, domain] = name.toLowerCase().split(':').reverse();
  if (domain !== undefined && domain !== 'rst')
    return local === 'module' || proseOfDirective.has(local) ? 'body' : 'none';
  return proseOfDirective.get(local) ?? 'none';
}

/** Roles whose text is the reader's when an address stands behind it. */
const titledRoles = 'ref|doc|numref|term|any|download|pep|rfc|abbr|eq|keyword';

const inline = new RegExp(
  [
    // Code, between two backticks on both sides.
    '(?<literal>``(?!`)[^\\n]+?``(?!`))',
    // A text with its address, of a role or alone.
    `(?<open>:(?:[\\w+-]+:)?(?:${titledRoles}):\`|(?<![\\w:\`])\`)(?=[^\`<\\s])(?<text>[^\`<]*[^\`<\\s])(?<close>\\s+<[^\`<>]+>\`_{0,2})`,
    // Other roles, references and interpreted text.
    '(?<role>:[a-zA-Z][\\w+.:-]{0,60}:`[^`\\n]+`|_?`[^`\\s](?:[^`]*[^`\\s])?`(?::[a-zA-Z][\\w+.:-]{0,60}:|_{1,2})?)',
    '(?<substitution>(?<![\\w|])\\|[^|\\s](?:[^|\\n]*[^|\\s])?\\|_{0,2})',
    '(?<footnote>\\[[^\\]\\s]{1,60}\\]_(?!\\w))',
    '(?<reference>(?<![\\w`.])[A-Za-z0-9](?:[\\w.+-]{0,60}[A-Za-z0-9])?_{1,2}(?![\\w`]))',
    '(?<emphasis>(?<![\\w*\\\\])\\*{1,2}(?=[^\\s*])(?:[^*\\n]*[^\\s*\\\\])\\*{1,2}(?![\\w*]))',
    '(?<escape>\\\\[^\\n])',
  ].join('|'),
  'g',
);

/** What comes back as it is in the prose of a paragraph, in order. */
export function* restructuredRanges(prose: string): Generator<CharacterRange> {
  for (const { 0: found, index, groups = {} } of prose.matchAll(inline)) {
    const end = index + found.length;
    if (groups.text !== undefined) {
      yield [index, index + groups.open.length];
      yield [end - groups.close.length, end];
    } else if (groups.emphasis !== undefined) {
      const length = found.startsWith('**') && found.endsWith('**') ? 2 : 1;
      yield [index, index + length];
      yield [end - length, end];
    } else yield [index, end];
  }
}
