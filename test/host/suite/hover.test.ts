import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { HeadlightTestApi } from '../../../src/extension/testApi';
import {
  attentionPanels,
  closeEverything,
  documentAt,
  eventually,
  headlight,
  lensesOf,
  longText,
  openAndSelectAll,
  openText,
  run,
  spanish,
  textBecomes,
  withSetting,
} from './support';

const paragraph =
  'Version 2.4 adds support for encrypted connections between the server and the database. The connection is encrypted ' +
  'by default when the database supports it, and the administrator can require it with a new option. Existing ' +
  'installations keep their settings when they are upgraded.';

describe('Summarize Selection', () => {
  let api: HeadlightTestApi;

  before(async () => {
    api = await headlight();
  });
  afterEach(closeEverything);

  it('writes a summary beside the editor', async () => {
    await openAndSelectAll(paragraph);
    const address = await run<string>('summarizeSelection');
    const result = api.lastOutput()?.result;
    assert.equal(result?.task, 'summarize');
    assert.equal(result.source, paragraph);
    await textBecomes(await documentAt(address), result.target);
  });

  it('translates a text in a language that the summariser lacks first, and says so', async () => {
    await openAndSelectAll(`${spanish} El administrador puede cambiar esta opción en cualquier momento.`);
    const address = await run<string>('summarizeSelection');
    assert.equal(api.lastOutput()?.result.pivot?.from, 'es');
    const lenses = await lensesOf(vscode.Uri.parse(address));
    assert.ok(
      lenses.some(lens => /Spanish first/.test(lens.command?.title ?? '')),
      lenses.map(lens => lens.command?.title).join(),
    );
  });
});

