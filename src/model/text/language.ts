// Tells the language of a text: by script where the script decides, else by the n-grams of `eld`. Runs anywhere.

import { eld } from 'eld/medium';

export interface DetectedLanguage {
  /** Primary language tag such as `es`; undefined when the text gives no hint. */
  readonly language: string | undefined;
  /** False for short or mixed texts. */
  readonly reliable: boolean;
}

/** So much of a text is enough to tell its language. */
const sampleLength = 2000;

/** Of a document that is in a language nobody asked for. */
const fewestWords = 10;

/** Scripts that one of the languages at hand uses alone. */
const scripts: readonly (readonly [language: string, pattern: RegExp])[] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['zh', /\p{Script=Han}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['th', /\p{Script=Thai}/gu],
];

/**
 * @param text Only its beginning is read.
 * @param among Languages to choose from when the text is too short for a reliable answer.
 */
export function detectLanguage(text: string, among: readonly string[] = []): DetectedLanguage {
  const sample = readableSample(text);
  if (sample === '') return { language: undefined, reliable: false };
  const byScript = languageOfScript(sample);
  if (byScript) return { language: byScript, reliable: true };
  const result = eld.detect(sample);
  const scores = result.getScores();
  const reliable = result.isReliable();
  if (reliable || among.length === 0) return { language: result.language || undefined, reliable };
  const best = Object.entries(scores)
    .filter(([language]) => among.includes(language))
    .sort((left, right) => right[1] - left[1])[0];
  return { language: best?.[0] ?? (result.language || undefined), reliable: false };
}

/**
 * As `detectLanguage`, for the first prose of a document. A handful of words in a file of code are names more often than not: they are
 * no sign of a language that is not among those at hand.
 */
export function detectDocumentLanguage(sample: string, among: readonly string[]): DetectedLanguage {
  const found = detectLanguage(sample, among);
  const isKnown = found.language === undefined || among.includes(found.language);
  const wordCount = sample.match(/\p{L}{2,}/gu)?.length ?? 0;
  const isSure = isKnown || wordCount >= fewestWords || /[^\p{Script=Latin}\P{L}]{4}/u.test(sample);
  return isSure ? found : { language: undefined, reliable: false };
}

/** Code, addresses and placeholders say nothing about the language around them. */
function readableSample(text: string): string {
  return text
    .slice(0, sampleLength)
    .replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`|https?:\/\/\S+|\S+@\S+|[$%]?\{[^}\n]*\}|<[^>\n]*>/g, ' ')
    .replace(/\S*[_/\\=()[\]]\S*/g, ' ')
    .trim();
}

function languageOfScript(sample: string): string | undefined {
  const letterCount = sample.match(/\p{L}/gu)?.length ?? 0;
  for (const [language, pattern] of scripts) {
    const share = (sample.match(pattern)?.length ?? 0) / Math.max(1, letterCount);
    // A few kana are enough among Han characters; other scripts must be the main one.
    if (share > (language === 'ja' ? 0.05 : 0.4)) return language;
  }
  return undefined;
}
