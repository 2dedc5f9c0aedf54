/**
 * Publishes every package to a registry that runs for this purpose alone, as a release does, and uses them from there as a stranger
 * would: in empty projects outside the workspace, with the programs that the READMEs show, as ES modules, through require() and in
 * strict TypeScript. Third-party packages come from the configured registry. `--report <file>` writes the results as JSON.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureReady } from '../../scripts/bootstrap.mjs';
import { Checks } from '../../scripts/lib/checks.mjs';
import { runNpm } from '../../scripts/lib/npm.mjs';
import { runMain, SetupError } from '../../scripts/lib/processes.mjs';
import { publishPackages, requireReleasable, versionPackages } from '../../scripts/lib/release-steps.mjs';
import { listPackages, readJson, repositoryRoot } from '../../scripts/lib/workspace.mjs';
import { startRegistry } from './local-registry.mjs';
import { commitAll, makeReleaseCopy, withoutProvenance } from './release-copy.mjs';
import { shownInstall, shownProgram } from './shown-programs.mjs';
import { forms, StrangerProject } from './stranger-project.mjs';

const inRepository = (...parts) => join(repositoryRoot, ...parts);
/** What every component stands on. */
const core = ['@nano-emox/engine', '@nano-emox/tensor-contract'];
/** Entries that have types and no values. */
const typesAlone = new Set(['@nano-emox/server/protocol']);
const published = listPackages().filter(({ manifest }) => !manifest.private);
const checks = new Checks();

await runMain(async () => {
  await ensureReady('all');
  const workFolder = mkdtempSync(join(tmpdir(), 'nano-emox registry ')); // the space is on purpose
  const registry = await startRegistry(join(workFolder, 'registry'), await configuredRegistry());
  try {
    const environment = npmEnvironment(workFolder, registry.url);
    const versions = await release(join(workFolder, 'release'), environment);
    if (versions) {
      const project = (name) => new StrangerProject(join(workFolder, name), environment);
      await useFaceEncoderAlone(project('face encoder alone'), join(workFolder, 'face encoder alone'));
      await assembleByHand(project('by hand'), join(workFolder, 'by hand'));
      await useWholeModel(project('whole model'), versions, registry.url);
    }
  } finally {
    await registry.close();
    rmSync(workFolder, { recursive: true, force: true });
  }
  checks.finish();
});

/** The registry that npm is set to, for everything that is not ours. */
async function configuredRegistry() {
  const { exitCode, stdout, output } = await runNpm(['config', 'get', 'registry'], { cwd: tmpdir() });
  if (exitCode !== 0) throw new SetupError(`npm config get registry failed.\n\n${output}`);
  return stdout.trim();
}

/** An npm of its own: no setting, cache or account of the user, and no registry but `url`. */
function npmEnvironment(workFolder, url) {
  const settings = join(workFolder, 'npmrc');
  writeFileSync(settings, `registry=${url}\n//${new URL(url).host}/:_authToken=anybody\nupdate-notifier=false\n`);
  return {
    npm_config_userconfig: settings,
    npm_config_globalconfig: join(workFolder, 'no-global-npmrc'),
    npm_config_cache: join(workFolder, 'npm cache'),
    npm_config_registry: url,
    npm_config_loglevel: 'error',
    npm_config_engine_strict: 'true', // nothing that comes along may want another Node
  };
}

/**
 * The way of `pnpm release`, in a copy of the tree.
 * @returns {Promise<Map<string, string> | undefined>} version of each package; undefined when they could not be published
 */
async function release(folder, environment) {
  makeReleaseCopy(folder);
  const folders = published.map((entry) => entry.folder);
  const versionOf = (entry) => readJson(join(folder, entry.folder, 'package.json')).version;

  await checks.run('a release is refused while changesets have no version', () =>
    refused(folder, /have no version yet/),
  );
  const versioned = await checks.run('changesets make versions and changelogs', async () => {
    await versionPackages(folder, environment);
    const unchanged = published.filter((entry) => versionOf(entry) === entry.manifest.version);
    return unchanged.map(({ name }) => `${name} got no new version`);
  });
  await checks.run('a release is refused while the tree is not clean', () => refused(folder, /not clean/));
  if (!versioned) return undefined;

  withoutProvenance(folder, folders);
  commitAll(folder, 'Versions');
  const done = await checks.run(`${published.length} packages are published`, async () => {
    requireReleasable(folder);
    const output = await publishPackages(folder, environment);
    const untold = published.filter((entry) => !output.includes(`${entry.name}@${versionOf(entry)}`));
    return untold.map(({ name }) => `nothing is said about ${name}`);
  });
  return done ? new Map(published.map((entry) => [entry.name, versionOf(entry)])) : undefined;
}

function refused(folder, reason) {
  try {
    requireReleasable(folder);
  } catch (error) {
    return reason.test(error.message) ? [] : [`refused for another reason: ${error.message}`];
  }
  return ['not refused'];
}

