// Terms with a translation that is given, and terms that are never translated. Pure.

import { HeadlightError } from '../errors';
import type { FoundTerm } from './proseSentences';

/**
 * As in settings and files: term -> translation by language tag. A term whose value is `null`, or a string equal to it, is never
 * translated; a plain string is its translation into every language.
 */
export type GlossaryEntries = Readonly<Record<string, string | null | Readonly<Record<string, string>>>>;

export interface Glossary {
  /** Matches what must come back as it is. */
  readonly neverTranslate: RegExp | undefined;
  /** Terms in a text with their translations, in order. */
  readonly find: (text: string) => FoundTerm[];
  /** The same for the same entries and language: part of the key of what is cached. */
  readonly key: string;
}

/** `to`: the target language; entries of other languages do not count. */
export function glossaryFor(entries: GlossaryEntries, to: string | undefined): Glossary | undefined {
  const never: string[] = [];
  const translations = new Map<string, string>();
  for (const [term, value] of Object.entries(entries)) {
    if (term.trim() === '') continue;
    const translation = value === null || typeof value === 'string' ? value : translationInto(value, to);
    if (translation === undefined) continue;
    if (translation === null || translation === term) never.push(term);
    else translations.set(term.toLowerCase(), translation);
  }
  if (never.length === 0 && translations.size === 0) return undefined;
  const terms = translations.size > 0 ? anyOf([...translations.keys()], 'giu') : undefined;
  return {
    neverTranslate: never.length > 0 ? anyOf(never, 'gu') : undefined,
    find: text =>
      terms
        ? [...text.matchAll(terms)].map(({ 0: found, index }) => ({
            range: [index, index + found.length],
            translation: inCaseOf(found, translations.get(found.toLowerCase())!),
          }))
        : [],
    key: JSON.stringify([never, [...translations]]),
  };
}

/** Errors: `invalid-request` that names the file and the term. */
export function readGlossary(text: string, file: string): GlossaryEntries {
  const wrong = (found: string) =>
    new HeadlightError(
      'invalid-request',
      `${file}: expected {"term": "translation" | null | {"es": "..."}}, found ${found}`,
      {
        rule: 'a JSON object of terms',
        found,
        file,
      },
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
  if (!isRecord(json)) throw wrong(JSON.stringify(json)?.slice(0, 60) ?? 'nothing');
  for (const [term, value] of Object.entries(json)) {
    const isRight =
      value === null ||
      typeof value === 'string' ||
      (isRecord(value) && Object.values(value).every(translation => typeof translation === 'string'));
    if (!isRight) throw wrong(`${JSON.stringify(value).slice(0, 60)} for "${term}"`);
  }
  return json as GlossaryEntries;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function translationInto(value: Readonly<Record<string, string>>, to: string | undefined): string | undefined {
  return to !== undefined && Object.hasOwn(value, to) ? value[to] : undefined;
}

/** Whole words; the longest first, so that `pull request` goes before `pull`. */
function anyOf(terms: readonly string[], flags: string): RegExp {
  const escaped = [...terms]
    .sort((left, right) => right.length - left.length)
    .map(term => term.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&').replace(/\s+/g, '\\s+'));
  return new RegExp(`(?<![\\p{L}\\p{N}_])(?:${escaped.join('|')})(?![\\p{L}\\p{N}_])`, flags);
}

/** A term at the start of a sentence has a capital letter, and so has its translation. */
function inCaseOf(found: string, translation: string): string {
  const isCapital = /^\p{Lu}/u.test(found) && !/^\p{Lu}\p{Lu}/u.test(found);
  return isCapital ? translation.charAt(0).toUpperCase() + translation.slice(1) : translation;
}
