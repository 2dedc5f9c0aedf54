/** `npm start [-- <clip> <options>]`: sets the clone up where needed, then runs `nano-emox analyze`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureReady } from './bootstrap.mjs';
import { runMain, SetupError } from './lib/processes.mjs';
import { repositoryRoot } from './lib/workspace.mjs';

await runMain(async () => {
  await ensureReady('@nano-emox/cli');
  const program = join(repositoryRoot, 'packages', 'cli', 'dist', 'main.js');
  if (!existsSync(program)) throw new SetupError('packages/cli has no dist/main.js: its build entry is missing.');
  // npm starts scripts in the root; a path the user typed is relative to where they typed it.
  if (process.env.INIT_CWD && existsSync(process.env.INIT_CWD)) process.chdir(process.env.INIT_CWD);
  // The command line runs in this very process: signals, exit code and terminal are its own, and no second Node starts.
  process.argv = [process.execPath, program, 'analyze', ...process.argv.slice(2)];
  await import(pathToFileURL(program).href);
});