async function useFaceEncoderAlone(project, folder) {
  const example = inRepository('examples', 'face-encoder-only');
  const title = 'the face encoder alone';
  const install = shownInstall(join(example, 'README.md'));
  if (!(await checks.run(`${title}: npm install ${install.join(' ')}`, () => project.install(install)))) return;
  await checks.run(`${title}: nothing came along that it does not need`, () => strangers(project, install));
  cpSync(join(example, 'frames'), join(folder, 'frames'), { recursive: true });
  await runInAllForms(project, title, 'its README', inRepository('packages', 'face-encoder', 'README.md'));
  await runInAllForms(project, title, 'a sequence of pictures', join(example, 'README.md'));
}

async function assembleByHand(project, folder) {
  const example = inRepository('examples', 'assemble-by-hand');
  const title = 'the model by hand';
  const install = shownInstall(join(example, 'README.md'));
  if (!(await checks.run(`${title}: npm install of ${install.length} packages`, () => project.install(install))))
    return;
  await checks.run(`${title}: nothing came along that it does not need`, () => strangers(project, install));
  cpSync(join(example, 'clip.mp4'), join(folder, 'clip.mp4'));
  await runInAllForms(project, title, 'a clip is analysed', join(example, 'README.md'));
}

async function useWholeModel(project, versions, url) {
  const title = 'the whole model';
  const page = inRepository('packages', 'nano-emox', 'README.md');
  const install = [...shownInstall(page), ...shownInstall(inRepository('packages', 'cli', 'README.md'))];
  if (!(await checks.run(`${title}: npm install ${install.join(' ')}`, () => project.install(install)))) return;
  await checks.run(`${title}: all of the project comes from the local registry, in the new versions`, () => {
    const ours = project.installed().filter(({ name }) => versions.has(name));
    const wrong = ours.filter(
      (entry) => !entry.resolved?.startsWith(url) || entry.version !== versions.get(entry.name),
    );
    return wrong.map((entry) => `${entry.name} ${entry.version} from ${entry.resolved}`);
  });
  await checks.run(`${title}: every entry loads by import and by require()`, () => loadBothWays(project));
  await runInAllForms(project, title, 'its README', page);
  await checks.run(`${title}: npx nano-emox analyze --json`, async () => {
    const document = JSON.parse(await project.npx(['nano-emox', 'analyze', '--json', '--quiet']));
    const tasks = ['msa', 'mer', 'ovMer', 'eri', 'mir', 'erg'];
    return tasks.filter((task) => !document[task]?.value).map((task) => `no answer to ${task}`);
  });
}

/** Runs what a page shows in each form; all must print the same. */
async function runInAllForms(project, title, what, page) {
  const source = shownProgram(page);
  const outputs = new Set();
  for (const form of Object.keys(forms)) {
    await checks.run(`${title}: ${what}, as ${form}`, async () => {
      const printed = await project.run(source, form);
      outputs.add(printed);
      if (printed === '') return ['printed nothing'];
      return outputs.size === 1
        ? []
        : [`printed something else than the form before:\n${[...outputs].join('\n---\n')}`];
    });
  }
}

/** Packages that are installed although nobody asked for them: of ours only what was named and the core, of others only what these need. */
function strangers(project, install) {
  const wanted = new Set([...install, ...core]);
  const [ours, rest] = [true, false].map((isWanted) => published.filter(({ name }) => wanted.has(name) === isWanted));
  const allowed = new Set([...wanted, ...ours.flatMap(outsideDependencies)]);
  const unwanted = new Set(rest.flatMap((entry) => [entry.name, ...outsideDependencies(entry)]));
  const found = project.installed().filter(({ name }) => unwanted.has(name) && !allowed.has(name));
  return found.map(({ name }) => `${name} was installed, too`);
}

/** Third-party packages that a package names. */
function outsideDependencies({ manifest }) {
  const named = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies };
  return Object.keys(named).filter((name) => !published.some((entry) => entry.name === name));
}

/** Both module systems must load every entry of every installed package of ours, and find the same names there. */
async function loadBothWays(project) {
  const present = new Set(project.installed().map(({ name }) => name));
  const entries = published
    .filter(({ name }) => present.has(name))
    .flatMap(({ name, manifest }) => Object.keys(manifest.exports).map((path) => name + path.slice(1)))
    .filter((entry) => !entry.endsWith('package.json'));
  const names = 'Object.keys(loaded).filter((name) => name !== "module.exports").sort().join()';
  const print = (load) => `(async () => { for (const entry of ${JSON.stringify(entries)}) {
    const loaded = ${load}; console.log(entry, ${names}); } })();\n`;
  const imported = (await project.runFile('load.mjs', print('await import(entry)'))).split('\n');
  const required = (await project.runFile('load.cjs', print('require(entry)'))).split('\n');
  if (imported.length !== entries.length) return [`${imported.length} of ${entries.length} entries were loaded`];
  return imported.flatMap((line, index) => {
    const [entry, isEmpty] = [entries[index], line.trim() === entries[index]];
    if (isEmpty !== typesAlone.has(entry)) return [isEmpty ? `${entry} exports nothing` : `${line} is not types alone`];
    return line === required[index] ? [] : [`import and require() differ:\n${line}\n${required[index]}`];
  });
}
