// The blocks of a document of any kind but source files, whose grammars are elsewhere. Runs anywhere.

import type { ProseBlock, TextFormat } from '../document';
import { asciidocBlocks } from './asciidoc';
import { commitBlocks } from './commit';
import { csvBlocks } from './csv';
import { diffBlocks } from './diff';
import { htmlBlocks } from './html';
import { jsonBlocks } from './json';
import { logBlocks } from './log';
import { markdownBlocks } from './markdown';
import { notebookBlocks } from './notebook';
import { textBlocks } from './plainText';
import { poBlocks } from './po';
import { propertiesBlocks } from './properties';
import { restructuredBlocks } from './restructured';
import { xliffBlocks } from './xliff';
import { yamlBlocks } from './yaml';

/** A format that needs no grammar. */
export type PlainFormat = Exclude<TextFormat, 'comments'>;

export const parsers: Readonly<Record<PlainFormat, (text: string) => Generator<ProseBlock>>> = {
  text: textBlocks,
  markdown: markdownBlocks,
  rst: restructuredBlocks,
  asciidoc: asciidocBlocks,
  html: htmlBlocks,
  commit: commitBlocks,
  json: jsonBlocks,
  yaml: yamlBlocks,
  po: poBlocks,
  xliff: xliffBlocks,
  properties: propertiesBlocks,
  diff: diffBlocks,
  log: logBlocks,
  csv: csvBlocks,
  notebook: notebookBlocks,
};
