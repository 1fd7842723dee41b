// Finds the comment, paragraph or value under the pointer in a document of any kind, as the engine's parsers tell it.

import type * as vscode from 'vscode';
import type { CharacterRange } from '../model/types';
import { formatOf } from './documentParams';
import type { EngineGateway } from './engineGateway';

/** Longer documents are not parsed for a hover. */
const longestDocument = 400_000;

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
