/** `pnpm version-packages`: turns the pending changesets into versions and changelogs, and brings the lock file up to date. */
import { runPnpm } from './bootstrap.mjs';
import { lastLines, runMain, SetupError } from './lib/processes.mjs';
import { versionPackages } from './lib/release-steps.mjs';
import { repositoryRoot } from './lib/workspace.mjs';

await runMain(async () => {
  await versionPackages(repositoryRoot);
  const { exitCode, output } = await runPnpm(['install', '--lockfile-only'], 'updating the lock file');
  if (exitCode !== 0) throw new SetupError(`The lock file could not be updated.\n\n${lastLines(output)}`);
});
