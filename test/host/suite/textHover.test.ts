import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Log } from '../../../src/extension/log';
import type { PanelContent } from '../../../src/extension/panelOutput';
import type { FoundProse, ProseFinder } from '../../../src/extension/proseAt';
import type { HoverContent, Settings } from '../../../src/extension/settings';
import { SummaryCache } from '../../../src/extension/summaryCache';
import type { TargetLanguage } from '../../../src/extension/targetLanguage';
import { TaskRunner, type TextRequest } from '../../../src/extension/taskRunner';
import { TextHover } from '../../../src/extension/textHover';
import { HeadlightError } from '../../../src/model/errors';
import { closeEverything, openText } from './support';

const paragraph = 'words '.repeat(50).trim();
const start = new vscode.Position(0, 0);

/** A hover over work that ends when the test says so. */
function hoverOver(work: Promise<Partial<PanelContent['result']>>, content: HoverContent = 'summary') {
  const signals: AbortSignal[] = [];
  const requests: TextRequest[] = [];
  const runner = {
    cacheKey: ({ text }: { text: string }) => text,
    run: async (request: TextRequest, { signal }: { signal: AbortSignal }) => {
      requests.push(request);
      signals.push(signal);
      return { result: { task: content === 'summary' ? 'summarize' : 'translate', segments: [], ...(await work) } };
    },
  };
  const settings = { hoverMode: () => 'paragraphs', hoverContent: () => content, hoverMinimumLength: () => 100 };
  const targetLanguage = {
    nameOf: (language: string) => language.toUpperCase(),
    direction: (from: string, to: string) => `${from} to ${to}`,
  };
  const prose = {
    at: async (): Promise<FoundProse | undefined> => ({ range: [0, paragraph.length], text: paragraph }),
  };
  const hover = new TextHover(
    runner as unknown as TaskRunner,
    prose as unknown as ProseFinder,
    new SummaryCache<PanelContent>(10),
    settings as unknown as Settings,
    targetLanguage as unknown as TargetLanguage,
    { warn() {} } as unknown as Log,
  );
  return { hover, requests, signals };
}

const never = new Promise<never>(() => {});

function textOf(hover: vscode.Hover | undefined): string {
  assert.ok(hover);
  return (hover.contents[0] as vscode.MarkdownString).value;
}

