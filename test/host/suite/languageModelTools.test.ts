import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { TextTool } from '../../../src/extension/languageModelTools';
import type { Log } from '../../../src/extension/log';
import type { TaskRunner, TextRequest } from '../../../src/extension/taskRunner';
import { closeEverything, english, headlight, spanish } from './support';

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

  it('do not take the text for one of the file in the active editor', async () => {
    const [folder] = vscode.workspace.workspaceFolders!;
    const file = vscode.Uri.joinPath(folder.uri, 'docs', 'installing.md');
    await vscode.window.showTextDocument(file);
    const requests: TextRequest[] = [];
    const runner = {
      run: async (request: TextRequest) => {
        requests.push(request);
        return { result: { target: 'done' } };
      },
    };
    const tool = new TextTool('translate', runner as unknown as TaskRunner, { debug() {} } as unknown as Log);
    const { token } = new vscode.CancellationTokenSource();
    await tool.invoke({ input: { text: spanish }, toolInvocationToken: undefined }, token);
    assert.equal(requests[0].resource.toString(), folder.uri.toString());
    await closeEverything();
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
