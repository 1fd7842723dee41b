// The tokenizer of a model folder, over @huggingface/tokenizers, with the place of every token in its text. Runs anywhere.

import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { JsonReader } from '../config/jsonReader';
import { excerpt, HeadlightError } from '../errors';
import type { Token } from '../types';
import { boundGrowth } from './boundGrowth';
import { exactCharsmaps } from './exactCharsmaps';
import { IncrementalDecoder } from './incrementalDecoder';
import { normalizeWithOffsets } from './normalizedText';
import type { SentencePieceTokenizer } from './sentencePieceTokenizer';
import { readSourceTemplate, type SourceTemplate } from './sourceTemplate';
import { alignPieces, type Piece } from './tokenAlignment';
import { checkTokenizerJson } from './tokenizerJson';

const utf8 = new TextEncoder();

interface IdPiece extends Piece {
  readonly id: number;
}

export class Tokenizer {
  private readonly unknownId: number | undefined;
  private readonly specialIds: ReadonlySet<number>;
  private readonly specialTexts: readonly string[];

  /** Undefined when the tokenizer adds its special tokens in a way of its own. */
  readonly template: SourceTemplate | undefined;

  /** True: unknown characters become tokens of their bytes. The library does so for BPE, but not for Unigram. */
  private readonly hasByteFallback: boolean;

  /** `sentencePiece`: the files that `json` was made of, when it is no tokenizer.json. */
  private constructor(
    json: Record<string, unknown>,
    private readonly library: LibraryTokenizer,
    private readonly file: string,
    private readonly sentencePiece: SentencePieceTokenizer | undefined,
  ) {
    this.unknownId = library.model?.unk_token_id ?? undefined; // null in a file that has none
    const added = [...library.get_added_tokens_decoder().values()].filter(token => token.special);
    this.specialIds = new Set(added.map(token => token.id));
    this.specialTexts = added.map(token => token.content);
    this.template = readSourceTemplate(json.post_processor);
    const model = json.model as { type?: unknown; byte_fallback?: unknown };
    this.hasByteFallback = model.type === 'Unigram' && model.byte_fallback === true;
    exactCharsmaps(library.normalizer, file);
    boundGrowth(library.normalizer, file);
    for (const [id, piece] of sentencePiece?.outputPieces ?? []) library.model!.vocab[id] = piece;
    this.decode(this.encodeRaw('a').map(({ id }) => id)); // some broken files fail only here
    this.specialPieces([...(this.template?.before ?? []), ...(this.template?.after ?? [])]);
  }

  /**
   * Reads tokenizer.json and tokenizer_config.json (its text, or undefined when there is none).
   * Errors: `model-file-corrupt` when the library cannot make a tokenizer of it.
   */
  static parse(text: string, file: string, configText: string | undefined, configFile: string): Tokenizer {
    const json = JsonReader.parse(text, file);
    const config = configText === undefined ? {} : JsonReader.parse(configText, configFile).plain;
    checkTokenizerJson(json);
    return Tokenizer.make(json.plain, config, file);
  }

  /** The tokenizer of SentencePiece files; `file` is the name in messages. Errors: `model-file-corrupt`. */
  static fromSentencePiece(files: SentencePieceTokenizer, file: string): Tokenizer {
    return Tokenizer.make(files.json, files.config, file, files);
  }

  private static make(
    json: Record<string, unknown>,
    config: Record<string, unknown>,
    file: string,
    sentencePiece?: SentencePieceTokenizer,
  ): Tokenizer {
    return inLibrary(file, () => new Tokenizer(json, new LibraryTokenizer(json, config), file, sentencePiece));
  }

  /**
   * The largest id of an ordinary token, plus 1. Special tokens may have larger ones that the model was made without, such as
   * the `<mask>` of some BART models.
   */
  get vocabularySize(): number {
    let size = 0;
    for (const [, id] of this.tokens()) if (id >= size && !this.specialIds.has(id)) size = id + 1;
    return size;
  }

  /** Every token of the vocabulary and its id. */
  *tokens(): Generator<readonly [token: string, id: number]> {
    for (const [token, id] of this.library.get_vocab(true)) if (!this.isWithoutId(id)) yield [token, id];
  }

  /**
   * Tokens of `prefix` (a task's first tokens; special) and `text`, with the template's special tokens. Ranges are in `text`,
   * each moved by `offset`. A special token written out in `text`, such as `</s>`, is ordinary text.
   */
  encode(text: string, prefix = '', offset = 0, template?: SourceTemplate): Token[] {
    // A space at the end of a prefix is that before the text, which gets its own.
    const start = prefix.trimEnd();
    const prefixPieces = start === '' ? [] : this.pieces(start, false).map(piece => ({ ...piece, special: true }));
    const pieces = template
      ? [
          ...this.specialPieces(template.before),
          ...prefixPieces,
          ...this.textPieces(text, false),
          ...this.specialPieces(template.after),
        ]
      : [...prefixPieces, ...this.textPieces(text, true)];
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
    const text = this.decodeUntrimmed(tokenIds);
    // The tokenizers of transformers that read SentencePiece files do so; a stream must keep the spaces between its parts.
    return this.sentencePiece ? text.trim() : text;
  }

  private decodeUntrimmed(tokenIds: readonly number[]): string {
    const plain = tokenIds.filter(id => !this.specialIds.has(id));
    if (plain.length === 0) return '';
    return inLibrary(this.file, () => this.library.decode(plain, { skip_special_tokens: true }));
  }

