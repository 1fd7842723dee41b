// Which language a translation goes to. Pure.

import { HeadlightError } from '../model/errors';
import { findLanguage, primaryLanguage } from '../model/text/languageTag';

export interface TargetQuestion {
  /** What the setting says; empty: follow the display language. */
  readonly setting: string;
  readonly displayLanguage: string;
  /** Target languages of the model; undefined when it declares none. */
  readonly offered: readonly string[] | undefined;
  /** Languages chosen before, latest first. */
  readonly recent: readonly string[];
}

export interface TargetChoice {
  /** Undefined: the model has one direction only and declares no languages. */
  readonly to: string | undefined;
  /** Where a text goes that is already in `to`; undefined: the model's first other language. */
  readonly alternateTo: string | undefined;
  /** The display language, when `to` stands in for it because the model does not offer it. */
  readonly insteadOf: string | undefined;
}

/** Errors: `unsupported-task` when the setting names a language that the model does not offer. */
export function chooseTarget({ setting, displayLanguage, offered, recent }: TargetQuestion): TargetChoice {
  if (offered === undefined || offered.length === 0)
    return { to: undefined, alternateTo: undefined, insteadOf: undefined };
  const find = (wanted: string) => findLanguage(wanted, offered);
  const display = find(displayLanguage);
  const recentOffered = recent.map(find).filter(language => language !== undefined);

  let to: string | undefined;
  if (setting !== '') {
    to = find(setting);
    if (to === undefined) throw notOffered(setting, offered);
  } else {
    to = display ?? recentOffered[0] ?? find('en') ?? offered[0];
  }
  return {
    to,
    alternateTo: [...recentOffered, display].find(language => language !== undefined && language !== to),
    insteadOf: setting === '' && display === undefined ? primaryLanguage(displayLanguage) : undefined,
  };
}

/** `recent` with `language` put first, at most `limit` of them. */
export function rememberLanguage(recent: readonly string[], language: string, limit = 8): string[] {
  return [language, ...recent.filter(other => other !== language)].slice(0, limit);
}

function notOffered(wanted: string, offered: readonly string[]): HeadlightError {
  return new HeadlightError('unsupported-task', `the model does not translate to "${wanted}"`, {
    task: 'translate',
    from: null,
    to: wanted,
    sources: [],
    targets: offered,
  });
}
