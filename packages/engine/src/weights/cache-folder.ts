import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder for compiled graphs and downloads: `NANO_EMOX_CACHE`, or the platform's user cache folder. */
export function cacheFolder(): string {
  const { NANO_EMOX_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (NANO_EMOX_CACHE) return NANO_EMOX_CACHE;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'nano-emox');
  if (process.platform === 'win32')
    return join(LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'nano-emox', 'Cache');
  return join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'nano-emox');
}
