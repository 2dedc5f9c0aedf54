/**
 * Remembers what was installed and built, so that a second run can skip both.
 *
 * Manifests and the lock file are hashed by content; sources and build output by path, size and modification time, which
 * notices an edit, a `git pull` or a deleted dist folder within milliseconds. A false alarm costs one turbo run that finds
 * everything in its cache; a missed change would run stale code, so whatever is doubtful counts as changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dependencyClosure, listFiles, readJson, repositoryPath, repositoryRoot, stateFolder } from './workspace.mjs';

const stampPath = join(stateFolder, 'stamp.json');
const sharedBuildFiles = ['turbo.json', 'tsconfig.base.json', 'tooling/tsup-base.ts'];
const skippedFolders = new Set(['node_modules', 'dist', '.turbo', 'coverage', '__fixtures__']);

/** Fingerprint of everything that decides the content of node_modules. */
export function installKey(packages) {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}\n`);
  const manifests = ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', '.npmrc'];
  for (const file of [...manifests, ...packages.map(({ folder }) => `${folder}/package.json`)]) {
    hash.update(`${file}\n`).update(readFileSync(join(repositoryRoot, file)));
  }
  return hash.digest('hex');
}

/** Fingerprint of all sources the build reads. */
export function sourceKey(packages) {
  const skip = (name, isDirectory) => (isDirectory ? skippedFolders.has(name) : /\.(test|test-d)\.ts$/.test(name));
  const files = packages.flatMap(({ path }) => listFiles(path, skip));
  return metadataHash([...sharedBuildFiles.map((file) => join(repositoryRoot, file)), ...files]);
}

/** Fingerprint of the built files of `packages`; null where one that has a build script has no output at all. */
export function outputKey(packages) {
  const built = packages.filter(({ manifest }) => manifest.scripts?.build);
  const files = built.map(({ path }) => listFiles(join(path, 'dist')));
  return files.some((list) => list.length === 0) ? null : metadataHash(files.flat());
}

/** The packages a build scope covers: `all`, or one package with everything it needs. */
export function packagesInScope(packages, scope) {
  if (scope === 'all') return packages;
  const closure = dependencyClosure(packages, scope);
  return packages.filter(({ name }) => closure.has(name));
}

/** True when node_modules is what the lock file asks for, as far as this script installed it. */
export function isInstalled(packages) {
  return (
    readStamp().install === installKey(packages) &&
    existsSync(join(repositoryRoot, 'node_modules', '.modules.yaml')) &&
    packages.every(({ path, manifest }) => !hasDependencies(manifest) || existsSync(join(path, 'node_modules')))
  );
}

/** True when the last successful build of `scope` (or of everything) still stands. */
export function isBuilt(packages, scope) {
  const { builds = {} } = readStamp();
  return ['all', scope].some((candidate) => {
    const recorded = builds[candidate];
    if (!recorded || recorded.source !== sourceKey(packages)) return false;
    return recorded.output === outputKey(packagesInScope(packages, candidate));
  });
}

export function recordInstall(packages) {
  writeStamp({ install: installKey(packages), builds: {} });
}

/** @param {string} source the source fingerprint taken *before* the build, so that an edit during it is not lost */
export function recordBuild(packages, scope, source) {
  const stamp = readStamp();
  const output = outputKey(packagesInScope(packages, scope));
  writeStamp({ ...stamp, builds: { ...stamp.builds, [scope]: { source, output } } });
}

function readStamp() {
  try {
    return readJson(stampPath);
  } catch {
    return {}; // none yet, or cut short: both mean "do the work again"
  }
}

function writeStamp(stamp) {
  mkdirSync(stateFolder, { recursive: true });
  const temporaryPath = `${stampPath}.${process.pid}`;
  writeFileSync(temporaryPath, JSON.stringify(stamp, null, 2));
  renameSync(temporaryPath, stampPath);
}

function metadataHash(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${repositoryPath(file)}\0${mtimeMs}\0${size}\n`);
  }
  return hash.digest('hex');
}

function hasDependencies(manifest) {
  return ['dependencies', 'devDependencies', 'optionalDependencies'].some(
    (kind) => Object.keys(manifest[kind] ?? {}).length > 0,
  );
}
