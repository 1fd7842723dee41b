// From what a person writes into a model setting to an absolute folder. Pure apart from node:path; reads no disk.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${workspaceFolder} is how VS Code writes its variable.

import path from 'node:path';
import { HeadlightError } from '../model/errors';

export interface PathContext {
  readonly homeFolder: string;
  /** What `${workspaceFolder}` stands for; undefined when no folder on this machine is open. */
  readonly workspaceFolder: string | undefined;
  /** What an empty setting stands for. */
  readonly shippedFolder: string;
}

const workspaceVariable = '${workspaceFolder}';

/** The absolute, normalised folder that a model setting means. Errors: `model-folder-missing` when it can mean none. */
export function expandModelPath(setting: string, context: PathContext): string {
  const written = setting.trim();
  if (written === '') return context.shippedFolder;
  const expanded = expandVariables(written, context);
  if (!path.isAbsolute(expanded))
    throw missing(written, 'a model path must be absolute, or begin with ~ or ${workspaceFolder}');
  return path.normalize(expanded);
}

function expandVariables(written: string, { homeFolder, workspaceFolder }: PathContext): string {
  if (written === '~' || written.startsWith('~/') || written.startsWith('~\\'))
    return path.join(homeFolder, written.slice(1));
  if (!written.startsWith(workspaceVariable)) return written;
  if (workspaceFolder === undefined)
    throw missing(written, '${workspaceFolder} needs an open folder that is on this machine');
  return path.join(workspaceFolder, written.slice(workspaceVariable.length));
}

function missing(written: string, rule: string): HeadlightError {
  return new HeadlightError('model-folder-missing', `${rule}; the setting says "${written}"`, {
    folder: written,
    rule,
  });
}
