import assert from 'node:assert/strict';
import { panelHtml } from '../../../src/extension/panelHtml';

const nonces = (html: string) => [...html.matchAll(/'nonce-([^']+)'/g)].map(([, nonce]) => nonce);

describe('panelHtml', () => {
  it('forbids everything but its one script and one probing style', () => {
    const html = panelHtml('/webview.js', 'en');
    const [script, style] = nonces(html);
    assert.ok(html.includes(`content="default-src 'none'; script-src 'nonce-${script}'; style-src 'nonce-${style}'"`));
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.ok(html.includes(`<script nonce="${script}" src="/webview.js">`));
    assert.doesNotMatch(html, /unsafe|<style|style=/);
  });

  it('carries translations to the page, whatever characters are in them', () => {
    const html = panelHtml('/webview.js', 'fr', { Raw: 'l\'« à & "<b>' });
    assert.match(html, /<html lang="fr">/);
    const [, content] = /name="translations" content="([^"]*)"/.exec(html)!;
    const text = content.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
    assert.deepEqual(JSON.parse(text), { Raw: 'l\'« à & "<b>' });
    assert.doesNotMatch(html, /<b>/);
  });

  it('never shows the script’s nonce to the toolkit, and makes new ones every time', () => {
    const [script, style] = nonces(panelHtml('/webview.js', 'en'));
    assert.notEqual(script, style);
    assert.ok(script.length >= 22);
    assert.notDeepEqual(nonces(panelHtml('/webview.js', 'en')), [script, style]);
  });
});
