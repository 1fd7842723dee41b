// @ts-check
// Where set-up keeps what is slow to make and the same for every checkout. Node built-ins only.

import os from 'node:os';
import path from 'node:path';

/** `$HEADLIGHT_CACHE`, else `$XDG_CACHE_HOME/headlight`, else `~/.cache/headlight`. */
export function cacheFolder() {
  const { HEADLIGHT_CACHE, XDG_CACHE_HOME } = process.env;
  if (HEADLIGHT_CACHE) return path.resolve(HEADLIGHT_CACHE);
  return path.join(XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'headlight');
}
