// Which protected ranges of a document are markup around words, and which of them belong together. Pure.

/** Markup opens or closes a run of words, or stands alone. */
export type MarkupSide = 'open' | 'close' | 'single';

const pictograph =
  '[\\u2600-\\u27bf\\u2b05-\\u2b55\\u{1f000}-\\u{1faff}]\\ufe0f?(?:\\u200d[\\u2600-\\u27bf\\u{1f000}-\\u{1faff}]\\ufe0f?)*';

/** Runs of emoji and dingbats. */
export const pictographs = new RegExp(`(?:${pictograph})(?: ?${pictograph})*`, 'gu');

const onlyPictographs = new RegExp(`^ ?${pictographs.source} ?$`, 'u');

export function isPictograph(raw: string): boolean {
  return onlyPictographs.test(raw);
}

/** HTML elements without an end tag. */
const voidElements = /^<(?:br|hr|img|input|meta|link|area|base|col|embed|source|track|wbr)\b/i;

/** HTML elements, and one of C#, whose content is code: a word of its sentence. */
export const codeElements: readonly string[] = ['c', 'code', 'kbd', 'samp', 'tt', 'var'];

/** Of C#: names in a sentence. */
const nameElement = /^<(?:see|paramref|typeparamref)\b[^<>]*\/>$/i;

const codeElement = new RegExp(String.raw`^<(${codeElements.join('|')})\b[^<>]*>[\s\S]*</\1\s*>$`, 'i');

/** Around a text with its address in reStructuredText: `:doc:` and a backtick, then the address and another. */
const restructuredOpen = /^(?::[\w+.:-]+:)?`$/;
const restructuredClose = /^\s+<[^`<>]+>`_{0,2}$/;

/** Before the text of a link or a reference in AsciiDoc. */
const asciidocOpen = /^(?:[a-z]+:\S*\[|<<[^<>]*,)$/;

/**
 * True for what a translator need not read: emphasis marks, brackets and destinations of links, tags, references. Code, addresses
 * and placeholders are words of their sentence.
 */
export function isMarkup(raw: string): boolean {
  // Code without a letter, such as an operator, is a word too.
  if (codeElement.test(raw) || nameElement.test(raw) || /^(`+)[\s\S]+\1$/.test(raw)) return false;
  if (/^<(?:[a-z][a-z\d+.-]*:|[^<>\s@]+@)/i.test(raw)) return false;
  if (/^<[/!a-z]/i.test(raw) && raw.endsWith('>')) return true;
  if (asciidocOpen.test(raw)) return true;
  if (/^\[\^[^\]]*\]$/.test(raw) || restructuredOpen.test(raw) || restructuredClose.test(raw)) return true;
  if (/^!?\[[^\]]*$/.test(raw) || raw.startsWith('](') || raw.startsWith('][') || raw === ']') return true;
  return !/[\p{L}\p{N}]/u.test(raw);
}

/**
 * The partner of each mark by index; a mark without one has itself. Marks nest: what would cross stands alone.
 * `touchesNext[i]`: the character after mark i is no space, so that it can open.
 */
export function pairMarks(marks: readonly string[], touchesNext: readonly boolean[]): number[] {
  const partners = marks.map((_, index) => index);
  const open: number[] = [];
  for (const [index, mark] of marks.entries()) {
    const opener = open.findLastIndex(candidate => closes(marks[candidate], mark));
    if (opener !== -1) {
      const [partner] = open.splice(opener);
      partners[index] = partner;
      partners[partner] = index;
    } else if (canOpen(mark) && touchesNext[index]) open.push(index);
  }
  return partners;
}

function canOpen(mark: string): boolean {
  if (asciidocOpen.test(mark)) return true;
  if (mark.startsWith('<')) return /^<[a-z]/i.test(mark) && !mark.endsWith('/>') && !voidElements.test(mark);
  if (mark.endsWith('[') || restructuredOpen.test(mark)) return true;
  return /^[*_~=+^`"'«„“‘(]+$/.test(mark);
}

function closes(opening: string, mark: string): boolean {
  if (opening.startsWith('<<')) return mark === '>>';
  if (opening.startsWith('<')) return nameOf(opening) === nameOf(mark) && mark.startsWith('</');
  if (opening.endsWith('[')) return mark.startsWith(']');
  return restructuredOpen.test(opening) && restructuredClose.test(mark) ? true : opening === mark;
}

/** In small letters; of what is no tag, empty. */
export function nameOf(tag: string): string {
  return /^<\/?([\w:.-]+)/.exec(tag)?.[1].toLowerCase() ?? '';
}
