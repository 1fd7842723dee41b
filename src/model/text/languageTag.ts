// Language tags as people and models write them: `es`, `ES`, `es-MX`, `en_XX`. Runs anywhere.

/** The first part of a tag in lower case: `es` of `es-MX`. */
export function primaryLanguage(tag: string): string {
  return tag.split(/[-_]/, 1)[0].toLowerCase();
}

/** The one of `offered` that a tag means: the same whatever its case, else the first with the same primary language. */
export function findLanguage(wanted: string, offered: readonly string[]): string | undefined {
  const exact = offered.find(language => language.toLowerCase() === wanted.toLowerCase());
  return exact ?? offered.find(language => primaryLanguage(language) === primaryLanguage(wanted));
}
