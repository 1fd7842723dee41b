// The colours and fonts of the VS Code theme, as a canvas needs them.

import type { Rgb } from '../src/model/attention/colorScale';
import { context2d, element } from './dom';

export interface Theme {
  readonly background: Rgb;
  readonly accent: Rgb;
  /** For numbers below zero, where above zero is the accent. */
  readonly counterAccent: Rgb;
  readonly foreground: string;
  readonly dimForeground: string;
  readonly focusBorder: string;
  readonly fontFamily: string;
}

/** Reads the CSS variables that VS Code sets on the document; with forced colours the system's own take their place. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const forced = matchMedia('(forced-colors: active)').matches;
  const read = (name: string, forcedColor: string, fallback: string) =>
    forced ? forcedColor : style.getPropertyValue(name).trim() || fallback;
  const foreground = read('--vscode-editor-foreground', 'CanvasText', '#808080');
  return {
    background: parseColor(read('--vscode-editor-background', 'Canvas', '#ffffff')),
    accent: parseColor(read('--vscode-charts-blue', 'Highlight', '#3794ff')),
    counterAccent: parseColor(read('--vscode-charts-orange', 'CanvasText', '#d18616')),
    foreground,
    dimForeground: read('--vscode-descriptionForeground', 'CanvasText', foreground),
    focusBorder: read(
      '--vscode-contrastActiveBorder',
      'Highlight',
      read('--vscode-focusBorder', 'Highlight', '#0078d4'),
    ),
    fontFamily: style.getPropertyValue('--vscode-font-family').trim() || 'system-ui, sans-serif',
  };
}

/** Calls back when VS Code changes the theme (it sets a class on the body and variables on the root) or the system does. */
export function watchTheme(onChange: () => void): void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, { attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributeFilter: ['style', 'class'] });
  matchMedia('(forced-colors: active)').addEventListener('change', onChange);
}

let probe: CanvasRenderingContext2D | undefined;

/** Any CSS colour as bytes: the browser paints it, so every notation and system colour is understood. */
function parseColor(color: string): Rgb {
  probe ??= context2d(element('canvas', { attributes: { width: '1', height: '1' } }));
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = color;
  probe.fillRect(0, 0, 1, 1);
  const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
