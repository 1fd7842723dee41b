// One input through its readers, and what every input is promised: a result or a typed error that a person can read.

import { HeadlightError } from '../../src/model/errors';
import type { FuzzInput } from './makeInput';

/** No message of an error may carry a whole hostile file to the user. */
const longestError = 2000;

/** The code that reading ended in, `result` when it gave one. Throws an Error that says which promise was broken. */
export async function readInput({ subject, fixture, files }: FuzzInput): Promise<string> {
  try {
    await subject.read(files, fixture);
    return 'result';
  } catch (error) {
    if (!(error instanceof HeadlightError)) throw error;
    const { code, message, details } = error;
    if (!subject.codes.includes(code))
      throw new Error(`the code ${code} is none of ${subject.codes.join(', ')}: ${message.slice(0, 200)}`);
    const size = message.length + JSON.stringify(details).length;
    if (size > longestError) throw new Error(`an error of ${size} characters: ${message.slice(0, 200)}`);
    return code;
  }
}
