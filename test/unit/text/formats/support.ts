// What the tests of the parsers share: grammars as shipped, blocks as text, and a translation without a model.

import path from 'node:path';
import { GrammarStore } from '../../../../src/model/engine/grammarStore';
import { BuiltInTranslator } from '../../../../src/model/text/builtInTranslator';
import type { ProseBlock } from '../../../../src/model/text/document';
import { commentBlocks } from '../../../../src/model/text/formats/comments';
import type { BuiltInModel } from '../../../../src/model/text/pseudo';
import type { SentenceTranslator } from '../../../../src/model/text/sentenceTranslator';
import { type DocumentOutput, translateDocument } from '../../../../src/model/text/translateDocument';
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
  return (await translated(new BuiltInTranslator(model), text, blocks)).target;
}

/** With a translation for some sentences; the others come back as they are. */
export async function translatedAs(
  translations: Readonly<Record<string, string>>,
  text: string,
  blocks: Iterable<ProseBlock>,
): Promise<DocumentOutput> {
  const translator: SentenceTranslator = {
    translate: async (sentences, _isLong, listener) => {
      for (const [index, { text: source }] of sentences.entries()) {
        const target = translations[source];
        listener.onFinished(index, {
          fate: 'translated',
          parts: target === undefined ? undefined : [{ text: target, raw: undefined }],
          outcome: undefined,
          moved: offset => offset,
          trace: undefined,
          cached: false,
        });
      }
    },
  };
  return translated(translator, text, blocks);
}

function translated(
  translator: SentenceTranslator,
  text: string,
  blocks: Iterable<ProseBlock>,
): Promise<DocumentOutput> {
  const input = { text, blocks: [[...blocks]], keepSegments: true };
  return translateDocument(input, translator, { signal: undefined, report: () => {}, drained: async () => {} });
}
