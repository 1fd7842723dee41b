// One attention panel's side in the extension: owns the webview, joins its pulls to their answers.

import * as vscode from 'vscode';
import { HeadlightError, Superseded, toHeadlightError } from '../model/errors';
import type { RunResult } from '../model/types';
import { Channel, type MessagePortLike } from '../protocol/channel';
import type { ModelTarget } from '../protocol/engine';
import type { ExportChoice, PanelExport, PanelHostMethods, PanelMethods, PanelOutput } from '../protocol/webview';
import type { WordPin } from './alignmentHighlights';
import type { PlacedOutput, TextPlace } from './outputDocuments';
import { type AttentionSource, PanelAnswers } from './panelAnswers';
import { panelHtml } from './panelHtml';
import { type PanelContent, panelOutput, type Variant } from './panelOutput';
import { userMessage } from './userMessages';

/** VS Code writes what a page keeps into its database at every change, so a long document is not kept. */
const restoreLimit = { tokens: 1500, characters: 20_000 };

/** What the page keeps for a reload of the window; the description is read anew from the model folder. */
export interface Restorable {
  readonly version: 2;
  readonly result: RunResult;
  readonly target: ModelTarget;
  readonly added: readonly (readonly [segmentIndex: number, variants: readonly Variant[]])[];
}

export interface AttentionPanelParts {
  readonly extensionUri: vscode.Uri;
  readonly source: AttentionSource;
  readonly log: vscode.LogOutputChannel;
  /** Writes what a panel shows into a file that the person chooses. */
  readonly exportShown: (shown: PanelExport, answers: PanelAnswers) => Promise<void>;
}

/** One output with what belongs to it and to no other. */
interface Shown {
  readonly revision: number;
  /** Undefined: what a reloaded window should show again is gone. */
  readonly answers: Promise<PanelAnswers | undefined>;
}

type PanelChannel = Channel<PanelMethods, PanelHostMethods>;

/** A panel keeps maps, its page pulls what it draws; a hidden page is destroyed and pulls again. */
export class AttentionPanel implements vscode.Disposable {
  private readonly listeners: readonly vscode.Disposable[];
  private readonly closed = new vscode.EventEmitter<void>();
  readonly onDidClose = this.closed.event;
  private readonly pinChanged = new vscode.EventEmitter<WordPin>();
  /** A person pinned a word in the panel, or let go of it. */
  readonly onDidPin = this.pinChanged.event;
  private session: Session | undefined;
  private shown: Shown | undefined;
  private placed: PlacedOutput | undefined;
  private lastRevision = 0;
  /** What is pinned now, here or elsewhere: a page that opens or comes back does not know. */
  private pinned: WordPin | undefined;
  /** A hidden page has no channel to be asked through. */
  private exportWanted: ExportChoice | undefined;

