import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { AlignmentHighlights, type WordPin } from '../../../src/extension/alignmentHighlights';
import type { OutputDocuments, PlacedOutput } from '../../../src/extension/outputDocuments';
import type { PanelContent } from '../../../src/extension/panelOutput';
import type { Settings } from '../../../src/extension/settings';
import type { WordAlignment } from '../../../src/model/attention/methods';
import { closeEverything, eventually, openText } from './support';

const source = 'red house';
const target = 'casa roja';

/** Of `source` and `target`: red with roja, house with casa. */
const alignment = {
  sourceWords: [word(0, [0, 3]), word(1, [4, 9])],
  targetWords: [word(0, [0, 4]), word(1, [5, 9])],
  links: [
    [0, 1],
    [1, 0],
  ],
} as unknown as WordAlignment;

function word(token: number, range: readonly [number, number]) {
  return { range, tokens: [token], isPunctuation: false };
}

function contentOf(): PanelContent {
  const tokens = (ranges: readonly (readonly [number, number])[]) =>
    ranges.map((range, id) => ({ id, range, text: '' }));
  const segment = {
    source: [0, source.length],
    target: [0, target.length],
    sourceTokens: tokens([
      [0, 3],
      [3, 9],
    ]),
    targetTokens: tokens([
      [0, 4],
      [4, 9],
    ]),
  };
  return { result: { source, target, segments: [segment] }, target: {} } as unknown as PanelContent;
}

describe('AlignmentHighlights', () => {
  const content = contentOf();
  let editor: vscode.TextEditor;
  let inPanels: PlacedOutput[];
  let panelsChanged: vscode.EventEmitter<void>;
  let highlights: AlignmentHighlights;
  /** Every request for an alignment so far; each is answered by `answer`. */
  let asked: number;
  let answer: Promise<WordAlignment>;

  beforeEach(async () => {
    editor = await openText(source);
    inPanels = [{ content, source: { uri: editor.document.uri, start: 0 }, target: undefined }];
    panelsChanged = new vscode.EventEmitter();
    asked = 0;
    answer = Promise.resolve(alignment);
    highlights = new AlignmentHighlights(
      { *finishedParts() {} } as unknown as OutputDocuments,
      { outputs: () => inPanels, onDidChange: panelsChanged.event },
      () => {
        asked++;
        return answer;
      },
      { highlightsAlignedWords: () => true } as unknown as Settings,
    );
  });
  afterEach(async () => {
    highlights.dispose();
    panelsChanged.dispose();
    await closeEverything();
  });

  const pinOf = (token: number): WordPin => ({ content, segmentIndex: 0, side: 'source', tokens: [token] });
  const highlighted = () => highlights.shown?.source.map(range => editor.document.getText(range)).join();
  const shows = (text: string | undefined) => eventually(`“${text}” is highlighted`, () => highlighted() === text);
  const putCaret = (offset: number) => {
    const position = editor.document.positionAt(offset);
    editor.selection = new vscode.Selection(position, position);
  };
  const firesSelection = () =>
    new Promise<void>(resolve => {
      const subscription = vscode.window.onDidChangeTextEditorSelection(() => {
        subscription.dispose();
        resolve();
      });
    });

  it('follows a caret that moves right before some document changes', async () => {
    const other = await vscode.workspace.openTextDocument({ content: 'notes' });
    for (const pinned of [undefined, pinOf(0)]) {
      putCaret(1);
      await shows('red');
      if (pinned) highlights.showPin(pinned);
      await sleep(100);
      const moved = firesSelection();
      putCaret(6);
      await moved;
      const edit = new vscode.WorkspaceEdit();
      edit.insert(other.uri, new vscode.Position(0, 0), 'more ');
      await vscode.workspace.applyEdit(edit);
      await shows('house');
    }
  });

  it('keeps what was pinned in a panel while the word at the caret was still looked up', async () => {
    let finish = (_: WordAlignment): void => {};
    answer = new Promise(resolve => {
      finish = resolve;
    });
    const pins: WordPin[] = [];
    highlights.onDidPin(pin => pins.push(pin));
    putCaret(6);
    await eventually('the alignment is asked for', () => asked > 0);
    highlights.showPin(pinOf(0));
    finish(alignment);
    await shows('red');
    assert.deepEqual(pins, []);
  });

  it('lets go of what was pinned in a panel that closes or shows another output', async () => {
    putCaret(6);
    await shows('house');
    highlights.showPin(pinOf(0));
    await shows('red');
    inPanels = [];
    panelsChanged.fire();
    await shows(undefined);
  });

  it('asks for no alignment of an output that stands in no editor', async () => {
    inPanels = [{ content, source: undefined, target: undefined }];
    const before = asked;
    highlights.showPin(pinOf(0));
    await sleep(200);
    assert.equal(asked, before);
  });
});
