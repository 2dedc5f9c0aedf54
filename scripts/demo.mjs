/** `npm run demo [-- --port 4600]`: sets the clone up where needed, then starts the demo server and prints its address. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureReady } from './bootstrap.mjs';
import { runMain, SetupError } from './lib/processes.mjs';
import { repositoryRoot } from './lib/workspace.mjs';

await runMain(async () => {
  await ensureReady('@nano-emox/demo');
  const program = join(repositoryRoot, 'apps', 'demo', 'dist', 'server', 'main.js');
  if (!existsSync(program)) throw new SetupError('apps/demo has no dist/server/main.js: its build entry is missing.');
  // The server runs in this very process: signals and exit code are its own.
  process.argv = [process.execPath, program, ...process.argv.slice(2)];
  await import(pathToFileURL(program).href);
});
