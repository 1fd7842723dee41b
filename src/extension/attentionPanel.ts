// The attention panel's side in the extension: opens the webview, answers its pulls, brings it back after a reload.

import * as vscode from 'vscode';
import { type AttentionMaps, layerOf } from '../model/attention/maps';
import { HeadlightError, Superseded, toHeadlightError } from '../model/errors';
import type { ModelDescription, RunResult } from '../model/types';
import { Channel, type MessagePortLike } from '../protocol/channel';
import type { AttentionParams, ModelTarget } from '../protocol/engine';
import type { PanelHostMethods, PanelMethods, PanelOutput } from '../protocol/webview';
import { AttentionMapCache } from './attentionMapCache';
import { panelHtml } from './panelHtml';
import { type PanelContent, panelOutput, panelSegment, segmentAt } from './panelOutput';
import { userMessage } from './userMessages';

/** What the panel needs of the engine. */
export interface AttentionSource {
  attention(params: AttentionParams, signal: AbortSignal): Promise<AttentionMaps>;
  describe(folder: string): Promise<ModelDescription>;
}

const viewType = 'headlight.attention';
/** One segment of 512 tokens with 48 heads of each kind is 150 MB. */
const mapBudgetBytes = 192 * 2 ** 20;
/** VS Code writes what a page keeps into its database at every change, so a long document is not kept. */
const restoreLimit = { tokens: 1500, characters: 20_000 };

/** What the page keeps for `deserializeWebviewPanel`; the description is read anew from the model folder. */
interface Restorable {
  readonly version: 1;
  readonly result: RunResult;
  readonly target: ModelTarget;
}

/** One output with what belongs to it and to no other. */
interface Shown {
  readonly revision: number;
  /** Undefined: what a reloaded window should show again is gone. */
  readonly content: Promise<PanelContent | undefined>;
  readonly maps: AttentionMapCache;
}

type PanelChannel = Channel<PanelMethods, PanelHostMethods>;

