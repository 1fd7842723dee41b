// The tokenizer of a model folder, over @huggingface/tokenizers, with the place of every token in its text. Runs anywhere.

import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { JsonReader } from '../config/jsonReader';
import { HeadlightError } from '../errors';
import type { Token } from '../types';
import { IncrementalDecoder } from './incrementalDecoder';
import { normalizeWithOffsets } from './normalizedText';
import { alignPieces, type Piece } from './tokenAlignment';

interface IdPiece extends Piece {
  readonly id: number;
}

export class Tokenizer {
  private readonly unknownId: number | undefined;
  private readonly specialIds: ReadonlySet<number>;
  private readonly specialTexts: readonly string[];

  private constructor(
    private readonly library: LibraryTokenizer,
    readonly vocabularySize: number,
    private readonly file: string,
  ) {
    this.unknownId = library.model?.unk_token_id;
    const added = [...library.get_added_tokens_decoder().values()].filter(token => token.special);
    this.specialIds = new Set(added.map(token => token.id));
    this.specialTexts = added.map(token => token.content);
  }

  /**
   * Reads tokenizer.json and tokenizer_config.json (its text, or undefined when there is none).
   * Errors: `model-file-corrupt` when the library cannot make a tokenizer of it.
   */
  static parse(text: string, file: string, configText: string | undefined, configFile: string): Tokenizer {
    const json = JsonReader.parse(text, file);
    const config = configText === undefined ? {} : JsonReader.parse(configText, configFile).plain;
    if (!json.optionalObject('model')) throw json.wrong('model', 'an object', undefined);
    try {
      const library = new LibraryTokenizer(json.plain, config);
      const vocabularySize = largestId(library) + 1;
      library.encode('a'); // some broken files fail only here
      return new Tokenizer(library, vocabularySize, file);
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      throw new HeadlightError(
        'model-file-corrupt',
        `${file}: expected a tokenizer that @huggingface/tokenizers reads, found: ${found}`,
        { file, rule: 'a tokenizer that @huggingface/tokenizers reads', found },
        error,
      );
    }
  }

  /**
   * Tokens of `prefix` (a task's first tokens; special) and `text`, with the template's special tokens. Ranges are in `text`,
   * each moved by `offset`. A special token written out in `text`, such as `</s>`, is ordinary text.
   */
  encode(text: string, prefix = '', offset = 0): Token[] {
    const prefixPieces = prefix === '' ? [] : this.pieces(prefix, false).map(piece => ({ ...piece, special: true }));
    const pieces = [...prefixPieces, ...this.textPieces(text)];
    return this.placed(text, pieces, pieces, offset);
  }

  /** As `encode`, with special tokens written out in the text taken for what they are, as Hugging Face does. */
  encodeRaw(text: string, offset = 0): Token[] {
    const pieces = this.pieces(text, true);
    // A special token that stands in the text has a place there; one that the template added has none.
    const aligned = pieces.map(piece => ({ ...piece, special: piece.special && !text.includes(piece.text) }));
    return this.placed(text, pieces, aligned, offset);
  }

  /** `aligned`: the pieces as they are looked for in the text. */
  private placed(text: string, pieces: readonly IdPiece[], aligned: readonly Piece[], offset: number): Token[] {
    const { normalizer } = this.library;
    const normalized = normalizeWithOffsets(text, normalizer ? part => normalizer.normalize(part) : undefined);
    const ranges = alignPieces(aligned, normalized, text.length);
    return pieces.map(({ id, text: pieceText, special, unknown }, index) => {
      const [start, end] = ranges[index];
      const shown = unknown && start < end ? text.slice(start, end) : pieceText;
      return { id, text: shown, range: [start + offset, end + offset], special, unknown };
    });
  }

  /** Text of generated tokens, special tokens left out. */
  decode(tokenIds: readonly number[]): string {
    const plain = tokenIds.filter(id => !this.specialIds.has(id));
    return plain.length === 0 ? '' : this.library.decode(plain, { skip_special_tokens: true });
  }

