// Source and output as flowing text over all segments near the one in focus. Knows words and tints, not what a tint means.

import type { PanelSegment, PanelUnit } from '../src/protocol/webview';
import { element, setHidden, setText } from './dom';
import * as l10n from './l10n';
import type { Side } from './reading';
import type { Mark } from './suspicions';
import { TextSide } from './textSide';

export interface TextPairEvents {
  /** The pointer or the keyboard focus is on some tokens of a segment, or on none. */
  readonly onPoint: (side: Side, segmentIndex: number, tokens: readonly number[] | undefined) => void;
  readonly onPin: (side: Side, segmentIndex: number, tokens: readonly number[]) => void;
  /** A new text for the output in focus. */
  readonly onEdit: (target: string) => void;
}

/** How the tokens of one side are marked. */
export interface SideMarks {
  /** By token of the segment in focus, 0 to 1. */
  readonly tints: ReadonlyMap<number, number>;
  /** What everything else is about. */
  readonly active: readonly number[];
  /** What the active one is linked to most, or the other half of a cell. */
  readonly linked: readonly number[];
  readonly pinned: readonly number[];
}

export type PairMarks = Readonly<Record<Side, SideMarks>>;

export const noMarks: PairMarks = {
  source: { tints: new Map(), active: [], linked: [], pinned: [] },
  target: { tints: new Map(), active: [], linked: [], pinned: [] },
};

const sides: readonly Side[] = ['source', 'target'];

export class TextPair {
  readonly root: HTMLElement;
  private readonly boxes: Record<Side, TextSide>;
  private readonly editor: OutputEditor;
  /** By segment, as its words show them. */
  private readonly marks = new Map<number, readonly Mark[]>();

  constructor(events: TextPairEvents) {
    this.boxes = { source: new TextSide('source', events), target: new TextSide('target', events) };
    this.editor = new OutputEditor(this.boxes.target, events.onEdit);
    this.root = element('div', { className: 'pair' }, this.boxes.source.root, this.boxes.target.root);
  }

  /** `segments`: those near the one in focus, in order. `setMarks` is owed for each of them. */
  show(segments: readonly PanelSegment[], focusIndex: number, segmentCount: number, unit: PanelUnit): void {
    for (const side of sides) this.boxes[side].show(segments, focusIndex, segmentCount, unit);
    this.editor.show(segments.find(({ index }) => index === focusIndex));
    this.marks.clear();
  }

  /** What is doubtful, by segment: only words of segments whose marks are other ones are touched. */
  setMarks(marks: ReadonlyMap<number, readonly Mark[]>): void {
    for (const [segmentIndex, own] of marks) {
      if (this.marks.get(segmentIndex) === own) continue;
      this.marks.set(segmentIndex, own);
      for (const side of sides) this.boxes[side].setMarks(segmentIndex, own);
    }
  }

  /** The decoder's start token is part of the output only where the decoder looks at itself. */
  showStartToken(visible: boolean): void {
    this.boxes.target.showStartToken(visible);
  }

  /** False: outputs cannot be changed, there is no model. */
  setEditable(editable: boolean): void {
    this.editor.setEnabled(editable);
  }

  /** The output that was wanted could not be had: its text can be changed further. */
  keepEditing(target: string, why: string): void {
    this.editor.keep(target, why);
  }

  mark(marks: PairMarks): void {
    for (const side of sides) this.boxes[side].mark(marks[side]);
  }

  /** Brings what is marked into sight, but moves neither the page nor text that somebody points at. */
  reveal(marks: PairMarks): void {
    for (const side of sides) {
      const { active, linked } = marks[side];
      this.boxes[side].reveal(active.length > 0 ? active : linked);
    }
  }

  /** Brings the sentence in focus into sight. Reads the layout: in a frame, before anything is changed. */
  revealFocus(): void {
    for (const side of sides) this.boxes[side].revealFocus();
  }

  /** Puts the focus on the first word of either text that begins with `text`; false: there is none. */
  find(text: string): boolean {
    return this.boxes.source.find(text) || this.boxes.target.find(text);
  }
}

/** Changes the output in focus: its text becomes a field, Enter takes it, Escape gives it up. */
class OutputEditor {
  private readonly field = element('textarea', {
    className: 'editField',
    attributes: { 'aria-label': l10n.t('Output text'), rows: '3', spellcheck: 'false' },
  });
  private readonly note = element('p', { className: 'notice', attributes: { role: 'alert' } });
  private readonly form: HTMLElement;
  private readonly start: HTMLElement;
  private segment: PanelSegment | undefined;

  constructor(
    private readonly side: TextSide,
    private readonly onEdit: (target: string) => void,
  ) {
    this.start = plainButton(l10n.t('Edit'), l10n.t('Change the output and see its attention'), () => this.edit());
    const use = plainButton(l10n.t('Use'), l10n.t('Show the attention of this output (Enter)'), () => this.finish());
    const cancel = plainButton(l10n.t('Cancel'), l10n.t('Keep the output as it was (Escape)'), () => this.end());
    this.form = element('div', { className: 'editForm' }, this.field, this.note, element('div', {}, use, cancel));
    this.form.hidden = true;
    side.head.append(this.start);
    side.root.append(this.form);
    this.field.addEventListener('keydown', event => {
      event.stopPropagation(); // letters are text here, not commands
      if (event.key === 'Escape') this.end();
      else if (event.key === 'Enter' && !event.shiftKey) this.finish();
      else return;
      event.preventDefault();
    });
    side.root.addEventListener('dblclick', () => this.edit());
  }

  setEnabled(enabled: boolean): void {
    this.start.hidden = !enabled;
  }

  show(segment: PanelSegment | undefined): void {
    if (segment?.target !== this.segment?.target || segment?.index !== this.segment?.index) this.close();
    this.segment = segment;
  }

  /** `text`: what was wanted; `why`: a sentence that says why it could not be had. */
  keep(text: string, why: string): void {
    if (!this.form.hidden) return; // something newer is written
    const takesFocus = document.activeElement === this.start; // where `finish` left it
    this.open(text, why);
    if (takesFocus) this.field.focus();
  }

  private edit(): void {
    if (!this.segment || this.start.hidden || !this.form.hidden) return;
    this.open(this.segment.target, '');
    this.field.focus();
  }

  private open(text: string, note: string): void {
    this.field.value = text;
    this.say(note);
    this.form.hidden = false;
    this.side.text.hidden = true;
  }

  private say(note: string): void {
    setText(this.note, note);
    setHidden(this.note, note === '');
  }

  private finish(): void {
    const text = this.field.value.replaceAll(/\s*\n\s*/g, ' ').trim();
    if (text === '') {
      this.say(l10n.t('An output without words has no attention.'));
      return;
    }
    this.end();
    if (text !== this.segment?.target) this.onEdit(text);
  }

  private end(): void {
    this.close();
    this.start.focus();
  }

  private close(): void {
    this.form.hidden = true;
    this.side.text.hidden = false;
  }
}

function plainButton(label: string, hint: string, onPress: () => void): HTMLElement {
  const created = element('button', { className: 'plainButton', text: label, attributes: { type: 'button' } });
  created.title = hint;
  created.addEventListener('click', onPress);
  return created;
}
