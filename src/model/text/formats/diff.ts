// Prose in a patch: comments and documents on its added and removed lines, and the messages of its commits. No line is ever
// added or taken away, because the heads of the hunks count them. Runs anywhere.

import type { ProseBlock } from '../document';
import { messageBlocks, subjectBlock } from './commit';
import { hasWord, type Line, lineBreakOf, linesOf, skipSpaces, skipSpacesBack } from './lines';
import { type CommentLine, proseOfLines } from './proseLines';

const documentFile = /\.(?:md|mdx|markdown|txt|rst|adoc|asciidoc|org)$/i;
/** A comment that fills its line; without a grammar, nothing less is sure. */
const commentMark =
  /^[ \t]*(?:\/\/[/!]*|\/\*+!?|\*(?!\/)|#+(?=[ \t])|--+(?=[ \t])|;+(?=[ \t])|%+(?=[ \t])|<!--|"""|''')[ \t]*/;
const commentClose = /[ \t]*(?:\*+\/|-->|"""|''')[ \t]*$/;
const documentMark = /^[ \t]*(?:(?:[-*+>•]|#{1,6}|\d{1,3}[.)])[ \t]+)*/;

/** Lazy. */
export function* diffBlocks(text: string): Generator<ProseBlock> {
  yield* new DiffReader(text).read();
}

class DiffReader {
  private isDocument = false;
  private inFence = false;
  private run: CommentLine[] = [];
  private runSign = '';
  private runMark = '';
  private message: Line[] = [];
  private readonly lineBreak: string;

  constructor(private readonly text: string) {
    this.lineBreak = lineBreakOf(text);
  }

  *read(): Generator<ProseBlock> {
    let left = { removed: 0, added: 0 };
    let isMailHead = false;
    for (const line of linesOf(this.text)) {
      const content = this.text.slice(line.start, line.end);
      const sign = content[0] ?? ' ';
      if (left.removed > 0 || left.added > 0) {
        if (sign === '\\') continue;
        left = {
          removed: left.removed - (sign === '+' ? 0 : 1),
          added: left.added - (sign === '-' ? 0 : 1),
        };
        if (sign === '+' || sign === '-') yield* this.changed(line, sign);
        else yield* this.endRun();
        continue;
      }
      yield* this.endRun();
      const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(content);
      if (hunk) {
        yield* this.endMessage();
        left = { removed: Number(hunk[1] ?? 1), added: Number(hunk[2] ?? 1) };
        this.inFence = false;
      } else if (/^(?:diff |--- |\+\+\+ |Index: |index [\da-f])/.test(content) || content === '---') {
        isMailHead = false;
        yield* this.endMessage();
        const file = /^(?:\+\+\+|---) (?:"?[ab]\/)?([^\t"]+)/.exec(content)?.[1];
        if (file !== undefined && file !== '/dev/null') this.isDocument = documentFile.test(file.trim());
      } else if (/^(?:commit [\da-f]{7,}|From [\da-f]{7,} )/.test(content)) {
        yield* this.endMessage();
        isMailHead = content.startsWith('From');
      } else if (content.startsWith('Subject: ')) {
        yield* this.endMessage();
        const prefix = /^Subject: (?:\[[^\]]*\][ \t]*)*/.exec(content)![0];
        yield* subjectBlock(this.text, { ...line, start: line.start + prefix.length });
      } else if (isMailHead && content === '') {
        isMailHead = false;
        // What follows is the body: its subject stood in the head.
        this.message = [];
      } else if (/^ {4}\S/.test(content) || (content === '' && this.message.length > 0)) this.message.push(line);
    }
    yield* this.endRun();
    yield* this.endMessage();
  }

  /** `git log` and `git show` write the message four columns in. */
  private *endMessage(): Generator<ProseBlock> {
    const lines = this.message.map(line => ({ ...line, start: Math.min(line.end, line.start + 4) }));
    this.message = [];
    for (const { wrap: _, ...block } of messageBlocks(this.text, lines, this.lineBreak)) yield block;
  }

  private *changed(line: Line, sign: string): Generator<ProseBlock> {
    const content = this.text.slice(line.start + 1, line.end);
    if (this.isDocument) {
      yield* this.endRun();
      yield* this.documentLine(line, content);
      return;
    }
    const mark = commentMark.exec(content.slice(0, 400))?.[0];
    if (mark === undefined) {
      yield* this.endRun();
      return;
    }
    if (sign !== this.runSign || mark.trim() !== this.runMark) yield* this.endRun();
    [this.runSign, this.runMark] = [sign, mark.trim()];
    const start = line.start + 1 + mark.length;
    const close = commentClose.exec(content.slice(-200))?.[0].length ?? 0;
    const end = Math.max(start, skipSpacesBack(this.text, start, line.end - close));
    this.run.push({ lineStart: line.start, start: Math.min(start, end), end });
  }

  private *endRun(): Generator<ProseBlock> {
    const lines = this.run;
    this.run = [];
    this.runMark = '';
    const style = {
      kind: 'comment',
      canWrap: false,
      lineBreak: this.lineBreak,
      forbidden: ['*/', '-->', '"""'],
    } as const;
    yield* proseOfLines(this.text, lines, style);
  }

  /** Whole documents are parsed elsewhere; of a line only what is surely prose counts. */
  private *documentLine(line: Line, content: string): Generator<ProseBlock> {
    if (/^\s*(?:```|~~~)/.test(content)) {
      this.inFence = !this.inFence;
      return;
    }
    if (this.inFence || /^(?: {4}|\t)|^\s*(?:\||<|\[[^\]]*\]:|---|===|:::|\.\. |!\[)/.test(content)) return;
    const start = line.start + 1 + documentMark.exec(content.slice(0, 200))![0].length;
    const end = skipSpacesBack(this.text, start, line.end);
    const first = skipSpaces(this.text, start, end);
    if (first < end && hasWord(this.text.slice(first, end)))
      yield { kind: 'line', pieces: [[first, end]], protected: [] };
  }
}
