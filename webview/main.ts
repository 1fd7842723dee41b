// Entry of the attention panel's page: joins the view to the extension.

import './pageTranslations';

import { Channel } from '../src/protocol/channel';
import type { PanelHostMethods, PanelMethods, PanelSavedState } from '../src/protocol/webview';
import { AttentionView } from './attentionView';
import { registerControls } from './controls';
import css from './panel.css';

/** What VS Code gives to a webview's script. */
interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): PanelSavedState | undefined;
  setState(state: PanelSavedState): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
document.adoptedStyleSheets.push(sheet);
registerControls();

const vscode = acquireVsCodeApi();
const channel: Channel<PanelHostMethods, PanelMethods> = new Channel<PanelHostMethods, PanelMethods>(
  {
    post: message => vscode.postMessage(message),
    listen: onMessage => {
      const receive = ({ data }: MessageEvent) => onMessage(data);
      window.addEventListener('message', receive);
      return () => window.removeEventListener('message', receive);
    },
  },
  {
    show: output => view.open(output) as undefined,
    pin: pin => view.showPin(pin) as undefined,
    export: choice => void view.export(choice) as undefined,
  },
);

const root = document.createElement('main');
document.body.append(root);
const view = new AttentionView(
  root,
  { call: (method, params, signal) => channel.call(method, params, { signal }) },
  { load: () => vscode.getState(), save: state => vscode.setState(state) },
);
void view.start();
