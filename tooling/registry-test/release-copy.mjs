import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SetupError } from '../../scripts/lib/processes.mjs';
import { repositoryRoot } from '../../scripts/lib/workspace.mjs';

const copiedParts = ['package.json', 'pnpm-workspace.yaml', '.gitignore', '.changeset', 'packages'];
const leftOut = new Set(['.turbo', '.bin', '.vite', '.vitest', '__fixtures__', 'coverage']);

/**
 * Copies what a release reads (manifests, built packages, changesets) into `folder` and makes it a repository with one commit, so that
 * versions can be made and published without touching this tree.
 */
export function makeReleaseCopy(folder) {
  mkdirSync(folder, { recursive: true });
  for (const part of copiedParts) {
    cpSync(join(repositoryRoot, part), join(folder, part), {
      recursive: true,
      verbatimSymlinks: true, // links between packages then lead to the copies
      filter: (path) => !leftOut.has(basename(path)) && !/\.(test|test-d)\.ts$/.test(path),
    });
  }
  symlinkSync(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, '.gitignore'), `${readFileSync(join(folder, '.gitignore'), 'utf8')}\n/node_modules\n`);
  git(folder, 'init', '--quiet', '--initial-branch=main');
  commitAll(folder, 'Copy of the tree');
}

/** A signature of origin is made from the identity of a release workflow; nobody else can make or check one. */
export function withoutProvenance(folder, packageFolders) {
  for (const packageFolder of packageFolders) {
    const path = join(folder, packageFolder, 'package.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    manifest.publishConfig.provenance = false;
    writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
  }
}

/** Commits all of a release copy. */
export function commitAll(folder, message) {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--no-gpg-sign', '--no-verify', '--message', message);
}

function git(folder, ...args) {
  const identity = ['-c', 'user.name=registry test', '-c', 'user.email=registry-test@localhost'];
  const run = spawnSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' });
  if (run.status !== 0) throw new SetupError(`git ${args[0]} failed: ${run.stderr ?? run.error?.message}`);
}
