// The normaliser inside a SentencePiece model: a table of byte strings and what each becomes. Runs anywhere.
//
// The `Precompiled` normaliser of @huggingface/tokenizers 0.2.0 ignores the table and applies NFKC instead, which differs from
// it in some characters.

import { corruptFile } from '../onnx/protobufReader';

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export class PrecompiledCharsmap {
  private constructor(
    /** A double array trie as Darts-clone lays it out. */
    private readonly trie: Uint32Array,
    /** What matches become: strings that end with a zero byte. */
    private readonly outputs: Uint8Array,
  ) {}

  /** Reads `precompiled_charsmap`. Errors: `model-file-corrupt`. */
  static parse(bytes: Uint8Array, file: string): PrecompiledCharsmap {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const trieSize = bytes.length < 4 ? 0 : view.getUint32(0, true);
    if (trieSize === 0 || trieSize % 4 !== 0 || trieSize > bytes.length - 4)
      throw corruptFile(
        file,
        'the character map starts with the size of its trie',
        `${trieSize} of ${bytes.length}`,
        0,
      );
    const trie = new Uint32Array(trieSize / 4);
    for (let index = 0; index < trie.length; index++) trie[index] = view.getUint32(4 + 4 * index, true);
    const outputs = bytes.subarray(4 + trieSize);
    checkOutputs(outputs, file);
    return new PrecompiledCharsmap(trie, outputs);
  }

  /** As SentencePiece does it (`Normalizer::NormalizePrefix`): the longest match at each place. */
  normalize(text: string): string {
    const bytes = utf8.encode(text);
    const parts: number[] = [];
    let position = 0;
    while (position < bytes.length) {
      const { longest } = this.matches(bytes, position, bytes.length);
      if (longest) {
        this.append(parts, longest.output);
        position += longest.length;
        continue;
      }
      const end = position + characterLength(bytes[position]);
      while (position < end && position < bytes.length) parts.push(bytes[position++]);
    }
    return fromUtf8.decode(Uint8Array.from(parts));
  }

  /**
   * As the Rust crate `spm_precompiled` does it, which the `Precompiled` of a tokenizer.json stands for: grapheme by grapheme,
   * the shortest match in place of the whole grapheme, else character by character.
   */
  normalizeGraphemes(text: string): string {
    const parts: number[] = [];
    for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
      const bytes = utf8.encode(segment);
      const whole = bytes.length < 6 ? this.matches(bytes, 0, bytes.length).shortest : undefined;
      if (whole) {
        this.append(parts, whole.output);
        continue;
      }
      let position = 0;
      while (position < bytes.length) {
        const end = position + characterLength(bytes[position]);
        const { shortest } = this.matches(bytes, position, end);
        if (shortest) this.append(parts, shortest.output);
        else for (let index = position; index < end; index++) parts.push(bytes[index]);
        position = end;
      }
    }
    return fromUtf8.decode(Uint8Array.from(parts));
  }

  /** The shortest and longest entries that `bytes` goes on with at `start`. */
  private matches(bytes: Uint8Array, start: number, end: number): { shortest?: Match; longest?: Match } {
    const { trie } = this;
    let shortest: Match | undefined;
    let longest: Match | undefined;
    let node = offsetOf(trie[0]);
    for (let index = start; index < end && bytes[index] !== 0; index++) {
      node ^= bytes[index];
      const unit = trie[node];
      if (unit === undefined || labelOf(unit) !== bytes[index]) break;
      node ^= offsetOf(unit);
      if (!hasValue(unit)) continue;
      longest = { length: index + 1 - start, output: outputOf(trie[node] ?? 0) };
      shortest ??= longest;
    }
    return { shortest, longest };
  }

  private append(parts: number[], output: number): void {
    const { outputs } = this;
    for (let index = output; index < outputs.length && outputs[index] !== 0; index++) parts.push(outputs[index]);
  }
}

/** One character becomes so many bytes at most; in the maps of SentencePiece itself it is 33. */
const longestOutput = 256;

/** A hostile map would make megabytes of every character. */
function checkOutputs(outputs: Uint8Array, file: string): void {
  let start = 0;
  for (let end = 0; end <= outputs.length; end++) {
    if (end < outputs.length && outputs[end] !== 0) continue;
    if (end - start > longestOutput)
      throw corruptFile(
        file,
        `outputs of the character map have at most ${longestOutput} bytes`,
        `${end - start}`,
        start,
      );
    start = end + 1;
  }
}

interface Match {
  /** Bytes. */
  readonly length: number;
  /** Start in the outputs. */
  readonly output: number;
}

/** Bytes of the UTF-8 character that starts with `lead`. */
function characterLength(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}

// The fields of a unit, as in darts.h of Darts-clone 0.32.
const hasValue = (unit: number) => ((unit >>> 8) & 1) === 1;
const outputOf = (unit: number) => unit & 0x7fffffff;
const labelOf = (unit: number) => (unit & 0x800000ff) >>> 0;
const offsetOf = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6);