/** The one attention panel. It keeps maps, the page pulls what it draws; a hidden page is destroyed and pulls again. */
export class AttentionPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly serializer: vscode.Disposable;
  private panel: vscode.WebviewPanel | undefined;
  private panelListeners: vscode.Disposable[] = [];
  private session: Session | undefined;
  private shown: Shown | undefined;
  private lastRevision = 0;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly source: AttentionSource,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.serializer = vscode.window.registerWebviewPanelSerializer(viewType, this);
  }

  /** Shows an output: opens the panel beside the editor, or replaces what the open one shows. */
  show(content: PanelContent): void {
    const shown = this.setContent(this.lastRevision + 1, Promise.resolve(content));
    if (!this.panel) {
      const panel = vscode.window.createWebviewPanel(
        viewType,
        'Attention',
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        this.webviewOptions,
      );
      this.adopt(panel);
      return;
    }
    this.session?.channel.call('show', outputOf(content, shown.revision)).catch(error => this.logUnexpected(error));
    this.panel.reveal(undefined, true);
  }

  /** Called by VS Code after a reload of the window, with what the page last saved. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    if (this.panel) {
      panel.dispose(); // something was shown before VS Code came to restore: that one is newer
      return;
    }
    const saved = savedStateOf(state);
    if (saved) this.setContent(saved.revision, this.restore(saved.restore));
    panel.webview.options = this.webviewOptions;
    this.adopt(panel);
  }

  dispose(): void {
    this.serializer.dispose();
    this.panel?.dispose();
    this.closed();
  }

  private get webviewOptions(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(this.extensionUri, 'dist')] };
  }

  private adopt(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    this.panelListeners = [
      panel.onDidDispose(() => this.closed()),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.endSession(); // its page is gone
      }),
      panel.webview.onDidReceiveMessage(message => this.receive(panel, message)),
    ];
    const script = vscode.Uri.joinPath(this.extensionUri, 'dist', 'webview.js');
    panel.webview.html = panelHtml(panel.webview.asWebviewUri(script).toString());
  }

  private closed(): void {
    this.endSession();
    for (const listener of this.panelListeners) listener.dispose();
    this.panelListeners = [];
    this.panel = undefined;
    this.shown?.maps.clear();
    this.shown = undefined;
  }

  /**
   * Every page starts counting its calls anew, so each gets a channel of its own: an answer meant for a page that was
   * hidden or reloaded meanwhile must not reach its successor.
   */
  private receive(panel: vscode.WebviewPanel, message: unknown): void {
    if (!this.session || isFirstCall(message)) {
      this.endSession();
      this.session = new Session(panel.webview, port => this.openChannel(port));
    }
    this.session.deliver(message);
  }

  private endSession(): void {
    this.session?.channel.dispose();
    this.session = undefined;
  }

  private openChannel(port: MessagePortLike): PanelChannel {
    return new Channel<PanelMethods, PanelHostMethods>(port, {
      ready: () =>
        inWords(async () => {
          const { shown } = this;
          const content = await shown?.content;
          return content && outputOf(content, shown!.revision);
        }),
      segment: ({ revision, segmentIndex }) =>
        inWords(async () => panelSegment(await contentOf(this.shownAt(revision)), segmentIndex)),
      map: ({ revision, segmentIndex, kind, layerIndex }, { signal }) =>
        inWords(async () => {
          const map = (await this.shownAt(revision).maps.get(segmentIndex, signal))[kind];
          const [, headCount, rowCount, columnCount] = map.shape;
          return { shape: [headCount, rowCount, columnCount], data: layerOf(map, layerIndex) };
        }),
      showLog: () => {
        this.log.show(true);
        return undefined;
      },
    });
  }

  private setContent(revision: number, content: Promise<PanelContent | undefined>): Shown {
    content.catch(() => {}); // told to the page when it asks
    this.shown?.maps.clear();
    const shown: Shown = {
      revision,
      content,
      maps: new AttentionMapCache(
        async (segmentIndex, signal) => this.compute(await contentOf(shown), segmentIndex, signal),
        mapBudgetBytes,
      ),
    };
    this.shown = shown;
    this.lastRevision = revision;
    return shown;
  }

  private shownAt(revision: number): Shown {
    if (this.shown?.revision !== revision) throw new Superseded();
    return this.shown;
  }

  private compute({ result, target }: PanelContent, segmentIndex: number, signal: AbortSignal): Promise<AttentionMaps> {
    const { sourceTokens, targetTokens } = segmentAt(result, segmentIndex);
    const params: AttentionParams = {
      ...target,
      sourceIds: sourceTokens.map(token => token.id),
      targetIds: targetTokens.map(token => token.id),
      priority: 'interactive',
    };
    return this.source.attention(params, signal);
  }

  /** What was shown before a reload; undefined when the folder now holds another model, whose attention it was not. */
  private async restore({ result, target }: Restorable): Promise<PanelContent | undefined> {
    const description = await this.source.describe(target.folder);
    if (description.sha256 === result.model.sha256) return { result, target, description };
    this.log.info(`the attention panel is not restored: ${target.folder} holds another model now`);
    return undefined;
  }

  private logUnexpected(error: unknown): void {
    const { code, message } = toHeadlightError(error);
    if (code !== 'disconnected') this.log.warn(`attention panel: ${message}`);
  }
}

/** The page shows errors as they come, so they leave here in words for people. */
async function inWords<Value>(answer: () => Promise<Value>): Promise<Value> {
  try {
    return await answer();
  } catch (thrown) {
    const error = toHeadlightError(thrown);
    const sentence = userMessage(error)?.sentence;
    throw sentence === undefined ? error : new HeadlightError(error.code, sentence, error.details, error);
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

function outputOf(content: PanelContent, revision: number): PanelOutput {
  const { result, target } = content;
  const restorable: Restorable = { version: 1, result, target };
  return panelOutput(content, revision, isSmall(result) ? restorable : undefined);
}

async function contentOf(shown: Shown): Promise<PanelContent> {
  const content = await shown.content;
  if (!content) throw new Superseded();
  return content;
}

function isSmall({ source, target, segments }: RunResult): boolean {
  const tokenCount = segments.reduce(
    (sum, segment) => sum + segment.sourceTokens.length + segment.targetTokens.length,
    0,
  );
  return tokenCount <= restoreLimit.tokens && source.length + target.length <= restoreLimit.characters;
}

/** What the page saved, if it is of this version: saved states outlive an update of the extension. */
function savedStateOf(state: unknown): { revision: number; restore: Restorable } | undefined {
  const { revision, restore } = (state ?? {}) as { revision?: unknown; restore?: Partial<Restorable> };
  if (typeof revision !== 'number' || restore?.version !== 1 || !restore.result || !restore.target) return undefined;
  return { revision, restore: restore as Restorable };
}