  /** Decodes a stream of tokens; special tokens give no text. */
  incrementalDecoder(): IncrementalDecoder {
    return new IncrementalDecoder(
      tokenIds => this.decode(tokenIds),
      tokenId => this.specialIds.has(tokenId),
    );
  }

  /** Tokens of an output with their ranges in `decode(tokenIds)`, each moved by `offset`. */
  describeOutput(tokenIds: readonly number[], offset = 0): { text: string; tokens: Token[] } {
    const decoder = this.incrementalDecoder();
    const ends: number[] = [];
    let text = '';
    for (const id of tokenIds) {
      text += decoder.push(id);
      ends.push(text.length);
    }
    text += decoder.flush();
    const tokens = tokenIds.map((id, index): Token => {
      const end = completeAt(ends, index, text.length);
      const start = Math.min(startOf(ends, index), end);
      const lead = text.slice(start, end).length - text.slice(start, end).trimStart().length;
      return {
        id,
        text: this.library.id_to_token(id) ?? '',
        range: [start + lead + offset, end + offset],
        special: this.specialIds.has(id),
        unknown: id === this.unknownId,
      };
    });
    return { text, tokens };
  }

  private textPieces(text: string): IdPiece[] {
    const hidden = this.specialTexts.filter(special => text.includes(special));
    if (hidden.length === 0) return this.pieces(text, true);
    // The library would take them for the real ones: cut the text inside each, and join the tokens of the parts.
    const parts = splitInside(text, hidden);
    return parts.flatMap((part, index) => {
      const pieces = this.pieces(part, index === parts.length - 1);
      // Only the first part stands at the start of the text.
      return index > 0 ? withoutLeadingSpace(pieces, this.library) : pieces;
    });
  }

  private pieces(text: string, withTemplate: boolean): IdPiece[] {
    const { ids, tokens } = this.library.encode(text, { add_special_tokens: withTemplate });
    return ids.map((id, index) => {
      if (id === undefined)
        throw new HeadlightError('model-file-corrupt', `${this.file}: no id for token "${tokens[index]}"`, {
          file: this.file,
          rule: 'every token has an id',
          found: tokens[index],
        });
      return {
        id,
        text: tokens[index],
        special: this.specialIds.has(id) && id !== this.unknownId,
        unknown: id === this.unknownId,
      };
    });
  }
}

function largestId(library: LibraryTokenizer): number {
  let largest = -1;
  for (const id of library.get_vocab(true).values()) if (id > largest) largest = id;
  return largest;
}

function startOf(ends: readonly number[], index: number): number {
  return index === 0 ? 0 : ends[index - 1];
}

/** A token whose text only shows with a later one (a byte) ends where that one ends. */
function completeAt(ends: readonly number[], index: number, textLength: number): number {
  const start = startOf(ends, index);
  for (let later = index; later < ends.length; later++) if (ends[later] > start) return ends[later];
  return textLength;
}

/** `a</s>b` -> `a<`, `/s>b`: no part holds a special token. */
function splitInside(text: string, specials: readonly string[]): string[] {
  const pattern = new RegExp(specials.map(special => special.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'g');
  const parts: string[] = [];
  let start = 0;
  for (const match of text.matchAll(pattern)) {
    parts.push(text.slice(start, match.index + 1));
    start = match.index + 1;
  }
  parts.push(text.slice(start));
  return parts;
}

/** Takes back the space that the library puts before every text, where the vocabulary can say so. */
function withoutLeadingSpace(pieces: IdPiece[], library: LibraryTokenizer): IdPiece[] {
  const [first, ...others] = pieces;
  if (!first?.text.startsWith('▁')) return pieces;
  if (first.text === '▁') return others;
  const text = first.text.slice(1);
  const id = library.token_to_id(text);
  return id === undefined ? pieces : [{ ...first, id, text }, ...others];
}
