// Headlight as tools for the chat agents of VS Code: an agent that meets a foreign text may have it translated on this machine.

import * as vscode from 'vscode';
import { toHeadlightError } from '../model/errors';
import type { Log } from './log';
import type { TaskKind, TaskRunner } from './taskRunner';
import { userMessage } from './userMessages';

/** As the input schemas of package.json say. */
interface ToolInput {
  readonly text: string;
  readonly to?: string;
  readonly from?: string;
}

const toolNames: Readonly<Record<TaskKind, string>> = {
  translate: 'headlight_translate',
  summarize: 'headlight_summarize',
};

export class TextTool implements vscode.LanguageModelTool<ToolInput> {
  constructor(
    private readonly kind: TaskKind,
    private readonly runner: TaskRunner,
    private readonly log: Log,
  ) {}

  prepareInvocation(): vscode.PreparedToolInvocation {
    return {
      invocationMessage:
        this.kind === 'translate'
          ? vscode.l10n.t('Translating on this machine')
          : vscode.l10n.t('Summarizing on this machine'),
    };
  }

  /** The words of the failure are for the agent to read: they are those that a person would see. */
  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<ToolInput>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    const controller = new AbortController();
    const subscription = token.onCancellationRequested(() => controller.abort());
    const resource = activeFolder();
    try {
      const { result } = await this.runner.run(
        { kind: this.kind, text: input.text, to: input.to, from: input.from, priority: 'interactive', resource },
        { signal: controller.signal },
      );
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(result.target)]);
    } catch (thrown) {
      const error = toHeadlightError(thrown);
      this.log.debug(`${toolNames[this.kind]}: ${error.code}: ${error.message}`);
      if (error.code === 'cancelled') throw new vscode.CancellationError();
      throw new Error(userMessage(error)?.sentence ?? error.message, { cause: error });
    } finally {
      subscription.dispose();
    }
  }
}

/** The settings of the folder count, but what a person said of the file does not: the text stands elsewhere. */
function activeFolder(): vscode.Uri {
  const file = vscode.window.activeTextEditor?.document.uri;
  return (file && vscode.workspace.getWorkspaceFolder(file)?.uri) ?? vscode.Uri.from({ scheme: 'untitled' });
}

/** Registers both tools; they run nothing until an agent calls one. */
export function registerLanguageModelTools(runner: TaskRunner, log: Log): vscode.Disposable {
  const kinds: readonly TaskKind[] = ['translate', 'summarize'];
  return vscode.Disposable.from(
    ...kinds.map(kind => vscode.lm.registerTool(toolNames[kind], new TextTool(kind, runner, log))),
  );
}
