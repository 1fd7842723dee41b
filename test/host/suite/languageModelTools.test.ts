import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { english, headlight, spanish } from './support';

async function invoke(name: string, input: object, token?: vscode.CancellationToken): Promise<string> {
  const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
  return result.content.map(part => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}

describe('The tools for chat agents', () => {
  before(headlight);

  it('are listed with what they take', () => {
    const tools = vscode.lm.tools.filter(({ name }) => name.startsWith('headlight_'));
    assert.deepEqual(tools.map(({ name }) => name).sort(), ['headlight_summarize', 'headlight_translate']);
    for (const { inputSchema } of tools) assert.deepEqual((inputSchema as { required: string[] }).required, ['text']);
  });

  it('translate to the language that is asked for', async () => {
    assert.match(await invoke('headlight_translate', { text: english, to: 'es' }), /texto/);
    assert.match(await invoke('headlight_translate', { text: spanish, to: 'en' }), /configuration/i);
  });

  it('summarize', async () => {
    const summary = await invoke('headlight_summarize', { text: `${english} Then close the window.`, from: 'en' });
    assert.ok(summary.length > 0 && !summary.includes('\n'));
  });

  it('tell the agent in words what is wrong', async () => {
    await assert.rejects(invoke('headlight_translate', { text: english, to: 'xx' }), /xx/);
  });

  it('stop when the agent no longer wants the answer', async () => {
    const source = new vscode.CancellationTokenSource();
    source.cancel();
    await assert.rejects(invoke('headlight_translate', { text: english, to: 'es' }, source.token), /cancel/i);
  });
});
