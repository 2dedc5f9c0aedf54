/** Where the workspace is and which packages it holds. Only Node built-ins: this runs before anything is installed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the repository root, without a trailing separator. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');

/** Set-up state lives here, so that removing node_modules also removes every claim about it. */
export const stateFolder = join(repositoryRoot, 'node_modules', '.cache', 'nano-emox');

const packageParents = ['packages', 'apps', 'examples', 'tooling']; // the same folders as in pnpm-workspace.yaml

/** Reads and parses a JSON file. */
export function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/**
 * Every workspace package, in alphabetical order of its folder.
 * @returns {{ name: string, folder: string, path: string, manifest: Record<string, any> }[]} `folder` is relative with
 *   forward slashes (`packages/engine`), `path` is absolute.
 */
export function listPackages() {
  return packageParents.flatMap((parent) => {
    const parentPath = join(repositoryRoot, parent);
    if (!existsSync(parentPath)) return [];
    return readdirSync(parentPath, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(parentPath, entry.name, 'package.json')))
      .map((entry) => entry.name)
      .sort()
      .map((name) => {
        const path = join(parentPath, name);
        const manifest = readJson(join(path, 'package.json'));
        return { name: manifest.name, folder: `${parent}/${name}`, path, manifest };
      });
  });
}

/** Names of all packages that `rootName` needs from the workspace, itself included. */
export function dependencyClosure(packages, rootName) {
  const byName = new Map(packages.map((entry) => [entry.name, entry]));
  const closure = new Set();
  const visit = (name) => {
    const entry = byName.get(name);
    if (!entry || closure.has(name)) return;
    closure.add(name);
    for (const kind of ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies']) {
      for (const dependency of Object.keys(entry.manifest[kind] ?? {})) visit(dependency);
    }
  };
  visit(rootName);
  return closure;
}

/** All files below `folder` (absolute paths, sorted), leaving out what `skip(name, isDirectory)` names. */
export function listFiles(folder, skip = () => false) {
  if (!existsSync(folder)) return [];
  const files = [];
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (skip(entry.name, entry.isDirectory())) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...listFiles(path, skip));
    else if (entry.isFile()) files.push(path);
  }
  return files;
}

/** Path relative to the repository root with forward slashes, as git prints it. */
export function repositoryPath(path) {
  return relative(repositoryRoot, path).split(sep).join('/');
}

/** True when the module at `importMetaUrl` is the program that was started, not an import of another one. */
export function isMain(importMetaUrl) {
  return process.argv[1] !== undefined && fileURLToPath(importMetaUrl) === process.argv[1];
}