  /** Decodes a stream of tokens; special tokens give no text. */
  incrementalDecoder(): IncrementalDecoder {
    return new IncrementalDecoder(
      tokenIds => this.decodeUntrimmed(tokenIds),
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
      const isSpecial = this.specialIds.has(id);
      const begin = startOf(ends, index);
      const end = isSpecial ? begin : completeAt(ends, index, text.length);
      const start = Math.min(begin, end);
      const lead = text.slice(start, end).length - text.slice(start, end).trimStart().length;
      return {
        id,
        text: this.textOf(id),
        range: [start + lead + offset, end + offset],
        special: isSpecial,
        unknown: id === this.unknownId,
      };
    });
    return { text, tokens };
  }

  /** True for a token that stands for no text, such as `</s>`. */
  isSpecial(tokenId: number): boolean {
    return this.specialIds.has(tokenId);
  }

  /** As in the vocabulary; empty for an id that stands for no token. */
  textOf(tokenId: number): string {
    return this.library.id_to_token(tokenId) ?? '';
  }

  /** A piece that a SentencePiece model has and its vocabulary has not. */
  private isWithoutId(id: number | undefined): boolean {
    return id !== undefined && this.sentencePiece !== undefined && id >= this.sentencePiece.vocabularySize;
  }

  private specialPieces(tokens: readonly string[]): IdPiece[] {
    return tokens.map(text => {
      const id = this.library.token_to_id(text);
      if (id === undefined) throw this.withoutId(text);
      return { id, text, special: true, unknown: false };
    });
  }

  /** As `pieces`, but a special token written out in the text is ordinary text. */
  private textPieces(text: string, withTemplate: boolean): IdPiece[] {
    const hidden = this.specialTexts.filter(special => text.includes(special));
    if (hidden.length === 0) return this.pieces(text, withTemplate);
    const tokens = this.tokensOfStages(text);
    if (!tokens.some(token => hidden.includes(token)))
      return this.identified(withTemplate ? this.withTemplate(tokens) : tokens);
    // A Unigram model has its special tokens among its pieces: cut the text inside each, and join the tokens of the parts.
    const parts = splitInside(text, hidden);
    return parts.flatMap((part, index) => {
      const pieces = this.pieces(part, withTemplate && index === parts.length - 1);
      // Only the first part stands at the start of the text.
      return index > 0 ? withoutLeadingSpace(pieces, this.library) : pieces;
    });
  }

  /** The stages of the library without its search for special tokens. */
  private tokensOfStages(text: string): string[] {
    const { normalizer, pre_tokenizer: preTokenizer, model } = this.library;
    return inLibrary(this.file, () => {
      const normalized = normalizer ? normalizer.normalize(text) : text;
      if (normalized === '') return [];
      return model!._call(preTokenizer ? preTokenizer.pre_tokenize(normalized, { section_index: 0 }) : [normalized]);
    });
  }

  private withTemplate(tokens: string[]): string[] {
    const { post_processor: postProcessor } = this.library;
    return inLibrary(this.file, () => postProcessor?._call(tokens, null, true).tokens ?? tokens);
  }

  private pieces(text: string, withTemplate: boolean): IdPiece[] {
    const { ids, tokens } = inLibrary(this.file, () => this.library.encode(text, { add_special_tokens: withTemplate }));
    return this.identified(tokens, ids);
  }

  /** `ids`: as far as they are known. */
  private identified(tokens: readonly string[], ids: readonly (number | undefined)[] = []): IdPiece[] {
    return tokens.flatMap((token, index) => {
      const found = ids[index] ?? this.library.token_to_id(token) ?? this.unknownId;
      const id = this.isWithoutId(found) ? this.unknownId : found;
      if (id === undefined) throw this.withoutId(token);
      const unknown = id === this.unknownId;
      const bytes = unknown && this.hasByteFallback ? this.bytePieces(token) : undefined;
      return bytes ?? [{ id, text: token, special: this.specialIds.has(id) && !unknown, unknown }];
    });
  }

  private withoutId(token: string): HeadlightError {
    const { file } = this;
    const found = excerpt(String(token)); // a template may name anything
    return new HeadlightError(
      'model-file-corrupt',
      `${file}: expected that every token has an id, found none for "${found}"`,
      {
        file,
        rule: 'every token has an id',
        found,
      },
    );
  }

  /** Undefined when the vocabulary lacks one of the bytes. */
  private bytePieces(text: string): IdPiece[] | undefined {
    const pieces: IdPiece[] = [];
    for (const byte of utf8.encode(text)) {
      const token = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
      const id = this.library.token_to_id(token);
      if (id === undefined) return undefined;
      pieces.push({ id, text: token, special: false, unknown: false });
    }
    return pieces;
  }
}

/** What `job` gives. What the library throws becomes `model-file-corrupt`: it trusts its file, and fails where that lies. */
function inLibrary<T>(file: string, job: () => T): T {
  try {
    return job();
  } catch (error) {
    if (error instanceof HeadlightError) throw error;
    const rule = 'a tokenizer that @huggingface/tokenizers reads';
    const found = excerpt(error instanceof Error ? error.message : String(error));
    throw new HeadlightError(
      'model-file-corrupt',
      `${file}: expected ${rule}, found: ${found}`,
      { file, rule, found },
      error,
    );
  }
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
