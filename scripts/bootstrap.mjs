/**
 * Brings a clone into a state that runs: dependencies installed as the lock file says, packages built.
 * Needs Node and npm only; the pinned pnpm comes through npx. `node scripts/bootstrap.mjs` sets everything up.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { withSetupLock } from './lib/lock.mjs';
import { lastLines, runMain, runProgram, SetupError, say, secondsSince } from './lib/processes.mjs';
import { isBuilt, isInstalled, recordBuild, recordInstall, sourceKey } from './lib/stamp.mjs';
import { isMain, listPackages, readJson, repositoryRoot } from './lib/workspace.mjs';

const oldestNode = [20, 19]; // the first release line in which require() of an ES module needs no flag

/**
 * Installs and builds what is missing or stale; returns at once when nothing changed.
 * @param {string} scope a package name (it and what it needs) or `all`
 * @throws {SetupError} with the tool's own last lines, when a step fails
 */
export async function ensureReady(scope = 'all') {
  checkNodeVersion();
  const packages = listPackages();
  if (isInstalled(packages) && isBuilt(packages, scope)) return;
  await withSetupLock(async () => {
    await install(packages);
    if (isBuilt(packages, scope)) return;
    const result = await build(packages, scope);
    if (result.failures.length > 0) {
      const names = result.failures.map(({ package: name }) => name).join(', ');
      throw new SetupError(`The build failed (${names}).\n\n${lastLines(result.output)}`);
    }
  });
}

/** Installs as the lock file says, unless that is already so. */
export async function ensureInstalled() {
  checkNodeVersion();
  const packages = listPackages();
  if (!isInstalled(packages)) await withSetupLock(() => install(packages));
}

/**
 * Runs tasks through turbo (and its cache) for every package and reports each one that did not succeed.
 * @param {readonly string[]} tasks turbo task names
 * @param {{ scope?: string, keepGoing?: boolean }} [options]
 * @returns {Promise<{ succeeded: TaskResult[], failures: TaskResult[], output: string }>}
 * @typedef {{ package: string, task: string, exitCode: number }} TaskResult
 */
export async function runTurbo(tasks, { scope = 'all', keepGoing = false } = {}) {
  const summaryFolder = join(repositoryRoot, '.turbo', 'runs');
  rmSync(summaryFolder, { recursive: true, force: true });
  const { exitCode, output } = await runPnpm(
    [
      'exec',
      'turbo',
      'run',
      ...tasks,
      '--summarize',
      '--concurrency=100%',
      '--output-logs=errors-only',
      '--log-order=grouped',
      `--continue=${keepGoing ? 'dependencies-successful' : 'never'}`,
      ...(scope === 'all' ? [] : [`--filter=${scope}...`]),
    ],
    'building',
  );
  const results = readSummary(summaryFolder);
  const failures = results.filter((result) => result.exitCode !== 0);
  if (exitCode !== 0 && failures.length === 0) failures.push({ package: 'turbo', task: tasks.join(' '), exitCode });
  return { succeeded: results.filter((result) => result.exitCode === 0), failures, output };
}

/** Builds `scope` and remembers that it stands. */
export async function build(packages, scope, { keepGoing = false } = {}) {
  say('Building the packages (unchanged ones come from the cache) …');
  const startedAtMs = Date.now();
  const source = sourceKey(packages);
  const result = await runTurbo(['build'], { scope, keepGoing });
  if (result.failures.length > 0) return result;
  recordBuild(packages, scope, source);
  say(`  done in ${secondsSince(startedAtMs)}`);
  return result;
}

/** Runs the pinned pnpm, from the path where it already is the pinned one and through npx elsewhere. */
export function runPnpm(args, waitingFor) {
  const launcher = findPnpm();
  return runProgram(launcher.file, [...launcher.args, ...args], {
    cwd: repositoryRoot,
    env: setupEnvironment(),
    shell: launcher.shell ?? false,
    waitingFor,
  });
}

async function install(packages) {
  if (isInstalled(packages)) return;
  const isFirst = !existsSync(join(repositoryRoot, 'node_modules', '.modules.yaml'));
  say(
    isFirst
      ? 'First run: fetching the dependencies (needs the network, about a minute) …'
      : 'Bringing the dependencies up to date …',
  );
  const startedAtMs = Date.now();
  const { exitCode, output } = await runPnpm(
    ['install', '--frozen-lockfile', '--prod=false', '--reporter=append-only'],
    'installing',
  );
  if (exitCode !== 0) {
    const hint = output.includes('ERR_PNPM_OUTDATED_LOCKFILE')
      ? 'A package.json was edited without the lock file: run `pnpm install` once and commit pnpm-lock.yaml.'
      : 'Check the network or the registry setting (`npm config get registry`), then run the same command again.';
    throw new SetupError(`Installing the dependencies failed.\n\n${lastLines(output)}\n\n${hint}`);
  }
  recordInstall(packages);
  say(`  done in ${secondsSince(startedAtMs)}`);
}

/** @returns {{ file: string, args: string[], shell?: boolean }} */
function findPnpm() {
  const pinned = readJson(join(repositoryRoot, 'package.json')).packageManager.split('+')[0]; // pnpm@10.x.y[+hash]
  const version = pinned.split('@')[1];
  const found = spawnSync('pnpm', ['--version'], { cwd: repositoryRoot, env: setupEnvironment(), encoding: 'utf8' });
  if (found.status === 0 && found.stdout.trim() === version) return { file: 'pnpm', args: [] };
  // npm names its own program; starting the npx beside it needs no shell and therefore survives spaces on Windows too.
  const npmProgram = process.env.npm_execpath;
  const npxProgram = npmProgram && join(dirname(npmProgram), 'npx-cli.js');
  if (npxProgram && basename(npmProgram) === 'npm-cli.js' && existsSync(npxProgram)) {
    return { file: process.execPath, args: [npxProgram, '--yes', pinned] };
  }
  const isWindows = process.platform === 'win32';
  return { file: isWindows ? 'npx.cmd' : 'npx', args: ['--yes', pinned], shell: isWindows };
}

function setupEnvironment() {
  const environment = {
    ...process.env,
    CI: process.env.CI ?? 'true', // no prompt may wait for an answer: standard input is closed
    npm_config_loglevel: 'error', // the project's .npmrc silences npm; its errors are wanted here
    ONNXRUNTIME_NODE_INSTALL_CUDA: 'skip',
    COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
    TURBO_TELEMETRY_DISABLED: '1',
    TURBO_NO_UPDATE_NOTIFIER: '1',
  };
  delete environment.NODE_ENV; // "production" would leave the build tools out
  return environment;
}

function readSummary(folder) {
  if (!existsSync(folder)) return [];
  const newest = readdirSync(folder)
    .map((name) => join(folder, name))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0];
  if (!newest) return [];
  return readJson(newest)
    .tasks.filter(({ command }) => command !== '<NONEXISTENT>')
    .map(({ package: name, task, execution }) => ({ package: name, task, exitCode: execution?.exitCode ?? 1 }));
}

function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  throw new SetupError(
    `nano-emox needs Node ${oldestNode.join('.')} or newer; this is ${process.version}. ` +
      'Install a current one from https://nodejs.org or with `nvm install`.',
  );
}

if (isMain(import.meta.url)) await runMain(() => ensureReady('all'));
