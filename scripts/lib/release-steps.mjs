/** The steps of a release, in any checkout: the registry test goes the same way as `pnpm release`. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lastLines, runProgram, SetupError } from './processes.mjs';
import { repositoryRoot } from './workspace.mjs';

const changesetProgram = join(repositoryRoot, 'node_modules', '@changesets', 'cli', 'bin.js');

/** Changesets that no version holds yet, by file name. */
export function pendingChangesets(folder) {
  return readdirSync(join(folder, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md');
}

/**
 * What is published has to be what a commit holds, under a version of its own.
 * @param {string} folder root of the checkout
 * @throws {SetupError} when files differ from the commit, or changesets wait for a version
 */
export function requireReleasable(folder) {
  const status = spawnSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' });
  if (status.status !== 0) throw new SetupError(`A release needs a git checkout.\n\n${status.stderr}`);
  if (status.stdout !== '') {
    throw new SetupError(`The tree is not clean; commit or remove these, then release:\n\n${status.stdout.trimEnd()}`);
  }
  const pending = pendingChangesets(folder);
  if (pending.length > 0) {
    throw new SetupError(
      `${pending.length} changesets have no version yet: run \`pnpm version-packages\`, review and commit, then release.`,
    );
  }
}

/** Turns the pending changesets into versions and changelogs; edits files of `folder`. */
export async function versionPackages(folder, environment = {}) {
  await runChangeset(['version'], folder, environment);
}

/**
 * Publishes every package whose version the registry lacks, and tags the commit.
 * @returns {Promise<string>} what was published, line by line
 */
export function publishPackages(folder, environment = {}) {
  return runChangeset(['publish'], folder, environment);
}

async function runChangeset(args, folder, environment) {
  const { exitCode, output } = await runProgram(process.execPath, [changesetProgram, ...args], {
    cwd: folder,
    env: { ...process.env, ...environment },
    waitingFor: `on changeset ${args.join(' ')}`,
  });
  if (exitCode !== 0) {
    throw new SetupError(`changeset ${args.join(' ')} ended with code ${exitCode}.\n\n${lastLines(output)}`);
  }
  return output;
}
