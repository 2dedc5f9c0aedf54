/**
 * Packs every publishable package as npm would publish it, inspects the tarballs (publint, type resolution), then uses them
 * as a stranger would: an empty project outside the workspace installs the face encoder alone and runs it as ES module and
 * through require(). `--report <file>` writes the results as JSON for the test summary.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { ensureReady, runPnpm } from './bootstrap.mjs';
import { lastLines, runMain, runProgram, SetupError, secondsSince } from './lib/processes.mjs';
import { dependencyClosure, listPackages, readJson, repositoryRoot } from './lib/workspace.mjs';

const consumedPackage = '@nano-emox/face-encoder';
const exampleFolder = join(repositoryRoot, 'examples', 'face-encoder-only');

// The packages are ES modules only, by decision: require() of them works from Node 20.19 on (this script proves it), and
// module resolution older than `exports` is not supported. The type checker's two remarks about that are no findings.
const acceptedTypeProblems = new Set(['CJSResolvesToESM']);
const unsupportedResolutions = new Set(['node10']);

/** Node 20 announces that require() loaded an ES module; it is the only line a run may leave on standard error. */
const requireNotice = /^\(node:\d+\) ExperimentalWarning: .*\n\(Use `node --trace-warnings .*\n?/gm;

/** @type {{ name: string, problems: string[] }[]} */
const results = [];

await runMain(async () => {
  await ensureReady('all');
  const workFolder = mkdtempSync(join(tmpdir(), 'nano-emox packages ')); // the space is on purpose
  try {
    const packages = listPackages().filter(({ manifest }) => !manifest.private);
    const tarballs = await packAll(packages, join(workFolder, 'tarballs'));
    for (const entry of packages)
      await record(`pack ${entry.name}`, () => inspectTarball(entry, tarballs.get(entry.name)));
    await useAsStranger(packages, tarballs, join(workFolder, 'consumer'));
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
  const reportFlag = process.argv.indexOf('--report');
  if (reportFlag > 0) writeFileSync(process.argv[reportFlag + 1], JSON.stringify(results));
  const failed = results.filter(({ problems }) => problems.length > 0);
  if (failed.length > 0) throw new SetupError(`${failed.length} of ${results.length} package checks failed.`);
});

/** Runs one named check; `check` returns its problems, and an exception is one problem more. */
async function record(name, check) {
  const startedAtMs = Date.now();
  let problems;
  try {
    problems = await check();
  } catch (error) {
    problems = [error instanceof Error ? error.message : String(error)];
  }
  results.push({ name, problems });
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${name} (${secondsSince(startedAtMs)})`);
  for (const problem of problems) console.log(`    ${problem.replaceAll('\n', '\n    ')}`);
  return problems.length === 0;
}

