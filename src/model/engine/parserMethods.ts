// What the engine asks its parser thread. Plain data only.

import type { ProseBlock, TextFormat } from '../text/document';
import type { DocumentName } from '../text/formats/detectFormat';
import type { GrammarSource } from '../text/formats/grammarSource';

export interface DocumentKind extends DocumentName {
  /** `auto`: told by language id, name and content. */
  readonly format: TextFormat | 'auto';
}

/** Some blocks in document order. */
export interface BlockPart {
  readonly blocks: readonly ProseBlock[];
  readonly isLast: boolean;
}

/** Methods of the parser thread. Several documents may be open at a time; each advances when it is asked for. */
export type ParserMethods = {
  /**
   * Begins to read a document. `skip`: blocks at its beginning that the caller has. The result is the format. Errors:
   * `grammar-missing` for a source file of a language without a grammar.
   */
  open: {
    params: { readonly id: number; readonly text: string; readonly kind: DocumentKind; readonly skip: number };
    result: TextFormat;
  };
  /** The next blocks, which may be none: a part takes a moment, whatever is in it. */
  next: { params: { readonly id: number }; result: BlockPart };
  close: { params: { readonly id: number }; result: undefined };
};

/** What the thread is started with. */
export interface ParserThreadData {
  /** The folder of `onig.wasm` and `grammars/`. */
  readonly folder: string;
  readonly installed: readonly GrammarSource[];
}
