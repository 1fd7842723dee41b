// What VS Code sets on a webview's document for its default themes: body classes and CSS variables, as far as the panel uses
// them, and the workbench's own default styles.

export type ThemeName = 'dark' | 'light' | 'hc-black' | 'hc-light';

export interface ThemeFixture {
  readonly bodyClass: string;
  readonly variables: Readonly<Record<string, string>>;
}

const fonts = {
  'font-family': 'system-ui, "DejaVu Sans", sans-serif',
  'font-weight': 'normal',
  'font-size': '13px',
  'editor-font-family': '"DejaVu Sans Mono", monospace',
};

export const themes: Readonly<Record<ThemeName, ThemeFixture>> = {
  dark: {
    bodyClass: 'vscode-dark',
    variables: {
      ...fonts,
      'editor-background': '#1f1f1f',
      'editor-foreground': '#cccccc',
      foreground: '#cccccc',
      descriptionForeground: '#9d9d9d',
      focusBorder: '#0078d4',
      'charts-blue': '#59a4f9',
      'widget-border': '#313131',
      'panel-border': '#2b2b2b',
      'editorWidget-background': '#202020',
      'editorWarning-foreground': '#cca700',
      'editorError-foreground': '#f14c4c',
      'dropdown-background': '#313131',
      'dropdown-border': '#3c3c3c',
      'dropdown-foreground': '#cccccc',
      'settings-dropdownListBorder': '#454545',
      'list-activeSelectionBackground': '#04395e',
      'list-activeSelectionForeground': '#ffffff',
      'button-background': '#0078d4',
      'button-foreground': '#ffffff',
      'button-border': '#ffffff12',
      'button-hoverBackground': '#026ec1',
      'button-secondaryBackground': '#313131',
      'button-secondaryForeground': '#cccccc',
      'button-secondaryHoverBackground': '#3c3c3c',
      'scrollbarSlider-background': '#79797966',
    },
  },
  light: {
    bodyClass: 'vscode-light',
    variables: {
      ...fonts,
      'editor-background': '#ffffff',
      'editor-foreground': '#3b3b3b',
      foreground: '#3b3b3b',
      descriptionForeground: '#3b3b3b',
      focusBorder: '#005fb8',
      'charts-blue': '#0063d3',
      'widget-border': '#e5e5e5',
      'panel-border': '#e5e5e5',
      'editorWidget-background': '#f8f8f8',
      'editorWarning-foreground': '#bf8803',
      'editorError-foreground': '#e51400',
      'dropdown-background': '#ffffff',
      'dropdown-border': '#cecece',
      'dropdown-foreground': '#3b3b3b',
      'list-activeSelectionBackground': '#e8e8e8',
      'list-activeSelectionForeground': '#000000',
      'button-background': '#005fb8',
      'button-foreground': '#ffffff',
      'button-border': '#0000001a',
      'button-hoverBackground': '#0258a8',
      'button-secondaryBackground': '#e5e5e5',
      'button-secondaryForeground': '#3b3b3b',
      'button-secondaryHoverBackground': '#cccccc',
      'scrollbarSlider-background': '#64646466',
    },
  },
  'hc-black': {
    bodyClass: 'vscode-high-contrast',
    variables: {
      ...fonts,
      'editor-background': '#000000',
      'editor-foreground': '#ffffff',
      foreground: '#ffffff',
      descriptionForeground: '#ffffffb3',
      focusBorder: '#f38518',
      contrastBorder: '#6fc3df',
      contrastActiveBorder: '#f38518',
      'charts-blue': '#59a4f9',
      'widget-border': '#6fc3df',
      'panel-border': '#6fc3df',
      'editorWidget-background': '#0c141f',
      'editorWarning-foreground': '#ffd370',
      'editorError-foreground': '#f48771',
      'dropdown-background': '#000000',
      'dropdown-border': '#6fc3df',
      'dropdown-foreground': '#ffffff',
      'button-foreground': '#ffffff',
      'button-border': '#6fc3df',
      'scrollbarSlider-background': '#6fc3df99',
    },
  },
  'hc-light': {
    bodyClass: 'vscode-high-contrast vscode-high-contrast-light',
    variables: {
      ...fonts,
      'editor-background': '#ffffff',
      'editor-foreground': '#292929',
      foreground: '#292929',
      descriptionForeground: '#292929b3',
      focusBorder: '#006bbd',
      contrastBorder: '#0f4a85',
      contrastActiveBorder: '#006bbd',
      'charts-blue': '#0063d3',
      'widget-border': '#0f4a85',
      'panel-border': '#0f4a85',
      'editorWidget-background': '#ffffff',
      'editorWarning-foreground': '#895503',
      'editorError-foreground': '#b5200d',
      'dropdown-background': '#ffffff',
      'dropdown-border': '#0f4a85',
      'dropdown-foreground': '#292929',
      'button-background': '#0f4a85',
      'button-foreground': '#ffffff',
      'button-border': '#0f4a85',
      'scrollbarSlider-background': '#0f4a8566',
    },
  },
};

/** VS Code puts these into a cascade layer, so that every rule of a page wins. */
export const workbenchDefaults = `@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body {
    overscroll-behavior-x: none;
    background-color: var(--vscode-editor-background);
    color: var(--vscode-editor-foreground);
    font-family: var(--vscode-font-family);
    font-weight: var(--vscode-font-weight);
    font-size: var(--vscode-font-size);
    margin: 0;
    padding: 0 20px;
  }
}`;
