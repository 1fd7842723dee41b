// Lets the progress of a repeated run go on where the first one broke off, so that what was shown need not be shown again. Pure.

import type { RunProgress } from '../protocol/engine';

type Report = (progress: RunProgress) => void;

/**
 * Between a run and who follows it. Until `repeat` everything goes through. After it, text and segments that were shown are held
 * back; where the repetition writes something else, `restarted` is reported and all of the repetition follows.
 */
export class ProgressReplay {
  private shownText = '';
  private shownSegmentCount = 0;
  private started = false;
  /** What the repetition reported and nobody has seen; undefined: it has caught up, or there is none. */
  private held: RunProgress[] | undefined;
  private repeatedText = '';

  constructor(private readonly report: Report) {}

  /** Takes what the first run, and after `repeat` the second one, reports. */
  readonly take: Report = progress => {
    if (this.held) this.compare(progress, this.held);
    else this.show(progress);
  };

  /** From here on a second run reports. */
  repeat(): void {
    this.held = [];
  }

  /** The second run is done: when it never caught up with what was shown, it wrote less. */
  finish(): void {
    if (this.held && (this.shownText !== '' || this.shownSegmentCount > 0 || this.held.length > 0))
      this.restart(this.held);
  }

  private show(progress: RunProgress): void {
    if (progress.kind === 'text') this.shownText += progress.append;
    else if (progress.kind === 'segment') this.shownSegmentCount++;
    else if (progress.kind === 'started') this.started = true;
    this.report(progress);
  }

  private compare(progress: RunProgress, held: RunProgress[]): void {
    if (progress.kind === 'started' && this.started) return;
    // A block takes the place of what was there before, whichever run it comes from.
    if (progress.kind === 'loading' || progress.kind === 'started' || progress.kind === 'block') {
      this.show(progress);
      return;
    }
    held.push(progress);
    if (progress.kind === 'text') this.repeatedText += progress.append;
    const isSame = this.shownText.startsWith(this.repeatedText) || this.repeatedText.startsWith(this.shownText);
    if (!isSame) this.restart(held);
    else if (this.repeatedText.length >= this.shownText.length) this.catchUp(held);
  }

  private restart(held: readonly RunProgress[]): void {
    this.held = undefined;
    this.report({ kind: 'restarted' });
    for (const one of held) this.report(one);
  }

  /** Shows what lies beyond what was shown. Segments that were shown came before the text that was shown last. */
  private catchUp(held: readonly RunProgress[]): void {
    const segments = held.filter(({ kind }) => kind === 'segment');
    if (segments.length < this.shownSegmentCount) return;
    this.held = undefined;
    const append = this.repeatedText.slice(this.shownText.length);
    if (append !== '') this.report({ kind: 'text', append });
    for (const segment of segments.slice(this.shownSegmentCount)) this.report(segment);
  }
}