/** @returns {Promise<Map<string, string>>} package name → path of its tarball */
async function packAll(packages, folder) {
  mkdirSync(folder, { recursive: true });
  const filters = packages.flatMap(({ name }) => ['--filter', name]);
  const { exitCode, output } = await runPnpm([...filters, '-r', 'pack', '--pack-destination', folder], 'packing');
  if (exitCode !== 0) throw new SetupError(`pnpm pack failed.\n\n${lastLines(output)}`);
  const files = readdirSync(folder);
  return new Map(
    packages.map(({ name, manifest }) => {
      const file = `${name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
      if (!files.includes(file)) throw new SetupError(`pnpm pack made no ${file}; it made ${files.join(', ')}.`);
      return [name, join(folder, file)];
    }),
  );
}

async function inspectTarball({ manifest }, tarball) {
  const bytes = readFileSync(tarball);
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true });
  const problems = messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `publint: ${formatMessage(message, pkg ?? manifest, { color: false })}`);

  const typesPackage = createPackageFromTarballData(new Uint8Array(data));
  const leaked = typesPackage.listFiles().filter((file) => /__fixtures__|\.(test|test-d)\.ts$/.test(file));
  problems.push(...leaked.map((file) => `publishes a test file: ${file}`));
  const analysis = await checkPackage(typesPackage);
  if (!analysis.types) return manifest.types || hasTypes(manifest) ? [...problems, 'types: none found'] : problems;
  for (const problem of analysis.problems) {
    if (acceptedTypeProblems.has(problem.kind) || unsupportedResolutions.has(problem.resolutionKind)) continue;
    problems.push(`types: ${problem.kind} ${problem.entrypoint ?? ''} ${problem.resolutionKind ?? ''}`.trim());
  }
  return problems;
}

async function useAsStranger(packages, tarballs, folder) {
  const needed = [...dependencyClosure(packages, consumedPackage)].sort();
  mkdirSync(folder, { recursive: true });
  const specifiers = Object.fromEntries(
    needed.map((name) => [name, `file:../tarballs/${basename(tarballs.get(name))}`]),
  );
  const overrides = Object.fromEntries(Object.entries(specifiers).filter(([name]) => name !== consumedPackage));
  const manifest = {
    name: 'stranger',
    private: true,
    dependencies: { [consumedPackage]: specifiers[consumedPackage] },
    overrides,
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));

  const installed = await record(`stranger: npm installs ${consumedPackage}`, async () => {
    const npm = npmLauncher();
    const flags = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];
    const run = await runProgram(npm.file, [...npm.args, ...flags], {
      cwd: folder,
      shell: npm.shell,
      waitingFor: 'installing',
    });
    return run.exitCode === 0 ? [] : [lastLines(run.output)];
  });
  if (!installed) return;

  await record('stranger: nothing else of the project came along', () => {
    const scope = join(folder, 'node_modules', '@nano-emox');
    const found = readdirSync(scope).map((name) => `@nano-emox/${name}`);
    if (existsSync(join(folder, 'node_modules', 'nano-emox'))) found.push('nano-emox');
    return found.filter((name) => !needed.includes(name)).map((name) => `${name} was installed too`);
  });

  for (const subject of needed) {
    await record(`stranger: ${subject} by import and by require()`, () => loadBothWays(subject, folder));
  }
  cpSync(exampleFolder, folder, { recursive: true, filter: (path) => basename(path) !== 'package.json' });
  for (const file of ['index.mjs', 'index.cjs']) {
    await record(`stranger: ${file} encodes frames`, async () => {
      const run = await runProgram(process.execPath, [file], { cwd: folder, waitingFor: 'encoding' });
      return run.exitCode === 0 ? [] : [`ended with code ${run.exitCode}\n${lastLines(run.output)}`];
    });
  }
  await record('stranger: a TypeScript program compiles against it', () => compileConsumer(folder));
}

/** Both module systems must load the package, give the same names and keep standard error empty. */
async function loadBothWays(name, folder) {
  const list = 'console.log(JSON.stringify(Object.keys(loaded).filter((key) => key !== "module.exports").sort()))';
  const programs = {
    'load.mjs': `import * as loaded from '${name}';\n${list};\n`,
    'load.cjs': `const loaded = require('${name}');\n${list};\n`,
  };
  const outputs = [];
  for (const [file, text] of Object.entries(programs)) {
    writeFileSync(join(folder, file), text);
    const { exitCode, output } = await runProgram(process.execPath, [file], { cwd: folder });
    const rest = output.replace(requireNotice, '').trim();
    if (exitCode !== 0 || rest.includes('\n')) return [`${file}:\n${lastLines(rest)}`];
    outputs.push(rest);
  }
  if (outputs[0] === '[]') return ['exports nothing'];
  return outputs[0] === outputs[1] ? [] : [`import and require() differ:\n${outputs.join('\n')}`];
}

async function compileConsumer(folder) {
  const names = Object.keys(readJson(join(folder, 'package.json')).dependencies);
  const lines = names.map((name, index) => `import * as package${index} from '${name}';\nexport { package${index} };`);
  writeFileSync(join(folder, 'consumer.mts'), `${lines.join('\n')}\n`);
  const flags = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--moduleResolution',
    'nodenext',
    '--target',
    'es2022',
  ];
  const typeRoots = [
    '--lib',
    'es2023,esnext.disposable,dom',
    '--types',
    'node',
    '--typeRoots',
    join(repositoryRoot, 'node_modules', '@types'),
  ];
  const compiler = join(repositoryRoot, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = await runProgram(process.execPath, [compiler, ...flags, ...typeRoots, 'consumer.mts'], { cwd: folder });
  return run.exitCode === 0 ? [] : [lastLines(run.output)];
}

function hasTypes(manifest) {
  return Object.values(manifest.exports ?? {}).some((target) => typeof target === 'object' && 'types' in target);
}

/** npm itself, without a shell where its program is known (a path with spaces needs no quoting then). */
function npmLauncher() {
  const program = [
    process.env.npm_execpath,
    join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js'),
  ].find((path) => path && basename(path) === 'npm-cli.js' && existsSync(path));
  if (program) return { file: process.execPath, args: [program] };
  const isWindows = process.platform === 'win32';
  return { file: isWindows ? 'npm.cmd' : 'npm', args: [], shell: isWindows };
}
