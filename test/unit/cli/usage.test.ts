import assert from 'node:assert/strict';
import { helpText, parseCommandLine } from '../../../src/cli/usage';
import { UsageError } from '../../../src/cli/usageError';

describe('the command line', () => {
  it('asks for help by a command, an option, or both, of everything or of one command', () => {
    assert.deepEqual(parseCommandLine(['help']), { command: 'help', of: undefined });
    assert.deepEqual(parseCommandLine(['--help']), { command: 'help', of: undefined });
    assert.deepEqual(parseCommandLine(['help', 'info']), { command: 'help', of: 'info' });
    assert.deepEqual(parseCommandLine(['info', '-h']), { command: 'help', of: 'info' });
    for (const words of [['fly'], ['info', 'segments']])
      assert.throws(() => parseCommandLine(['help', ...words]), UsageError);
  });

  it('tells of every command, or of one with its own options', () => {
    for (const command of ['translate', 'summarize', 'attention', 'calibrate', 'segments', 'info', 'help'])
      assert.match(helpText(), new RegExp(`^  headlight ${command} `, 'm'));
    assert.match(helpText('info'), /--probe/);
    assert.doesNotMatch(helpText('info'), /--beams|headlight translate/);
    assert.match(helpText('attention'), /--method/);
  });
});
