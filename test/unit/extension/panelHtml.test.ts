import assert from 'node:assert/strict';
import { panelHtml } from '../../../src/extension/panelHtml';

const nonces = (html: string) => [...html.matchAll(/'nonce-([^']+)'/g)].map(([, nonce]) => nonce);

describe('panelHtml', () => {
  it('forbids everything but its one script and one probing style', () => {
    const html = panelHtml('/webview.js');
    const [script, style] = nonces(html);
    assert.ok(html.includes(`content="default-src 'none'; script-src 'nonce-${script}'; style-src 'nonce-${style}'"`));
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.ok(html.includes(`<script nonce="${script}" src="/webview.js">`));
    assert.doesNotMatch(html, /unsafe|<style|style=/);
  });

  it('never shows the script’s nonce to the toolkit, and makes new ones every time', () => {
    const [script, style] = nonces(panelHtml('/webview.js'));
    assert.notEqual(script, style);
    assert.ok(script.length >= 22);
    assert.notDeepEqual(nonces(panelHtml('/webview.js')), [script, style]);
  });
});
