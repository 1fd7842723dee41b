// Names of languages and models as people read them. Pure.

/** The name of a BCP 47 language in the language `displayLocale`, or the tag itself when the platform knows no name. */
export function languageName(tag: string, displayLocale: string): string {
  try {
    return new Intl.DisplayNames([displayLocale, 'en'], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag; // not a well-formed tag: models may use names of their own
  }
}

/** A model's name where there is little room: without what stands in parentheses, 32 characters at most. */
export function shortModelName(name: string): string {
  const short = name.replace(/\s*\(.*$/, '') || name;
  return short.length <= 32 ? short : `${short.slice(0, 31)}…`;
}
