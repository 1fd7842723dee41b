// What a line of re-wrapped prose may begin with. Runs anywhere.

/**
 * Words that mean something at the start of a line and nothing elsewhere: marks of lists, quotes, headings, tables and fences, tags of
 * HTML, of documentation and of reStructuredText.
 */
const meaningful =
  /^(?:[-+*>•=~:]+$|>|#{1,6}$|\d{1,9}[.)]$|\||`{3}|~{3}|<[/!a-zA-Z]|[@\\][a-zA-Z]|:[a-z]+(?::|$)|\.\.$|:::|\$\$|>>>|\{[%{])/;

/** False for a word that would make something else of the line it begins: it stays on the line before, however long that gets. */
export function mayBeginLine(word: string): boolean {
  return !meaningful.test(word);
}
