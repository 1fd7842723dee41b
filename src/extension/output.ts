// The text of one run as it grows, part by part (one part for each selection), and how the run stands. Pure.

import type { CharacterRange } from '../model/types';
import type { RunProgress } from '../protocol/engine';
import type { PanelContent } from './panelOutput';
import { PatchedText } from './patchedText';

export type OutputState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  /** Failed or cancelled. What was written until then stays. */
  | { readonly kind: 'stopped'; readonly sentence: string };

interface OutputPart {
  /** In the text of the output. */
  readonly start: number;
  readonly content: PanelContent | undefined;
}

export class Output {
  private written = '';
  /** The part in work, when its blocks come in any order. */
  private patched: PatchedText | undefined;
  private partStart = 0;
  private readonly parts: OutputPart[] = [];
  private sourceDone = 0;
  private sourceDoneInPart = 0;
  private cutCount = 0;
  private replacedCount = 0;
  private current: OutputState = { kind: 'running' };
  private loadingModel: string | undefined;
  private languages: { readonly from: string | undefined; readonly to: string | undefined; readonly pivot: boolean } = {
    from: undefined,
    to: undefined,
    pivot: false,
  };
  private readonly controller = new AbortController();

  /** `sourceLengths`: characters of each part's source; `onChange` is called after every change. */
  constructor(
    private readonly sourceLengths: readonly number[],
    private readonly onChange: () => void,
  ) {}

  get text(): string {
    return this.patched ? this.written + this.patched.text : this.written;
  }

  get state(): OutputState {
    return this.current;
  }

  /** Name of the model that is being loaded. */
  get loading(): string | undefined {
    return this.loadingModel;
  }

  /** Languages of the part in work, or of the last one. */
  get direction(): { readonly from: string | undefined; readonly to: string | undefined; readonly pivot: boolean } {
    return this.languages;
  }

  /** Share of the source that is done, 0 to 1. */
  get fraction(): number {
    const total = this.sourceLengths.reduce((sum, length) => sum + length, 0);
    return total === 0 ? 0 : (this.sourceDone + this.sourceDoneInPart) / total;
  }

  /** Sentences whose output reached its length limit before it ended. */
  get cutSentenceCount(): number {
    return this.cutCount;
  }

  /** Summaries that are the first sentence of their text, because the model was unsure of its own words. */
  get extractCount(): number {
    return this.replacedCount;
  }

  /** Aborted when nobody wants the output any more. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** What produced the text at `offset`, or the last part that is finished. */
  contentAt(offset: number): PanelContent | undefined {
    const finished = this.parts.filter(part => part.content !== undefined);
    return (finished.findLast(part => part.start <= offset) ?? finished[0])?.content;
  }

  /** Parts that have their final text, with their places among all parts. */
  get finishedParts(): readonly { readonly index: number; readonly start: number; readonly content: PanelContent }[] {
    return this.parts.flatMap(({ start, content }, index) => (content ? [{ index, start, content }] : []));
  }

  /** Begins the next part, a blank line below the one before. `source`: shown until its blocks are replaced. */
  beginPart(source?: string): void {
    if (this.written !== '') this.written += this.written.endsWith('\n') ? '\n' : '\n\n';
    this.partStart = this.written.length;
    this.patched = source === undefined ? undefined : new PatchedText(source);
    this.onChange();
  }

  report(progress: RunProgress): void {
    this.loadingModel = progress.kind === 'loading' ? progress.name : undefined;
    if (progress.kind === 'started') this.languages = progress;
    else if (progress.kind === 'text') this.written += progress.append;
    else if (progress.kind === 'block') this.patched?.replace(progress.source, progress.target);
    else if (progress.kind === 'segment') this.sourceDoneInPart = progress.sourceDone;
    else if (progress.kind === 'restarted') this.written = this.written.slice(0, this.partStart);
    this.onChange();
  }

  /** Ends the part in work with its final text. */
  finishPart(text: string, content: PanelContent | undefined): void {
    this.patched = undefined;
    // What was streamed is the start of the final text, nearly always all of it; then there is nothing to copy.
    if (this.written.length - this.partStart !== text.length)
      this.written = this.written.slice(0, this.partStart) + text;
    if (content) {
      const { from, to, pivot, segments } = content.result;
      this.cutCount += segments.filter(segment => segment.truncated).length;
      this.replacedCount += segments.filter(segment => segment.kind === 'extract').length;
      this.languages = { from, to, pivot: pivot !== undefined };
    }
    this.sourceDone += this.sourceLengths[this.parts.length] ?? 0;
    this.sourceDoneInPart = 0;
    this.parts.push({ start: this.partStart, content });
    this.onChange();
  }

  finish(): void {
    this.settle({ kind: 'done' });
  }

  /** `sentence` says why, in words for a person. */
  stop(sentence: string): void {
    this.settle({ kind: 'stopped', sentence });
  }

  /** Asks the run to stop; `stop` follows when it has. */
  cancel(reason: Error): void {
    if (this.current.kind === 'running') this.controller.abort(reason);
  }

  private settle(state: OutputState): void {
    this.loadingModel = undefined;
    this.current = state;
    this.onChange();
  }
}

/** A `CharacterRange` list's lengths. */
export function lengthsOf(ranges: readonly CharacterRange[]): number[] {
  return ranges.map(([start, end]) => end - start);
}
