/** npm itself, as a stranger to this workspace would run it. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { runProgram } from './processes.mjs';

/**
 * Runs npm. Its own program is started where that is known, so that a path with spaces needs no quoting.
 * @param {readonly string[]} args
 * @param {Parameters<typeof runProgram>[2]} options
 */
export function runNpm(args, options) {
  const program = [
    process.env.npm_execpath,
    join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js'),
    join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js'),
  ].find((path) => path && basename(path) === 'npm-cli.js' && existsSync(path));
  if (program) return runProgram(process.execPath, [program, ...args], options);
  const isWindows = process.platform === 'win32';
  return runProgram(isWindows ? 'npm.cmd' : 'npm', args, { ...options, shell: isWindows });
}
