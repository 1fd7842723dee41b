// What set-up says when it may not install what is missing.

import assert from 'node:assert/strict';
import { installDebianPackages } from '../../../scripts/setup/debianPackages.mjs';

describe('installing Debian packages', () => {
  const { PATH } = process.env;

  afterEach(() => {
    process.env.PATH = PATH;
  });

  it('asks for nothing whose program is there', () => {
    installDebianPackages([{ name: 'no-such-package', program: 'node' }], 'The test');
  });

  it('names what is missing and for what where there is no apt', () => {
    process.env.PATH = '/nowhere';
    assert.throws(() => installDebianPackages([{ name: 'no-such-package' }], 'The test'), {
      message: 'The test needs no-such-package (names of Debian packages), and there is no apt-get here.',
    });
  });
});
