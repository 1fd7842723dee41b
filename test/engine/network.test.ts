// Neither the terminal program nor the engine process behind it uses a network. Linux: `unshare` takes the network away,
// `strace` watches the system calls.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const program = [process.execPath, path.resolve('dist/cli.js')];

describe('the network', () => {
  for (const [command, text] of [
    ['translate', 'The file does not exist.'],
    ['summarize', 'The server reads its configuration from a file when it starts. The default values are used.'],
    ['attention', 'The file does not exist.'],
  ] as const) {
    it(`is not needed to ${command}`, () => {
      const isRoot = process.getuid?.() === 0;
      const withoutNetwork = ['--net', ...(isRoot ? [] : ['--map-root-user'])];
      const output = execFileSync('unshare', [...withoutNetwork, ...program, command, '--json', text], {
        encoding: 'utf8',
      });
      assert.ok(JSON.parse(output).target.length > 0);
    });
  }

  it('is not touched: no process opens an internet socket', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'headlight-'));
    try {
      const trace = path.join(folder, 'trace');
      const watch = ['-f', '-e', 'trace=socket,connect,execve', '-o', trace];
      execFileSync('strace', [...watch, ...program, 'translate', 'The file does not exist.']);
      const calls = readFileSync(trace, 'utf8').split('\n');
      assert.ok(
        calls.some(call => call.includes('execve(') && call.includes('engine.js')),
        'the engine process was watched too',
      );
      assert.deepEqual(
        calls.filter(call => /AF_INET6?\b/.test(call)),
        [],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
