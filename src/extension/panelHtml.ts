// The page of the attention panel: one script, nothing else. Pure: knows no vscode.

import { randomBytes } from 'node:crypto';

/**
 * The document for a webview. Its policy forbids everything but the script at `scriptUri` and the one style element by which
 * the controls toolkit finds out about `:focus-visible`; stylesheets are constructed by the script, so no inline style and
 * no request is needed. Scripts and styles have a nonce each, new with every call, because the toolkit wants its own in the
 * open. `translations`: of the page's words, by the English text; absent: none.
 */
export function panelHtml(
  scriptUri: string,
  displayLocale: string,
  translations: Readonly<Record<string, string>> = {},
): string {
  const scriptNonce = randomBytes(16).toString('base64url');
  const styleNonce = randomBytes(16).toString('base64url');
  return `<!DOCTYPE html>
<html lang="${attribute(displayLocale)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${scriptNonce}'; style-src 'nonce-${styleNonce}'">
<meta property="csp-nonce" content="${styleNonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="translations" content="${attribute(JSON.stringify(translations))}">
<title>Attention</title>
</head>
<body>
<script nonce="${scriptNonce}" src="${scriptUri}"></script>
</body>
</html>
`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
