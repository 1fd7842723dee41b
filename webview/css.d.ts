// esbuild bundles stylesheets as text, so that the panel needs no second file and no `style-src` for it.

declare module '*.css' {
  const text: string;

  // biome-ignore lint/style/noDefaultExport: the text loader knows no other export
  export { text as default };
}
