/**
 * `pnpm release`: publishes every package whose version the registry lacks. Refuses a tree that is not the commit, and changesets without
 * a version; builds and checks before it publishes. `--dry-run` stops there.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureReady } from './bootstrap.mjs';
import { runMain, SetupError, say } from './lib/processes.mjs';
import { publishPackages, requireReleasable } from './lib/release-steps.mjs';
import { repositoryRoot } from './lib/workspace.mjs';

await runMain(async () => {
  requireReleasable(repositoryRoot);
  await ensureReady('all');
  const check = spawnSync(process.execPath, [join(repositoryRoot, 'scripts', 'check-packages.mjs')], {
    stdio: 'inherit',
  });
  if (check.status !== 0) throw new SetupError('The packages are not fit for release; see above.');
  requireReleasable(repositoryRoot); // set-up may have changed the lock file
  if (process.argv.includes('--dry-run')) return say('All is ready; nothing was published (--dry-run).');
  console.log(await publishPackages(repositoryRoot)); // the release workflow reads the tags from it
  say('Published. Push the tags: git push --follow-tags');
});
