// Values of files that hold texts under keys: which of them are prose, and what in them stays. Runs anywhere.

import type { CharacterRange } from '../../types';
import type { Escape, ProseBlock } from '../document';
import { hasWord, skipSpaces, skipSpacesBack } from './lines';

/** Keys whose values are for programs, whatever they look like. */
const technicalKeys = new Set(
  `$schema $id $ref id ids key uid uuid guid name type types version versions main module browser bin exports imports license
  repository homepage url urls uri href src path paths file files dir directory folder filename icon image logo color colour class
  classname style lang language locale locales charset encoding format mime mimetype extension extensions engine engines os cpu
  scripts dependencies devdependencies peerdependencies optionaldependencies bundleddependencies resolutions overrides workspaces
  publisher author authors contributors maintainers email command commands args env pattern regex regexp glob selector when on uses
  run shell with if target targets kind scope scopes tag tags branch branches sha sha256 hash integrity resolved date time datetime
  created updated timestamp method route endpoint host port user username password token secret function variable field column table
  schema query sql script code snippet template layout slug permalink sort order weight enum const default`.split(
    /\s+/,
  ),
);

/** Never prose, however many words. */
const codeKeys = new Set(
  'run command commands cmd script scripts shell code sql query pattern regex regexp exec entrypoint args'.split(' '),
);

/** Everything under these keys is for programs too. */
const technicalTrees = new Set(
  'scripts dependencies devdependencies peerdependencies optionaldependencies engines exports imports repository bin env args'.split(
    ' ',
  ),
);

export function isTechnicalTree(key: string): boolean {
  return technicalTrees.has(key.toLowerCase());
}

/** @param key Undefined for the items of a list. */
export function isProseValue(value: string, key: string | undefined): boolean {
  // `Somebody <somebody@example.org>` is a name.
  if (!hasWord(value) || /^[^<>@]*<[^<>@\s]+@[^<>@\s]+>/.test(value)) return false;
  const words = value.match(/\p{L}[\p{L}\p{M}'’-]*/gu)?.length ?? 0;
  const hasSpace = /\p{L}[.,:;!?)]*\s+\S/u.test(value);
  if (/^(?:[a-z][a-z\d+.-]*:\/\/|mailto:|[./~]|#[\da-fA-F]{3,8}$|\$\{?\w+\}?$|@\S+$|<[a-zA-Z!])\S*$/.test(value))
    return false;
  if (key !== undefined && codeKeys.has(key.toLowerCase())) return false;
  if (key !== undefined && technicalKeys.has(key.toLowerCase())) return hasSpace && words >= 5;
  if (hasSpace) return words >= 2;
  // One word: a label is written with a capital letter or a mark, or in a script without capitals.
  return /^\p{Lu}\p{Ll}+(?:[-’']\p{L}+)*[.!?:…]{0,3}$|^\p{Lo}{2,}[。！？：.!?…]*$|^\p{L}+(?:[!?…]|\.{3})$/u.test(value);
}

/** Placeholders whose braces or signs have words in them; those without are found in every text. */
const placeholder =
  /\{\{[^{}]*\}\}|\$t\([^)]{0,200}\)|%\([^)\s]{1,80}\)[sdifr]|%\{[^{}]*\}|%\d+\$[sdif@]|\{[\w.$-]*(?:,\s*(?:number|date|time|list|spellout|ordinal|duration)(?:,[^{}]*)?)?\}|@:\(?[\w.]{1,200}\)?|&[a-z]+;|<\/?[a-zA-Z][^<>]*>|''|(?<!\S)#(?!\S)/g;

export interface ValueOptions {
  readonly kind: string;
  readonly escape?: Escape;
  readonly forbidden?: readonly string[];
}

/**
 * Blocks of one value: one for each of its lines, as the escapes for a line break or a tab divide it, and for each branch of a plural
 * or choice in ICU message format.
 */
export function* valueBlocks(text: string, [start, end]: CharacterRange, options: ValueOptions): Generator<ProseBlock> {
  const value = text.slice(start, end);
  for (const [from, to] of partsOf(value, options.escape)) {
    const first = skipSpaces(text, start + from, start + to);
    const last = skipSpacesBack(text, first, start + to);
    if (first === last) continue;
    const inside = placeholdersIn(text, [first, last], options.escape);
    if (!hasWord(withoutRanges(text, [first, last], inside))) continue;
    yield {
      kind: options.kind,
      pieces: [[first, last]],
      protected: inside,
      ...(options.escape ? { escape: options.escape } : {}),
      ...(options.forbidden ? { forbidden: options.forbidden } : {}),
    };
  }
}

function* partsOf(value: string, written: Escape | undefined): Generator<CharacterRange> {
  const breaks = written === undefined || written === 'xml' ? /\r\n|[\n\r]/g : /(?<!\\)(?:\\\\)*\\[nrt]|\r\n|[\n\r]/g;
  let from = 0;
  for (const match of value.matchAll(breaks)) {
    yield* branchesOf(value, from, match.index);
    from = match.index + match[0].length;
  }
  yield* branchesOf(value, from, value.length);
}

const icuArgument = /\{\s*[\w.-]{1,80}\s*,\s*(?:plural|select|selectordinal)\s*,/;
const icuArgumentHere = new RegExp(icuArgument.source, 'y');

/** The branches of `{count, plural, one {# file} other {# files}}`, which is one range when it has none. */
function* branchesOf(value: string, from: number, to: number): Generator<CharacterRange> {
  if (!icuArgument.test(value.slice(from, to))) {
    yield [from, to];
    return;
  }
  // Text stands outside of braces and in the braces of a branch; a branch opens after its selector, an argument after text.
  const open: ('argument' | 'branch' | 'simple')[] = [];
  let start = from;
  for (let at = from; at < to; at++) {
    if (value[at] === '{') {
      const inArgument = open.at(-1) === 'argument';
      icuArgumentHere.lastIndex = at;
      const isComplex = !inArgument && icuArgumentHere.test(value);
      if (isComplex && start < at) yield [start, at];
      open.push(inArgument ? 'branch' : isComplex ? 'argument' : 'simple');
      if (inArgument) start = at + 1;
    } else if (value[at] === '}') {
      const closed = open.pop();
      if (closed === 'branch') {
        if (start < at) yield [start, at];
        start = at + 1;
      } else if (closed === 'argument') start = at + 1;
    }
  }
  if (open.length === 0 && start < to) yield [start, to];
}

/** Ranges of the text in order. */
export function placeholdersIn(
  text: string,
  [start, end]: CharacterRange,
  written: Escape | undefined,
): CharacterRange[] {
  const value = text.slice(start, end);
  const ranges: CharacterRange[] = [];
  for (const match of value.matchAll(placeholder)) {
    if (match[0] === "''" && written !== undefined && written !== 'properties') continue;
    if (match[0].startsWith('&') && written === 'xml') continue;
    // A quote inside a tag is written as an escape, which the pattern has taken with it.
    ranges.push([start + match.index, start + match.index + match[0].length]);
  }
  return ranges;
}

/** A part of the text with a space in place of each range. */
export function withoutRanges(text: string, [start, end]: CharacterRange, ranges: readonly CharacterRange[]): string {
  let rest = '';
  let from = start;
  for (const range of ranges) {
    rest += `${text.slice(from, range[0])} `;
    from = range[1];
  }
  return rest + text.slice(from, end);
}