describe('the hover', () => {
  let api: HeadlightTestApi;

  before(async () => {
    api = await headlight();
  });
  afterEach(closeEverything);

  it('shows the summary of a long paragraph, with links to translate it and to see its attention', async () => {
    const { document } = await openText(`Title\n\n${paragraph}\n`);
    const hover = await hoverUntil(document, 2, text => !text.includes('summarizeSelection'));
    assert.match(hover.value, /Headlight summary/);
    await followLink(hover, 'translateSelection');
    assert.equal(api.lastOutput()?.result.task, 'translate');
    assert.equal(api.lastOutput()?.result.source, paragraph);
    await followLink(hover, 'showAttention');
    await eventually('the panel', () => attentionPanels().length > 0);
  });

  it('may run its own commands only', async () => {
    const { document } = await openText(`${paragraph}\n`);
    const { isTrusted } = await hoverUntil(document, 0, text => text.includes('Headlight'));
    assert.ok(typeof isTrusted === 'object');
    for (const command of isTrusted.enabledCommands) assert.match(command, /^headlight\./);
  });

  it('comes back in time with a link, and with the summary once that is made', async () => {
    // So many beams over so long a text take any machine longer than the hover waits.
    await withSetting('beamCount', 16, async () => {
      const { document } = await openText(longText(19_000).replaceAll('\n', ' '));
      const first = (await hovers(document, 0))[0];
      assert.match(first.value, /\[Summarize\]\(command:headlight\.summarizeSelection\?/);
      const later = await hoverUntil(document, 0, text => text.includes('Headlight summary'));
      assert.match(later.value, /Show Attention/);
    });
  });

  it('shows the summary of a selection in any kind of file', async () => {
    const { document } = await openText(`// ${paragraph}\n`, [[3, 3 + paragraph.length]], 'javascript');
    const hover = await hoverUntil(document, 0, text => text.includes('Headlight summary'));
    assert.match(hover.value, /Translate/);
  });

  it('shows the summary of a long comment, and its translation where that is wanted', async () => {
    const { document } = await openText(`const a = 1;\n// ${paragraph}\n`, [], 'javascript');
    const summary = await hoverUntil(document, 1, text => text.includes('Headlight summary'));
    assert.match(summary.value, /Show Attention/);
    assert.deepEqual(await hovers(document, 0), []);
    await withSetting('targetLanguage', 'es', () =>
      withSetting('hover.content', 'translation', async () => {
        const translation = await hoverUntil(document, 1, text => text.includes('Headlight translation'));
        assert.match(translation.value.replaceAll('&nbsp;', ' '), /conexión/);
        await followLink(translation, 'translateSelection');
        const { result } = api.lastOutput()!;
        assert.equal(result.source, paragraph);
        assert.match(result.target, /conexión/);
      }),
    );
  });

  it('knows the grammars of installed extensions from the first hover on', async () => {
    await run('restartEngine');
    const { document } = await openText(`// ${paragraph}\n`, [], 'hlsl');
    await hoverUntil(document, 0, text => text.includes('Headlight summary'));
  });

  it('has its links work on the words that it summarised, without the marks of comments', async () => {
    const middle = paragraph.indexOf(' The connection');
    const lines = [paragraph.slice(0, middle), paragraph.slice(middle + 1)];
    const { document } = await openText(
      `${lines
        .map(line => ` * ${line}\n`)
        .join('')
        .replace(' *', '/**')} */\n`,
      [],
      'javascript',
    );
    const hover = await hoverUntil(document, 0, text => text.includes('Headlight summary'));
    const before = api.lastOutput();
    await followLink(hover, 'showAttention');
    await eventually('the panel', () => attentionPanels().length > 0);
    assert.equal(api.lastOutput(), before, 'nothing is made again');
    await followLink(hover, 'translateSelection', 'summarizeSelection');
    assert.equal(api.lastOutput()?.result.task, 'summarize');
    assert.equal(api.lastOutput()?.result.source, paragraph);
  });

  it('translates short comments, and leaves alone what is in the target language', async () => {
    const { document } = await openText(`// Open the file and read it.\n\n// ${spanish}\n`, [], 'javascript');
    await withSetting('targetLanguage', 'es', () =>
      withSetting('hover.content', 'translation', async () => {
        const translation = await hoverUntil(document, 0, text => text.includes('Headlight translation'));
        assert.match(translation.value.replaceAll('&nbsp;', ' '), /archivo/);
        await eventually('no hover', async () => (await hovers(document, 2)).length === 0);
      }),
    );
  });

  it('is switched by a command', async () => {
    const content = () => vscode.workspace.getConfiguration('headlight').get('hover.content');
    await run('translateOnHover');
    assert.equal(content(), 'translation');
    await run('translateOnHover');
    assert.equal(content(), 'summary');
    await vscode.workspace
      .getConfiguration('headlight')
      .update('hover.content', undefined, vscode.ConfigurationTarget.Global);
  });

  it('is switched where it is set, for one language too', async () => {
    const { document } = await openText('words', [], 'markdown');
    const ofDocument = () => vscode.workspace.getConfiguration('headlight', document);
    await ofDocument().update('hover.content', 'translation', vscode.ConfigurationTarget.Global, true);
    try {
      await run('translateOnHover');
      const { globalValue, globalLanguageValue } = ofDocument().inspect('hover.content')!;
      assert.deepEqual([globalValue, globalLanguageValue], [undefined, 'summary']);
      assert.equal(ofDocument().get('hover.content'), 'summary');
    } finally {
      await ofDocument().update('hover.content', undefined, vscode.ConfigurationTarget.Global, true);
    }
  });

  it('shows nothing over short paragraphs, code, headings and short comments', async () => {
    const { document } = await openText('A short paragraph.\n');
    assert.deepEqual(await hovers(document, 0), []);
    const code = await openText(`// A short comment.\nconst message = '${paragraph}';\n`, [], 'javascript');
    assert.deepEqual(await hovers(code.document, 1), []);
    assert.deepEqual(await hovers(code.document, 0), []);
    const markdown = await openText(`# ${paragraph}\n\n\`\`\`\n${paragraph}\n\`\`\`\n`, [], 'markdown');
    assert.deepEqual(await hovers(markdown.document, 0), []);
    assert.deepEqual(await hovers(markdown.document, 3), []);
  });

  it('obeys its settings at once', async () => {
    const { document } = await openText(`${paragraph}\n`);
    await withSetting('hover.mode', 'off', async () => assert.deepEqual(await hovers(document, 0), []));
    await withSetting('hover.mode', 'selection', async () => assert.deepEqual(await hovers(document, 0), []));
    await withSetting('hover.minimumParagraphLength', 1000, async () =>
      assert.deepEqual(await hovers(document, 0), []),
    );
    assert.equal((await hovers(document, 0)).length, 1);
  });
});

/** What Headlight puts into the hover over the start of a line. */
async function hovers(document: vscode.TextDocument, line: number): Promise<vscode.MarkdownString[]> {
  const position = new vscode.Position(line, 5);
  const all = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return all
    .flatMap(({ contents }) => contents)
    .filter((content): content is vscode.MarkdownString =>
      (content as vscode.MarkdownString).value?.includes('Headlight'),
    );
}

/** Runs the command behind a link of a hover, as a click does; `run`: another one at the same place. */
async function followLink(hover: vscode.MarkdownString, command: string, run = command): Promise<void> {
  const link = hover.value.match(new RegExp(`\\(command:(headlight\\.${command})\\?([^)]*)\\)`));
  assert.ok(link, `a link to ${command}`);
  await vscode.commands.executeCommand(`headlight.${run}`, ...JSON.parse(decodeURIComponent(link[2])));
}

/** Work that takes longer than a hover waits goes on: a later hover has it. */
function hoverUntil(
  document: vscode.TextDocument,
  line: number,
  accepts: (text: string) => boolean,
): Promise<vscode.MarkdownString> {
  return eventually('the hover', async () => (await hovers(document, line)).find(({ value }) => accepts(value)));
}
