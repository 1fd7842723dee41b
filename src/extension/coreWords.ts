// What the core says of a rule and of what it found instead, in the language of VS Code: the core words things for logs, in English.

import { l10n } from 'vscode';

type Wording = (...parts: readonly string[]) => string;

/** What a person meets in practice. What only a damaged file can break is left to the log. */
const wordings: readonly (readonly [said: RegExp, wording: Wording])[] = [
  [/^a model folder holds (\S+)$/, file => l10n.t('a model folder holds {0}', file)],
  [/^a model folder holds (\S+), or (\S+)$/, (file, other) => l10n.t('a model folder holds {0}, or {1}', file, other)],
  [
    /^a model folder holds (\S+) and (\S+), at the top or under onnx\/, with the suffix (\S+, \S+, \S+) or none$/,
    (encoder, decoder, suffixes) =>
      l10n.t(
        'a model folder holds {0} and {1}, at the top or under onnx/, with the suffix {2} or none',
        encoder,
        decoder,
        suffixes,
      ),
  ],
  [/^it belongs to (.+)$/, file => l10n.t('it belongs to {0}', file)],
  [/^headlight\.json lists it$/, () => l10n.t('headlight.json lists it')],
  [/^(\S+) keeps parameters in it$/, file => l10n.t('{0} keeps parameters in it', file)],
  [
    /^a model path must be absolute, or begin with (\S+) or (\S+)$/,
    (home, workspace) => l10n.t('a model path must be absolute, or begin with {0} or {1}', home, workspace),
  ],
  [
    /^(\S+) needs an open folder that is on this machine$/,
    variable => l10n.t('{0} needs an open folder that is on this machine', variable),
  ],
  [/^the file is an ONNX model$/, () => l10n.t('the file is an ONNX model')],
  [/^the file is JSON$/, () => l10n.t('the file is JSON')],
  [/^an empty file$/, () => l10n.t('an empty file')],
  [/^a web page$/, () => l10n.t('a web page')],
  [
    /^a Git LFS pointer \(fetch the file itself with `(.+)`\)$/,
    command => l10n.t('a Git LFS pointer (fetch the file itself with "{0}")', command),
  ],
  [/^a file$/, () => l10n.t('a file')],
  [/^(?:nothing|none)$/, () => l10n.t('nothing')],
];

/**
 * `texts` for a person who reads `language`; undefined where one of them is worded in English only, and a sentence is to do without
 * them.
 */
export function coreWords(language: string, ...texts: readonly unknown[]): string[] | undefined {
  const words = texts.map(text => wordsOf(language, String(text)));
  return words.every(text => text !== undefined) ? words : undefined;
}

function wordsOf(language: string, text: string): string | undefined {
  for (const [said, wording] of wordings) {
    const found = said.exec(text);
    if (found) return wording(...found.slice(1));
  }
  const isName = !/\s/.test(text);
  return isName || /^en\b/.test(language) ? text : undefined;
}
