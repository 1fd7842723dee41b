import assert from 'node:assert/strict';
import os from 'node:os';
import path from 'node:path';
import { mock } from 'node:test';
import { cacheFolder } from '../../../src/client/cacheFolder';

describe('the cache folder', () => {
  const names = ['HEADLIGHT_CACHE', 'XDG_CACHE_HOME', 'LOCALAPPDATA'] as const;
  const before = names.map(name => process.env[name]);

  beforeEach(() => {
    for (const name of names) delete process.env[name];
  });
  afterEach(() => {
    mock.restoreAll();
    for (const [index, name] of names.entries()) if (before[index] !== undefined) process.env[name] = before[index];
  });

  it('is the one that is named, absolute', () => {
    process.env.XDG_CACHE_HOME = '/caches';
    assert.equal(cacheFolder(), path.join('/caches', 'headlight'));
    process.env.HEADLIGHT_CACHE = 'here';
    assert.equal(cacheFolder(), path.resolve('here'));
  });

  it('lies in the home of who runs the program', () => {
    mock.method(os, 'homedir', () => '/home/someone');
    assert.ok(cacheFolder().startsWith(path.join('/home/someone', '')), cacheFolder());
  });

  it('is named for a user without a home, too', () => {
    mock.method(os, 'homedir', () => {
      throw new Error('uv_os_homedir returned ENOENT');
    });
    assert.ok(path.isAbsolute(cacheFolder()));
  });
});
