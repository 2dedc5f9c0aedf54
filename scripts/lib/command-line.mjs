import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureReady } from '../bootstrap.mjs';
import { SetupError } from './processes.mjs';
import { repositoryRoot } from './workspace.mjs';

/** Sets the clone up where needed, then runs the command line of this clone with these arguments. */
export async function runCommandLine(args) {
  await ensureReady('@nano-emox/cli');
  const program = join(repositoryRoot, 'packages', 'cli', 'dist', 'main.js');
  if (!existsSync(program)) throw new SetupError('packages/cli has no dist/main.js: its build entry is missing.');
  // npm starts scripts in the root; a path the user typed is relative to where they typed it.
  if (process.env.INIT_CWD && existsSync(process.env.INIT_CWD)) process.chdir(process.env.INIT_CWD);
  // The command line runs in this very process: signals, exit code and terminal are its own, and no second Node starts.
  process.argv = [process.execPath, program, ...args];
  await import(pathToFileURL(program).href);
}