  /** The panel is the caller's no more. */
  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly parts: AttentionPanelParts,
  ) {
    const dist = vscode.Uri.joinPath(parts.extensionUri, 'dist');
    this.listeners = [
      panel.onDidDispose(() => this.close()),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.endSession(); // its page is gone
      }),
      panel.webview.onDidReceiveMessage(message => this.receive(message)),
    ];
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    // The page asks for its output only once its panel has one.
    queueMicrotask(() => {
      const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js'));
      panel.webview.html = panelHtml(script.toString(), vscode.env.language, vscode.l10n.bundle);
    });
  }

  get active(): boolean {
    return this.panel.active;
  }

  /** What is shown, and where its source stands, as far as that is known. */
  get output(): PlacedOutput | undefined {
    return this.placed;
  }

  /**
   * Shows an output in place of the one before. `place`: where its source stands. `source`: what answers for the engine; absent:
   * the engine.
   */
  show(content: PanelContent, place?: TextPlace, source: AttentionSource = this.parts.source): void {
    const answers = new PanelAnswers(content, source);
    this.placed = { content, source: place, target: undefined };
    const { revision } = this.setShown(this.lastRevision + 1, Promise.resolve(answers));
    this.session?.channel.call('show', this.outputOf(answers, revision)).catch(error => this.logUnexpected(error));
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  /** Pins a word in the page, now or when it shows the output that the word is of. */
  async pin(wordPin: WordPin): Promise<void> {
    this.pinned = wordPin;
    const { shown } = this;
    const { content, segmentIndex, side, tokens } = wordPin;
    const answers = await shown?.answers.catch(() => undefined);
    if (!shown || answers?.content !== content) return;
    const pin = { revision: shown.revision, segmentIndex, side, tokens };
    this.session?.channel.call('pin', pin).catch(error => this.logUnexpected(error));
  }

  /** Has the page export what it shows; a hidden one comes back for it. */
  requestExport(choice: ExportChoice): void {
    this.panel.reveal();
    this.exportWanted = choice;
    this.askForExport();
  }

  private askForExport(): void {
    if (!this.exportWanted || !this.session) return;
    const choice = this.exportWanted;
    this.exportWanted = undefined;
    this.session.channel.call('export', choice).catch(error => this.logUnexpected(error));
  }

  /** Shows again what a page of an earlier window saved as `revision`. */
  restore(revision: number, answers: Promise<PanelAnswers | undefined>): void {
    this.setShown(revision, answers);
  }

  dispose(): void {
    this.panel.dispose();
    this.close();
  }

  private close(): void {
    this.endSession();
    for (const listener of this.listeners) listener.dispose();
    this.forget();
    this.closed.fire();
    vscode.Disposable.from(this.closed, this.pinChanged).dispose();
  }

  private forget(): void {
    this.shown?.answers.then(
      answers => answers?.dispose(),
      () => {},
    );
    this.shown = undefined;
  }

  /**
   * Every page starts counting its calls anew, so each gets a channel of its own: an answer meant for a page that was
   * hidden or reloaded meanwhile must not reach its successor.
   */
  private receive(message: unknown): void {
    if (!this.session || isFirstCall(message)) {
      this.endSession();
      this.session = new Session(this.panel.webview, port => this.openChannel(port));
    }
    this.session.deliver(message);
  }

  private endSession(): void {
    this.session?.channel.dispose();
    this.session = undefined;
  }

  private openChannel(port: MessagePortLike): PanelChannel {
    const { log, exportShown } = this.parts;
    const inWords = <Value>(answer: () => Promise<Value>) => this.inWords(answer);
    const at = (place: { readonly revision: number }) => this.answersAt(place.revision);
    return new Channel<PanelMethods, PanelHostMethods>(port, {
      ready: () =>
        inWords(async () => {
          const { shown } = this;
          const answers = await shown?.answers;
          this.askForExport();
          return answers && this.outputOf(answers, shown!.revision);
        }),
      segments: params => inWords(async () => (await at(params)).segments(params.from, params.to)),
      segment: params => inWords(async () => (await at(params)).segment(params)),
      alignment: (params, { signal }) => inWords(async () => (await at(params)).alignment(params, signal)),
      tiles: (params, { signal }) => inWords(async () => (await at(params)).tiles(params, signal)),
      matrix: (params, { signal }) => inWords(async () => (await at(params)).matrix(params, signal)),
      explain: (params, { signal }) => inWords(async () => (await at(params)).explain(params, signal)),
      steps: (params, { signal }) => inWords(async () => (await at(params)).steps(params, signal)),
      hypotheses: (params, { signal }) =>
        inWords(async () => (await at(params)).hypotheses(params.segmentIndex, signal)),
      addVariant: (params, { signal }) =>
        inWords(async () => {
          const answers = await at(params);
          const variantIndex = await answers.addVariant(params, params.request, signal);
          return { variantIndex, restore: restorableOf(answers) };
        }),
      export: params =>
        inWords(async () => {
          const answers = await at(params);
          await exportShown(params, answers);
          return undefined;
        }),
      pin: params =>
        inWords(async () => {
          const { content } = await at(params);
          this.pinned = { ...params, content };
          this.pinChanged.fire(this.pinned);
          return undefined;
        }),
      showLog: () => {
        log.show(true);
        return undefined;
      },
    });
  }

  /** The page shows errors as they come, so they leave here in words for people; the log has what lies behind. */
  private async inWords<Value>(answer: () => Promise<Value>): Promise<Value> {
    try {
      return await answer();
    } catch (thrown) {
      const error = toHeadlightError(thrown);
      const sentence = userMessage(error)?.sentence;
      if (sentence === undefined) throw error;
      this.parts.log.error(`attention panel: ${error.code}: ${error.message} ${JSON.stringify(error.details)}`);
      throw new HeadlightError(error.code, sentence, error.details, error);
    }
  }

  private setShown(revision: number, answers: Promise<PanelAnswers | undefined>): Shown {
    answers.catch(() => {}); // told to the page when it asks
    this.forget();
    this.shown = { revision, answers };
    this.lastRevision = revision;
    return this.shown;
  }

  private outputOf(answers: PanelAnswers, revision: number): PanelOutput {
    const output = panelOutput(answers.content, revision, restorableOf(answers), vscode.env.language);
    if (this.pinned?.content !== answers.content || this.pinned.tokens.length === 0) return output;
    const { segmentIndex, side, tokens } = this.pinned;
    return { ...output, pin: { revision, segmentIndex, side, tokens } };
  }

  private async answersAt(revision: number): Promise<PanelAnswers> {
    const { shown } = this;
    const answers = shown?.revision === revision ? await shown.answers : undefined;
    if (!answers) throw new Superseded();
    return answers;
  }

  private logUnexpected(error: unknown): void {
    const { code, message } = toHeadlightError(error);
    if (code !== 'disconnected') this.parts.log.warn(`attention panel: ${message}`);
  }
}

/** The channel to one life of the page. */
class Session {
  readonly channel: PanelChannel;
  private onMessage: ((message: unknown) => void) | undefined;

  constructor(webview: vscode.Webview, open: (port: MessagePortLike) => PanelChannel) {
    this.channel = open({
      post: message => void webview.postMessage(message),
      listen: onMessage => {
        this.onMessage = onMessage;
        return () => {
          this.onMessage = undefined;
        };
      },
    });
  }

  deliver(message: unknown): void {
    this.onMessage?.(message);
  }
}

/** A page begins with `ready`; it may ask again later, then it simply begins again. */
function isFirstCall(message: unknown): boolean {
  const { kind, method } = (message ?? {}) as { kind?: unknown; method?: unknown };
  return kind === 'call' && method === 'ready';
}

function restorableOf({
  content: { result, target, fileMethod },
  addedVariants,
}: PanelAnswers): Restorable | undefined {
  return isSmall(result) && fileMethod === undefined ? { version: 2, result, target, added: addedVariants } : undefined;
}

function isSmall({ source, target, segments }: RunResult): boolean {
  const tokenCount = segments.reduce(
    (sum, segment) => sum + segment.sourceTokens.length + segment.targetTokens.length,
    0,
  );
  return tokenCount <= restoreLimit.tokens && source.length + target.length <= restoreLimit.characters;
}
