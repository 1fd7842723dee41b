// What a key does to the view. Pure but for reading where a key was pressed.

import type { PanelOutput, PanelViewState } from '../src/protocol/webview';
import { showMean, stepHead, stepLayer } from './viewState';

export type KeyCommand = 'export' | 'find' | 'unpin' | PanelViewState;

/** Undefined: the key is not the view's. A state: the view becomes that. */
export function keyCommand(event: KeyboardEvent, view: PanelViewState, output: PanelOutput): KeyCommand | undefined {
  if (event.ctrlKey || event.altKey || event.metaKey) return undefined;
  if (event.target instanceof Element && event.target.closest('vscode-dropdown, input, textarea')) return undefined;
  switch (event.key) {
    case 'PageUp':
    case 'PageDown':
      return stepLayer(view, output, event.key === 'PageDown' ? 1 : -1);
    case '[':
    case ']':
      return stepHead(view, output, event.key === ']' ? 1 : -1);
    case 'm':
    case 'M':
      return showMean(view);
    case 'e':
    case 'E':
      return 'export';
    case '/':
      return 'find';
    case 'Escape':
      return 'unpin';
    default:
      return undefined;
  }
}
