// Runs in the page, before the panel's script: stands in for the workbench and for the extension's side of the panel.

import { type PanelContent, panelOutput, panelSegment } from '../../../src/extension/panelOutput';
import { layerOf } from '../../../src/model/attention/maps';
import { HeadlightError, Superseded } from '../../../src/model/errors';
import { Channel } from '../../../src/protocol/channel';
import type { PanelHostMethods, PanelMethods } from '../../../src/protocol/webview';
import { mapsOf, type OutputName, outputs } from './panelFixtures';
import { type ThemeName, themes, workbenchDefaults } from './panelThemes';

export interface PanelHarness {
  readonly violations: string[];
  /** Methods as the panel called them, with what it asked for. */
  readonly calls: string[];
  readonly aborted: string[];
  /** Milliseconds before a map is answered. */
  delayMs: number;
  /** Code of the error that the next pull of a map ends in. */
  failWith: 'attention-unavailable' | undefined;
  show(name: OutputName): void;
  /** Computes the maps of the output's first segment, so that `showPrepared` measures the panel alone. */
  prepare(name: OutputName): void;
  showPrepared(): void;
  setTheme(name: ThemeName): void;
  /** One layer as the panel got it, for comparing pixels: `[head, row, column]`. */
  layer(kind: 'encoder' | 'decoder' | 'cross', layerIndex: number): number[];
}

declare global {
  interface Window {
    harness: PanelHarness;
    harnessStart: { readonly output: OutputName | undefined; readonly theme: ThemeName };
    acquireVsCodeApi: () => unknown;
  }
}

const stateKey = 'panelState';
let content: PanelContent | undefined;
let maps: ReturnType<typeof mapsOf>[] = [];
let revision = 0;

const harness: PanelHarness = {
  violations: [],
  calls: [],
  aborted: [],
  delayMs: 0,
  failWith: undefined,
  show(name) {
    open(name);
    harness.showPrepared();
  },
  prepare(name) {
    open(name);
    mapsOfSegment(0);
  },
  showPrepared() {
    void channel.call('show', panelOutput(content!, revision, { kept: true }));
  },
  setTheme(name) {
    const { bodyClass, variables } = themes[name];
    document.body.className = bodyClass;
    const { style } = document.documentElement;
    for (const variable of [...style]) style.removeProperty(variable);
    for (const [variable, value] of Object.entries(variables)) style.setProperty(`--vscode-${variable}`, value);
  },
  layer: (kind, layerIndex) => [...layerOf(mapsOfSegment(0)[kind], layerIndex)],
};

function open(name: OutputName): void {
  content = outputs[name]();
  maps = [];
  revision++;
}

function mapsOfSegment(segmentIndex: number): ReturnType<typeof mapsOf> {
  maps[segmentIndex] ??= mapsOf(content!, segmentIndex);
  return maps[segmentIndex];
}

function contentAt(asked: number): PanelContent {
  if (!content || asked !== revision) throw new Superseded();
  return content;
}

let deliver: (message: unknown) => void = () => {};

const channel = new Channel<PanelMethods, PanelHostMethods>(
  {
    post: message => window.postMessage(message, '*'),
    listen: onMessage => {
      deliver = onMessage;
      return () => {};
    },
  },
  {
    ready: () => {
      harness.calls.push('ready');
      return content && panelOutput(content, revision, { kept: true });
    },
    segment: params => {
      harness.calls.push(`segment ${params.segmentIndex}`);
      return panelSegment(contentAt(params.revision), params.segmentIndex);
    },
    map: async ({ revision, segmentIndex, kind, layerIndex }, { signal }) => {
      const call = `map ${segmentIndex} ${kind} ${layerIndex}`;
      harness.calls.push(call);
      signal.addEventListener('abort', () => harness.aborted.push(call));
      contentAt(revision);
      if (harness.failWith) {
        const code = harness.failWith;
        harness.failWith = undefined;
        throw new HeadlightError(code, 'The decoder has no softmax over the source.');
      }
      if (harness.delayMs > 0) await new Promise(resolve => setTimeout(resolve, harness.delayMs));
      const map = mapsOfSegment(segmentIndex)[kind];
      const [, headCount, rowCount, columnCount] = map.shape;
      return { shape: [headCount, rowCount, columnCount], data: layerOf(map, layerIndex) };
    },
    showLog: () => {
      harness.calls.push('showLog');
      return undefined;
    },
  },
);

window.harness = harness;
window.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) => {
    const copy = structuredClone(message);
    setTimeout(() => deliver(copy));
  },
  getState: () => JSON.parse(sessionStorage.getItem(stateKey) ?? 'null') ?? undefined,
  setState: (state: unknown) => sessionStorage.setItem(stateKey, JSON.stringify(state)),
});

document.addEventListener('securitypolicyviolation', ({ violatedDirective, sourceFile, lineNumber }) =>
  harness.violations.push(`${violatedDirective} at ${sourceFile}:${lineNumber}`),
);

if (window.harnessStart.output) open(window.harnessStart.output);

// VS Code has the theme in place before a page's script runs.
const defaults = new CSSStyleSheet();
defaults.replaceSync(workbenchDefaults);
new MutationObserver((_, observer) => {
  if (!document.body) return;
  observer.disconnect();
  document.adoptedStyleSheets.push(defaults);
  harness.setTheme(window.harnessStart.theme);
}).observe(document, { childList: true, subtree: true });
