// What a parser makes of a document: runs of prose, and what in them must come back as it is. Runs anywhere; plain data only.

import type { CharacterRange } from '../types';

export type TextFormat =
  | 'text'
  | 'markdown'
  | 'rst'
  | 'asciidoc'
  | 'html'
  | 'comments'
  | 'commit'
  | 'json'
  | 'yaml'
  | 'po'
  | 'xliff'
  | 'properties'
  | 'diff'
  | 'log'
  | 'csv'
  | 'notebook';

export const textFormats: readonly TextFormat[] = [
  'text',
  'markdown',
  'rst',
  'asciidoc',
  'html',
  'comments',
  'commit',
  'json',
  'yaml',
  'po',
  'xliff',
  'properties',
  'diff',
  'log',
  'csv',
  'notebook',
];

/** How a run of prose is written in its file. */
export type Escape = 'json' | 'xml' | 'po' | 'properties' | 'yaml' | 'markdown';

/** Prose that was wrapped by hand and is wrapped again. */
export interface Wrap {
  /** The longest line in characters, with everything that stands on it before the prose. */
  readonly width: number;
  /** What stands between two lines of it: begins with the line break, then indentation and comment marker. */
  readonly continuation: string;
  /** Characters before the prose on its first line. Absent: those of the text; a piece of a document lacks some. */
  readonly column?: number;
}

/** A cell of a row of columns: a text, a number, a border. */
export interface Cell {
  /** In the document: more than one range where its text was wrapped in its column. Only the last cell of a row has several. */
  readonly lines: readonly CharacterRange[];
  /** Characters before it on its line. */
  readonly column: number;
  /** A line of one character under or over its column, which is as long as the column is wide. */
  readonly isRule: boolean;
}

/** Rows of cells under each other. */
export interface Table {
  readonly rows: readonly (readonly Cell[])[];
  /**
   * False: a column whose texts have no room moves the columns after it, in every row. True for a drawing, which cannot grow: the
   * block is left as it is.
   */
  readonly isFixed: boolean;
}

/** A place for the output of a block that is not the place of its pieces. */
export interface Insertion {
  /** In the document; the output stands instead of it. */
  readonly range: CharacterRange;
  /** Written before and after the output. */
  readonly before: string;
  readonly after: string;
}

/**
 * A run of prose in a document. A parser is `function* markdownBlocks(text: string): Generator<ProseBlock>` in `formats/`, pure, and
 * lazy where the format allows. Blocks come in the order in which they are written and do not overlap; what is in no block is never
 * touched.
 */
export interface ProseBlock {
  /** What it is: `paragraph`, `heading`, `tableCell`, `comment`, `docstring`, `value`, `subject`... */
  readonly kind: string;
  /**
   * Ranges of the document, in order, that hold the prose. Between two lies layout (line break, indentation, comment marker),
   * which the prose reads as one space.
   */
  readonly pieces: readonly CharacterRange[];
  /** Ranges inside pieces, in order, that come back unchanged exactly once: markup, code, destinations, tags. */
  readonly protected: readonly CharacterRange[];
  /** Absent: the output stays on one line, or, with several pieces, is divided among as many lines as there were. */
  readonly wrap?: Wrap;
  /**
   * The pieces are the lines of some of its cells, and each cell is a text of its own; the space after it keeps the columns.
   * Absent: the pieces are one text.
   */
  readonly table?: Table;
  /** Absent: as it is. */
  readonly escape?: Escape;
  /**
   * What the output may not hold more often than the source does, because it would end or change what the prose stands in: the
   * end mark of a comment, the quotes of a docstring. An output that does is dropped for its source.
   */
  readonly forbidden?: readonly string[];
  /**
   * The pieces are the source of a translation that is missing: they stay, and the output goes here, unless no sentence changes.
   * Absent: in place of the pieces.
   */
  readonly into?: Insertion;
}
