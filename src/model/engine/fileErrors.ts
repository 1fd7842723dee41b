// Errors about the files of a model folder. Runs in the engine process.

import path from 'node:path';
import { HeadlightError } from '../errors';

/** `file`: relative to `folder`. `rule`: why it is needed. */
export function missingFile(folder: string, file: string, rule: string): HeadlightError {
  return new HeadlightError('model-file-missing', `${path.join(folder, file)} is missing: ${rule}`, {
    folder,
    file,
    rule,
  });
}

/** `error`: what reading it threw. */
export function unreadableFile(file: string, error: unknown): HeadlightError {
  const found = error instanceof Error ? error.message : String(error);
  return new HeadlightError(
    'model-file-corrupt',
    `${file}: expected a readable file, found: ${found}`,
    {
      file,
      rule: 'a readable file',
      found,
    },
    error,
  );
}