describe('TextHover', () => {
  let document: vscode.TextDocument;
  let tokens: vscode.CancellationTokenSource;
  let under: ReturnType<typeof hoverOver>;

  beforeEach(async () => {
    ({ document } = await openText(paragraph));
    tokens = new vscode.CancellationTokenSource();
  });
  afterEach(async () => {
    under.hover.dispose();
    await closeEverything();
  });

  it('comes back with a link after its patience, and the work goes on', async () => {
    under = hoverOver(never);
    const begun = performance.now();
    const text = textOf(await under.hover.provideHover(document, start, tokens.token));
    assert.ok(performance.now() - begun >= 790);
    assert.match(text, /\[Summarize\]/);
    tokens.cancel(); // VS Code closes the hover
    assert.equal(under.signals[0].aborted, false);
  });

  it('comes back with nothing as soon as its token is cancelled, and gives the work up', async () => {
    under = hoverOver(never);
    const pending = under.hover.provideHover(document, start, tokens.token);
    await new Promise(resolve => setTimeout(resolve));
    tokens.cancel();
    assert.equal(await pending, undefined); // after its patience it would be the link
    assert.equal(under.signals[0].aborted, true);
  });

  it("shows the model's words as words, whatever they contain", async () => {
    under = hoverOver(
      Promise.resolve({ target: '[click](command:workbench.action.quit) **bold** <b>', pivot: undefined }),
    );
    const text = textOf(await under.hover.provideHover(document, start, tokens.token));
    assert.ok(!text.includes('[click](command'), text);
    assert.ok(!text.includes('**bold**'), text);
    assert.ok(!/(?<!\\)<b/.test(text), text);
  });

  it('says that the text was translated first', async () => {
    under = hoverOver(Promise.resolve({ target: 'short', pivot: { from: 'es', to: 'en', text: '' } }));
    const text = textOf(await under.hover.provideHover(document, start, tokens.token));
    assert.match(text.replaceAll('&nbsp;', ' '), /translated from ES first/);
  });

  it("says that the words are not the model's own", async () => {
    const segments = [{ kind: 'extract' }] as unknown as PanelContent['result']['segments'];
    under = hoverOver(Promise.resolve({ target: 'first sentence', segments }));
    const text = textOf(await under.hover.provideHover(document, start, tokens.token));
    assert.match(text.replaceAll('&nbsp;', ' '), /extract: the model was unsure/);
  });

  it('shows the sentence of a failure, and nothing when a newer hover took its place', async () => {
    under = hoverOver(
      Promise.reject(new HeadlightError('model-folder-missing', 'm', { folder: '/nowhere', found: 'nothing' })),
    );
    const text = textOf(await under.hover.provideHover(document, start, tokens.token));
    assert.match(text.replaceAll('&nbsp;', ' '), /does not exist/);
    under.hover.dispose();
    under = hoverOver(Promise.reject(new HeadlightError('superseded', 'm')));
    assert.equal(await under.hover.provideHover(document, start, tokens.token), undefined);
  });

  it('shows a translation where that is wanted, as words, and nothing for a text that stays', async () => {
    under = hoverOver(
      Promise.resolve({ source: paragraph, target: 'unas **palabras**\n  más', from: 'en', to: 'es' }),
      'translation',
    );
    const text = textOf(await under.hover.provideHover(document, start, tokens.token)).replaceAll('&nbsp;', ' ');
    assert.match(text, /Headlight translation\*\* · en to es/);
    assert.ok(text.includes('unas \\*\\*palabras\\*\\* más'), text);
    under.hover.dispose();
    under = hoverOver(Promise.resolve({ source: paragraph, target: paragraph }), 'translation');
    assert.equal(await under.hover.provideHover(document, start, tokens.token), undefined);
  });

  it('translates of a selection what is prose in its document, and tells what that is', async () => {
    under = hoverOver(Promise.resolve({ source: 'a', target: 'b' }), 'translation');
    const code = 'const a = 1;\n// Open the file.\n';
    const { document } = await openText(code, [[13, 29]], 'javascript');
    await under.hover.provideHover(document, new vscode.Position(1, 5), tokens.token);
    const [{ text, document: piece }] = under.requests;
    assert.equal(text, '// Open the file');
    assert.equal(piece?.languageId, 'javascript');
    assert.equal(piece.isFragment, true);
    assert.deepEqual(piece.within, { text: code, start: 13 });
  });

  it('takes no translation of the same words in another document for its own', () => {
    const settings = { modelFolder: () => '/m', device: 'cpu', beamCount: 1, targetLanguage: 'es', glossary() {} };
    const nothing = undefined as never;
    const runner = new TaskRunner(nothing, settings as unknown as Settings, nothing, { of() {} } as never, '');
    const keyIn = (text: string) =>
      runner.cacheKey({
        kind: 'translate',
        text: 'open',
        priority: 'hover',
        resource: vscode.Uri.file('/a'),
        document: { format: 'auto', isFragment: true, within: { text, start: 3 } },
      });
    assert.equal(keyIn('// open'), keyIn('// open'));
    assert.notEqual(keyIn('// open'), keyIn('f. open()'));
  });

  it('does not work on very long texts unasked', async () => {
    under = hoverOver(never);
    const long = await openText('words '.repeat(5000));
    const text = textOf(await under.hover.provideHover(long.document, start, tokens.token));
    assert.match(text, /\[Summarize\]/);
    assert.equal(under.signals.length, 0);
  });
});
