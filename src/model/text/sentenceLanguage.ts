// Whether a sentence of a document is translated, and from which language: the document's, unless the sentence is surely in another.
// Pure.

import type { DetectedLanguage } from './language';

/** Fewer words tell a language too often wrong. */
const fewestWords = 5;

export interface DocumentLanguages {
  /** Of the document; undefined when nothing tells. */
  readonly from: string | undefined;
  readonly to: string;
  /** True: the document as a whole is in `to`, so that only sentences surely in another language are translated. */
  readonly isTarget: boolean;
  /** True when there is a way from a language into `to`. */
  readonly takes: (language: string) => boolean;
}

/**
 * The language to translate a sentence from; `stays` for one that is in the target language. A sentence surely in a language that
 * nothing leads from goes as one of the document's: names and terms of other languages stand everywhere.
 */
export function sentenceSource(
  text: string,
  { from, to, isTarget, takes }: DocumentLanguages,
  detect: (text: string) => DetectedLanguage,
): { readonly from: string | undefined } | 'stays' {
  const usual = isTarget ? 'stays' : { from };
  if (!hasWords(text)) return usual;
  const { language, reliable } = detect(text);
  if (!reliable || language === undefined || language === from) return language === from && reliable ? { from } : usual;
  if (language === to) return 'stays';
  return takes(language) ? { from: language } : usual;
}

/** Scripts without spaces tell a language by a few characters. */
function hasWords(text: string): boolean {
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  return words.length >= fewestWords || /[^\p{Script=Latin}\P{L}]{4}/u.test(text);
}
