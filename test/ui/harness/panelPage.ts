// Runs in the page, before the panel's script: stands in for the workbench and for the extension's side of the panel.

import { PanelAnswers } from '../../../src/extension/panelAnswers';
import { panelOutput } from '../../../src/extension/panelOutput';
import { layerOf } from '../../../src/model/attention/maps';
import { HeadlightError, Superseded } from '../../../src/model/errors';
import { Channel } from '../../../src/protocol/channel';
import type { PanelExport, PanelHostMethods, PanelMethods, PanelPin } from '../../../src/protocol/webview';
import { madeUpSource } from './madeUpSource';
import { mapsOf, type OutputName, outputOfShape, outputs, repeatedMaps } from './panelFixtures';
import { type ThemeName, themes, workbenchDefaults } from './panelThemes';

export interface PanelHarness {
  readonly violations: string[];
  /** Methods as the panel called them, with what it asked for. */
  readonly calls: string[];
  readonly aborted: string[];
  /** Milliseconds before a call is answered. */
  delayMs: number;
  /** The next call that begins so ends in an error of this code. */
  failing: { readonly call: string; readonly code: 'attention-unavailable' | 'engine-crashed' } | undefined;
  /** True: no map can be made, as of an export that hides its values. */
  hidesValues: boolean;
  show(name: OutputName): void;
  /** What the panel asked to export last. */
  exported: PanelExport | undefined;
  /** As `prepare`, for a text of so many tokens and a model of so many heads: every head and kind has the same map. */
  prepareShape(shape: { layers: number; heads: number; tokens: number }): Promise<void>;
  /** Computes the maps of the output's first segment, so that `showPrepared` measures the panel alone. */
  prepare(name: OutputName): Promise<void>;
  showPrepared(): void;
  /** What was pinned in the panel, and let go, as the editors are told. */
  readonly pins: PanelPin[];
  /** As if the caret of an editor came to words of the output that is shown. */
  pin(pin: Omit<PanelPin, 'revision'>): void;
  /** Shows an output in which words are pinned already. */
  showPinned(name: OutputName, pin: Omit<PanelPin, 'revision'>): void;
  /** As the command does. */
  askForExport(): void;
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
let answers: PanelAnswers | undefined;
let revision = 0;

const harness: PanelHarness = {
  violations: [],
  calls: [],
  aborted: [],
  delayMs: 0,
  failing: undefined,
  hidesValues: false,
  exported: undefined,
  pins: [],
  pin: pin => void channel.call('pin', { ...pin, revision }),
  showPinned(name, pin) {
    open(name);
    const output = panelOutput(answers!.content, revision, { kept: true }, 'en');
    void channel.call('show', { ...output, pin: { ...pin, revision } });
  },
  askForExport: () => void channel.call('export', {}),
  show(name) {
    open(name);
    harness.showPrepared();
  },
  async prepare(name) {
    const opened = open(name);
    const signal = new AbortController().signal;
    await opened.matrix(firstHead(), signal);
  },
  async prepareShape({ layers, heads, tokens }) {
    const content = outputOfShape(layers, heads, tokens);
    answers = new PanelAnswers(content, madeUpSource(content, repeatedMaps(layers, heads, tokens)));
    revision++;
    const { signal } = new AbortController();
    await answers.matrix(firstHead(), signal);
    await answers.alignment(firstHead(), signal);
  },
  showPrepared() {
    void channel.call('show', panelOutput(answers!.content, revision, { kept: true }, 'en'));
  },
  setTheme(name) {
    const { bodyClass, variables } = themes[name];
    document.body.className = bodyClass;
    const { style } = document.documentElement;
    for (const variable of [...style]) style.removeProperty(variable);
    for (const [variable, value] of Object.entries(variables)) style.setProperty(`--vscode-${variable}`, value);
  },
  layer: (kind, layerIndex) => [...layerOf(mapsOf(answers!.content, 0)[kind], layerIndex)],
};

function open(name: OutputName): PanelAnswers {
  const content = outputs[name]();
  answers = new PanelAnswers(content, madeUpSource(content));
  revision++;
  return answers;
}

/** Of the output that is shown. */
function firstHead() {
  const place = { revision, segmentIndex: 0, variantIndex: 0 };
  return { ...place, method: 'raw', kind: 'cross', layerIndex: 0, head: 0, limit: 1 } as const;
}

function answersAt(asked: { readonly revision: number }): PanelAnswers {
  if (!answers || asked.revision !== revision) throw new Superseded();
  return answers;
}

/** Notes the call, fails or waits as a test wants it. */
async function asked(call: string, signal: AbortSignal): Promise<void> {
  harness.calls.push(call);
  signal.addEventListener('abort', () => harness.aborted.push(call));
  if (harness.failing && call.startsWith(harness.failing.call)) {
    const { code } = harness.failing;
    harness.failing = undefined;
    throw new HeadlightError(code, 'The decoder has no softmax over the source.');
  }
  if (harness.delayMs > 0) await new Promise(resolve => setTimeout(resolve, harness.delayMs));
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
      return answers && panelOutput(answers.content, revision, { kept: true }, 'en');
    },
    segments: params => {
      harness.calls.push(`segments ${params.from} ${params.to}`);
      return answersAt(params).segments(params.from, params.to);
    },
    segment: params => answersAt(params).segment(params),
    alignment: async (params, { signal }) => {
      await asked(`alignment ${params.segmentIndex} ${params.variantIndex}`, signal);
      return answersAt(params).alignment(params, signal);
    },
    tiles: (params, { signal }) => answersAt(params).tiles(params, signal),
    matrix: async (params, { signal }) => {
      const { segmentIndex, method, kind, layerIndex, head } = params;
      await asked(`matrix ${segmentIndex} ${method} ${kind} ${layerIndex} ${head}`, signal);
      if (harness.hidesValues) return { reason: 'values-hidden', rule: 'the graph shows its values', found: 'none' };
      return answersAt(params).matrix(params, signal);
    },
    explain: (params, { signal }) => answersAt(params).explain(params, signal),
    steps: (params, { signal }) => answersAt(params).steps(params, signal),
    hypotheses: async (params, { signal }) => {
      await asked('hypotheses', signal);
      return answersAt(params).hypotheses(params.segmentIndex, signal);
    },
    addVariant: async (params, { signal }) => {
      await asked(`addVariant ${params.request.kind}`, signal);
      const variantIndex = await answersAt(params).addVariant(params, params.request, signal);
      return { variantIndex, restore: { kept: true } };
    },
    export: params => {
      harness.exported = params;
      return undefined;
    },
    pin: pin => {
      harness.pins.push(pin);
      return undefined;
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
