// Finds the comment, paragraph or value under the pointer in a document of any kind, as the engine's parsers tell it.

import type * as vscode from 'vscode';
import { toHeadlightError } from '../model/errors';
import type { CharacterRange } from '../model/types';
import { formatOf } from './documentParams';
import type { EngineGateway } from './engineGateway';
import { offsetsOf } from './textLocation';

/** Longer documents are not parsed for a hover. */
const longestDocument = 400_000;
/** What is nothing but prose is summarised as it stands. */
const proseLanguages = ['markdown', 'plaintext'];

export function isProse({ languageId }: vscode.TextDocument): boolean {
  return proseLanguages.includes(languageId);
}

export interface FoundProse {
  readonly range: CharacterRange;
  /** Without comment marks and line breaks. */
  readonly text: string;
}

interface Parsed {
  readonly version: number;
  readonly blocks: Promise<readonly FoundProse[]>;
}

export class ProseFinder {
  /** By document, not by address: VS Code gives that of a closed untitled document to the next one. */
  private readonly parsed = new WeakMap<vscode.TextDocument, Parsed>();

  constructor(private readonly gateway: Pick<EngineGateway, 'segments'>) {}

  /** Undefined: no prose there, or too long a document. Errors: those of the engine, `grammar-missing` among them. */
  async at(document: vscode.TextDocument, position: vscode.Position): Promise<FoundProse | undefined> {
    const offset = document.offsetAt(position);
    const blocks = await this.blocksOf(document);
    return blocks.find(({ range: [start, end] }) => start <= offset && offset <= end);
  }

  /**
   * What a summary of a range reads: of a comment or a value its words, as a hover over it does; of anything else the text as it stands.
   * Errors: those of the engine.
   */
  async summarizedText(document: vscode.TextDocument, range: vscode.Range): Promise<string> {
    const found = isProse(document) ? undefined : await this.at(document, range.start).catch(withoutGrammar);
    const [start, end] = offsetsOf(document, range);
    return found?.range[0] === start && found.range[1] === end ? found.text : document.getText(range);
  }

  private blocksOf(document: vscode.TextDocument): Promise<readonly FoundProse[]> {
    const known = this.parsed.get(document);
    if (known?.version === document.version) return known.blocks;
    const text = document.getText();
    if (text.length > longestDocument) return Promise.resolve([]);
    const parsed: Parsed = { version: document.version, blocks: this.parse(text, document) };
    this.parsed.set(document, parsed);
    parsed.blocks.catch(() => {
      if (this.parsed.get(document) === parsed) this.parsed.delete(document);
    });
    return parsed.blocks;
  }

  private async parse(text: string, document: vscode.TextDocument): Promise<readonly FoundProse[]> {
    const blocks = new Map<number, FoundProse>();
    for (const { text: sentence, source, block } of await this.gateway.segments({
      text,
      document: formatOf(document),
    })) {
      if (sentence === undefined || block === undefined) continue;
      const open = blocks.get(block);
      blocks.set(block, {
        range: open ? [open.range[0], source[1]] : source,
        text: open ? `${open.text} ${sentence}` : sentence,
      });
    }
    return [...blocks.values()];
  }
}

/** A language without a grammar has no comments that are known. */
function withoutGrammar(error: unknown): undefined {
  if (toHeadlightError(error).code !== 'grammar-missing') throw error;
}
