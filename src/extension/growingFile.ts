// A text that grows in memory, as VS Code sees it through a file system: bytes and a time of modification. Pure apart from timers.

/** With it VS Code reads the text as UTF-8 whatever the setting `files.encoding` says. */
const byteOrderMark = '\uFEFF';

/** Far longer than VS Code takes from an event to reading the file. */
const readWithinMs = 1000;

let lastModifiedAt = 0;

/**
 * VS Code opens a file by asking for its bytes and its time of modification at once, in this order and without comparing them
 * (`doReadFileStream` in its fileService.ts). A change in between gives it the old bytes with the new time: it then takes the
 * event of that change for one that it has seen, and shows the old bytes for good. So a version that nobody has read after a
 * while is announced once more, with a newer time.
 */
export class GrowingFile {
  private content: Uint8Array;
  private changedAt = nextModifiedAt();
  private readAt = 0;
  private timer: NodeJS.Timeout | undefined;

  /** `announce`: tells VS Code that the file has changed. */
  constructor(
    text: string,
    private readonly announce: () => void,
  ) {
    this.content = encode(text);
  }

  /** Milliseconds; grows with every change. */
  get modifiedAt(): number {
    return this.changedAt;
  }

  get size(): number {
    return this.content.byteLength;
  }

  read(): Uint8Array {
    this.readAt = this.changedAt;
    return this.content;
  }

  write(text: string): void {
    this.content = encode(text);
    this.change();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (this.readAt < this.changedAt) this.change();
    }, readWithinMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private change(): void {
    this.changedAt = nextModifiedAt();
    this.announce();
  }
}

/** The bytes of a text as VS Code is to read it. */
export function encode(text: string): Uint8Array {
  return new TextEncoder().encode(byteOrderMark + text);
}

/** VS Code reads a file again only when its time of modification grows. */
function nextModifiedAt(): number {
  lastModifiedAt = Math.max(Date.now(), lastModifiedAt + 1);
  return lastModifiedAt;
}
