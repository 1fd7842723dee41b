// Where Headlight keeps what it learned about the machine, for the editor and the terminal alike. Node only.

import os from 'node:os';
import path from 'node:path';

/** `$HEADLIGHT_CACHE`, else the system's place for caches: `$XDG_CACHE_HOME`, `~/Library/Caches`, `%LOCALAPPDATA%` or `~/.cache`. */
export function cacheFolder(): string {
  const { HEADLIGHT_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (HEADLIGHT_CACHE) return path.resolve(HEADLIGHT_CACHE);
  return path.join(XDG_CACHE_HOME || systemCaches(LOCALAPPDATA), 'headlight');
}

function systemCaches(localAppData: string | undefined): string {
  if (process.platform === 'win32' && localAppData) return localAppData;
  return path.join(homeFolder(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
}

/** A user whom the system does not list has the home of containers, `/`, where nothing can be kept; who needs to keep something says so. */
function homeFolder(): string {
  try {
    return os.homedir();
  } catch {
    return path.parse(process.cwd()).root;
  }
}
