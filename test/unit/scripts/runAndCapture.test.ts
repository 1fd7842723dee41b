import assert from 'node:assert/strict';
import { runAndCapture } from '../../../scripts/setup/command.mjs';

describe('a command whose output is captured', () => {
  const run = (program: string, limitMs = 60_000) =>
    runAndCapture(process.execPath, ['-e', program], { env: process.env, limitMs });

  it('gives what it printed and its exit code', async () => {
    const { output, exitCode } = await run('console.log("some words"); process.exitCode = 3');
    assert.deepEqual([output, exitCode], ['some words\n', 3]);
  });

  it('ends with the command, whoever still holds its streams', async () => {
    const left = `['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }`;
    const program = `console.log(require('node:child_process').spawn(process.execPath, ${left}).pid); process.exit(0)`;
    const { output, exitCode } = await run(program);
    assert.match(output, /^\d+\n$/);
    process.kill(Number(output), 'SIGKILL');
    assert.equal(exitCode, 0);
  });

  it('is ended at its limit, which is no success', async () => {
    assert.equal((await run('setInterval(() => {}, 1000)', 300)).exitCode, 1);
  });
});
