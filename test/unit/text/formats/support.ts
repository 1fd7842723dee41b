// What the tests of the parsers share: grammars as shipped, blocks as text, and a translation without a model.

import path from 'node:path';
import { GrammarStore } from '../../../../src/model/engine/grammarStore';
import { BuiltInTranslator } from '../../../../src/model/text/builtInTranslator';
import type { ProseBlock } from '../../../../src/model/text/document';
import { commentBlocks } from '../../../../src/model/text/formats/comments';
import type { BuiltInModel } from '../../../../src/model/text/pseudo';
import { translateDocument } from '../../../../src/model/text/translateDocument';
import { root } from '../../../support/paths';

export const grammars = new GrammarStore({ folder: path.join(root, 'dist'), installed: [] });

export async function commentsOf(text: string, languageId: string): Promise<ProseBlock[]> {
  const grammar = await grammars.grammarFor(languageId, undefined);
  if (!grammar) throw new Error(`no grammar for ${languageId}`);
  return [...commentBlocks(text, grammar)];
}

/** Each block as its pieces with `⏎` between them. */
export function proseOf(text: string, blocks: Iterable<ProseBlock>): string[] {
  return [...blocks].map(({ pieces }) => pieces.map(([start, end]) => text.slice(start, end)).join(' ⏎ '));
}

export function protectedOf(text: string, blocks: Iterable<ProseBlock>): string[] {
  return [...blocks].flatMap(block => block.protected.map(([start, end]) => text.slice(start, end)));
}

export async function translatedBy(model: BuiltInModel, text: string, blocks: Iterable<ProseBlock>): Promise<string> {
  const input = { text, blocks: [[...blocks]], keepSegments: false };
  const context = { signal: undefined, report: () => {}, drained: async () => {} };
  return (await translateDocument(input, new BuiltInTranslator(model), context)).target;
}
