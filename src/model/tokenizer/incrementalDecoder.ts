// Text of a growing list of tokens, without ever showing half a character. Runs anywhere.

const replacement = '\uFFFD';

/**
 * Decodes tokens one after the other, looking back a few tokens so that spaces and bytes join as in the whole. The method of
 * Hugging Face text-generation-inference and vLLM (`detokenize_incrementally`): two decodes of a short window, their difference
 * is the new text.
 */
export class IncrementalDecoder {
  private readonly tokenIds: number[] = [];
  /** First token of the window, and the first one whose text was not given yet. */
  private windowStart = 0;
  private unread = 0;

  /** `isSilent`: tokens that give no text, such as the end token; they must not end up alone in a window. */
  constructor(
    private readonly decode: (tokenIds: readonly number[]) => string,
    private readonly isSilent: (tokenId: number) => boolean,
  ) {}

  /** The text that `tokenId` completes; empty while a character is still in parts. */
  push(tokenId: number): string {
    if (this.isSilent(tokenId)) return '';
    this.tokenIds.push(tokenId);
    const before = this.decodeWindow(this.unread);
    const after = this.decodeWindow(this.tokenIds.length);
    if (after.endsWith(replacement) || after.length < before.length) return '';
    return this.take(before, after);
  }

  /** What is left at the end, broken characters included. */
  flush(): string {
    return this.take(this.decodeWindow(this.unread), this.decodeWindow(this.tokenIds.length));
  }

  private take(before: string, after: string): string {
    const text = after.slice(before.length);
    this.windowStart = this.unread;
    this.unread = this.tokenIds.length;
    return text;
  }

  private decodeWindow(end: number): string {
    return this.windowStart === end ? '' : this.decode(this.tokenIds.slice(this.windowStart, end));
  }
}
