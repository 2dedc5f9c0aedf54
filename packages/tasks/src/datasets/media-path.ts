import { isAbsolute, join, win32 } from 'node:path';

/**
 * `relative` below `root`, or `undefined` when it leaves it: absolute, with a `..` on either kind of slash, or with a NUL.
 * What a symbolic link inside the root points to is the business of whoever put it there.
 */
export function joinInside(root: string, relative: string): string | undefined {
  const leaves =
    relative.trim() === '' ||
    relative.includes('\0') ||
    isAbsolute(relative) ||
    win32.isAbsolute(relative) ||
    /^[a-z]:/i.test(relative) ||
    relative.split(/[\\/]/).includes('..');
  return leaves ? undefined : join(root, relative);
}
