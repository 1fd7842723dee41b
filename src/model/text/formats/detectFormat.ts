// Which kind of text a document is: by its language id, its name, and at last its beginning. Runs anywhere.

import type { TextFormat } from '../document';
import { bundledLanguages, extensionOf } from './languages';

export interface DocumentName {
  /** As VS Code calls the language of the document. */
  readonly languageId?: string;
  /** Name or path; only its last part and the names of folders are looked at. */
  readonly fileName?: string;
}

const byLanguageId: Readonly<Record<string, TextFormat>> = {
  markdown: 'markdown',
  mdx: 'markdown',
  'git-commit': 'commit',
  scminput: 'commit',
  diff: 'diff',
  json: 'json',
  jsonl: 'json',
  po: 'po',
  pot: 'po',
  gettext: 'po',
  xliff: 'xliff',
  properties: 'properties',
  'java-properties': 'properties',
  log: 'log',
  restructuredtext: 'rst',
  html: 'html',
  csv: 'csv',
  asciidoc: 'asciidoc',
  org: 'text',
};

const byExtension: Readonly<Record<string, TextFormat>> = {
  '.md': 'markdown',
  '.mdx': 'markdown',
  '.markdown': 'markdown',
  '.mkd': 'markdown',
  '.mdown': 'markdown',
  '.diff': 'diff',
  '.patch': 'diff',
  '.json': 'json',
  '.arb': 'json',
  '.jsonl': 'json',
  '.po': 'po',
  '.pot': 'po',
  '.xlf': 'xliff',
  '.xliff': 'xliff',
  '.sdlxliff': 'xliff',
  '.properties': 'properties',
  '.log': 'log',
  '.txt': 'text',
  '.text': 'text',
  '.rst': 'rst',
  '.rest': 'rst',
  '.adoc': 'asciidoc',
  '.asciidoc': 'asciidoc',
  '.org': 'text',
  '.html': 'html',
  '.htm': 'html',
  '.xhtml': 'html',
  '.csv': 'csv',
  '.ipynb': 'notebook',
};

/** A name that says little gives way to what only a program writes. */
const gitLog = /^commit [\da-f]{7,40}(?: \(.*\))?\r?\n(?:\w+:|$)/;

const byFileName: Readonly<Record<string, TextFormat>> = {
  commit_editmsg: 'commit',
  merge_msg: 'commit',
  tag_editmsg: 'commit',
  squash_msg: 'commit',
};

/** Folders where a YAML file holds texts, not settings. */
const textFolder = /(?:^|[\\/])(?:locales?|lang|langs|languages|i18n|l10n|translations?|messages)[\\/]/i;
const textName =
  /^(?:(?:ar|ca|cs|da|de|el|en|es|fi|fr|he|hi|hu|id|it|ja|ko|nb|nl|pl|pt|ro|ru|sv|th|tr|uk|vi|zh)(?:[-_][a-z]{2,4})?|messages|strings|translations?)(?:[._-][\w-]+)?\.ya?ml$/;

/**
 * The format of a document. Settings in YAML are read for their comments, texts in YAML for their values. A name or language that
 * says nothing leaves it to the text's own beginning; plain text when that says nothing either.
 * @param isSource True when there is a grammar for it. Default: for the bundled languages.
 */
export function detectFormat(text: string, document: DocumentName, isSource = isBundled(document)): TextFormat {
  const { languageId, fileName = '' } = document;
  const { name, extension } = partsOf(fileName);
  if (languageId === 'yaml' || extension === '.yaml' || extension === '.yml')
    return textFolder.test(fileName) || textName.test(name) ? 'yaml' : 'comments';
  const byName = bundledLanguages.some(({ fileNames }) => fileNames.includes(name)) ? 'comments' : undefined;
  const isUnnamed = languageId === undefined || languageId === 'plaintext';
  // Comments are all the prose that a file of settings has.
  if (languageId === 'jsonc' || (byName && (isUnnamed || languageId === 'json'))) return 'comments';
  const named = formatFor(byLanguageId, languageId) ?? formatFor(byFileName, name);
  if (named) return named;
  // A language that only an installed extension knows has comments, as far as anybody can tell.
  if (!isUnnamed) return 'comments';
  const byEnd = formatFor(byExtension, extension);
  if ((byEnd === 'text' || byEnd === 'log') && gitLog.test(text.slice(0, 200))) return 'diff';
  return byEnd ?? (isSource ? 'comments' : formatOfContent(text));
}

function partsOf(fileName: string): { readonly name: string; readonly extension: string } {
  const name = fileName.slice(Math.max(fileName.lastIndexOf('/'), fileName.lastIndexOf('\\')) + 1).toLowerCase();
  return { name, extension: extensionOf(name) };
}

function isBundled({ languageId, fileName = '' }: DocumentName): boolean {
  const { name, extension } = partsOf(fileName);
  return bundledLanguages.some(
    language =>
      language.languageId === languageId ||
      language.fileNames.includes(name) ||
      language.extensions.includes(extension),
  );
}

/** Not by plain access: a language may have any name, `constructor` among them. */
function formatFor(formats: Readonly<Record<string, TextFormat>>, name: string | undefined): TextFormat | undefined {
  return name !== undefined && Object.hasOwn(formats, name) ? formats[name] : undefined;
}

/** Signs that no other kind of text has at its beginning. */
function formatOfContent(text: string): TextFormat {
  const beginning = text.slice(0, 4000);
  if (/^(?:diff --git |From [\da-f]{40} |commit [\da-f]{7,40}(?: \(.*\))?$|--- \S.*\n\+\+\+ \S)/m.test(beginning))
    return 'diff';
  if (/^msgid "/m.test(beginning) && /^msgstr "/m.test(beginning)) return 'po';
  if (/<xliff\b/.test(beginning)) return 'xliff';
  if (/^\s*<(?:!doctype html|html)\b/i.test(beginning)) return 'html';
  if (/^\s*[{[]\s*(?:"|\}|\])/.test(beginning) && isJson(text)) return 'json';
  const lines = beginning.split('\n').filter(line => line.trim() !== '');
  const logLines = lines.filter(line =>
    /^\W{0,2}\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}|^\W{0,2}\d{2}:\d{2}:\d{2}/.test(line),
  );
  if (lines.length >= 3 && logLines.length > lines.length / 2) return 'log';
  const signs = [
    // A comment of a script has one mark, and what it is about stands under it. Plain text keeps the mark, too.
    /^(?:#{2,6} \S|# \S.*\r?\n\s*\r?$)/m,
    /^```/m,
    /\]\((?:https?:|\.?\/|#)[^)\s]*\)/,
    /^\|.*\|\s*\n\|[ :|-]+\|/m,
    /(?<!\w)\*\*\S[^*\n]*\*\*/,
  ];
  return signs.some(sign => sign.test(beginning)) ? 'markdown' : 'text';
}

function isJson(text: string): boolean {
  if (text.length > 1_000_000) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
