/**
 * `npm test`: set-up, lint, types, every package's tests, every package packed and inspected; with `--registry` every package is also
 * published to a local registry and used from there. Nothing stops at the first failure; the last line of standard output is the sum:
 * `N passed, N failed, N skipped`.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, ensureInstalled } from './bootstrap.mjs';
import { lastLines, runMain, runProgram, SetupError, secondsSince } from './lib/processes.mjs';
import { listPackages, readJson, repositoryRoot, stateFolder } from './lib/workspace.mjs';

/** @type {Map<string, { passed: number, failed: number, skipped: number }>} one row per package or workspace check */
const rows = new Map();
const skips = [];
const faults = [];

/** Some tools colour their output on CI even where nothing shows colours. */
const plainOutput = process.stdout.isTTY || process.env.FORCE_COLOR ? {} : { NO_COLOR: '1' };

const TYPESCRIPT = 'node_modules/typescript/bin/tsc';

const withRegistry = process.argv.includes('--registry');

const startedAtMs = Date.now();
try {
  await runMain(runEverything);
} finally {
  printSummary();
}

async function runEverything() {
  if (process.argv.slice(2).some((argument) => argument !== '--registry')) {
    count('arguments', { failed: 1 });
    throw new SetupError(
      'npm test takes no argument but `-- --registry`. One package: `pnpm --filter @nano-emox/engine test [file]`.',
    );
  }
  try {
    await ensureInstalled();
  } catch (error) {
    count('install', { failed: 1 });
    throw error;
  }
  const built = await buildAll();
  await runScriptCheck('types', [TYPESCRIPT, '-p', 'tsconfig.workspace.json']);
  await runScriptCheck('types of the page', [TYPESCRIPT, '-p', 'apps/demo/src/page']);
  await runScriptCheck('lint', ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.']);
  await runScriptCheck('conventions', ['scripts/check-conventions.mjs']);
  await runScriptCheck('readme', ['scripts/readme-tables.mjs', '--check']);
  await runVitest();
  if (built) await runScriptCheck('api reference', ['scripts/api-reference.mjs', '--check']);
  const builtChecks = { packages: 'scripts/check-packages.mjs' };
  if (withRegistry) builtChecks.registry = 'tooling/registry-test/registry-test.mjs';
  for (const [name, script] of Object.entries(builtChecks)) {
    if (built) {
      await runReportingCheck(name, script);
    } else {
      count(name, { failed: 1 });
      faults.push(`${name}: not checked, because the build failed`);
    }
  }
}

/** @returns {Promise<boolean>} whether every package is built */
async function buildAll() {
  section('build');
  const packages = listPackages();
  const { succeeded, failures, output } = await build(packages, 'all', { keepGoing: true });
  for (const { task } of succeeded) count(task, { passed: 1 });
  for (const { package: name, task, exitCode } of failures) {
    count(task, { failed: 1 });
    faults.push(`${name}: ${task} ended with code ${exitCode}`);
  }
  if (failures.length > 0) process.stdout.write(`${lastLines(output, 120)}\n`);

  const builtNames = new Set(succeeded.map((result) => result.package));
  const failedNames = new Set(failures.map((result) => result.package));
  const unbuilt = packages.filter(({ name, manifest }) => manifest.scripts?.build && !builtNames.has(name));
  for (const { name } of unbuilt.filter((entry) => !failedNames.has(entry.name))) {
    count('build', { failed: 1 });
    faults.push(`${name}: not built, because something it needs failed`);
  }
  return unbuilt.length === 0;
}

async function runScriptCheck(name, args) {
  section(name);
  const { exitCode } = await runNode(args);
  count(name, exitCode === 0 ? { passed: 1 } : { failed: 1 });
  if (exitCode !== 0) faults.push(`${name}: see its output above`);
}

async function runVitest() {
  section('tests');
  const tallyPath = join(stateFolder, 'tally.json');
  mkdirSync(stateFolder, { recursive: true });
  rmSync(tallyPath, { force: true });
  const reporters = ['--reporter=default', '--reporter=./scripts/lib/vitest-tally-reporter.mjs'];
  const { exitCode } = await runNode(['node_modules/vitest/vitest.mjs', 'run', ...reporters], {
    NANO_EMOX_TALLY: tallyPath,
  });
  let tally;
  try {
    tally = readJson(tallyPath);
  } catch {
    count('tests', { failed: 1 });
    faults.push(`tests: vitest ended with code ${exitCode} before it could report`);
    return;
  }
  for (const [name, counts] of Object.entries(tally.packages)) count(name, counts);
  if (tally.unhandled > 0) count('tests', { failed: tally.unhandled });
  skips.push(...tally.skips);
  faults.push(...tally.faults);
  const failed = Object.values(tally.packages).reduce((sum, counts) => sum + counts.failed, tally.unhandled);
  if (exitCode !== 0 && failed === 0) {
    count('tests', { failed: 1 });
    faults.push(`tests: vitest ended with code ${exitCode} although no test failed`);
  }
}

/** Runs a script of named checks that writes what it found. */
async function runReportingCheck(name, script) {
  section(name);
  const reportPath = join(stateFolder, `${name}.json`);
  rmSync(reportPath, { force: true });
  const { exitCode } = await runNode([script, '--report', reportPath]);
  let report;
  try {
    report = readJson(reportPath);
  } catch {
    count(name, { failed: 1 });
    faults.push(`${name}: the check ended with code ${exitCode} before it could report`);
    return;
  }
  for (const { name: check, problems } of report) {
    count(name, problems.length === 0 ? { passed: 1 } : { failed: 1 });
    faults.push(...problems.map((problem) => `${check}: ${problem}`));
  }
}

function runNode(args, extraEnvironment = {}) {
  return runProgram(process.execPath, args, {
    cwd: repositoryRoot,
    env: { ...process.env, ...plainOutput, ...extraEnvironment },
    show: true,
    stdoutTo: 'stdout',
  });
}

function count(name, { passed = 0, failed = 0, skipped = 0 }) {
  const row = rows.get(name) ?? { passed: 0, failed: 0, skipped: 0 };
  rows.set(name, { passed: row.passed + passed, failed: row.failed + failed, skipped: row.skipped + skipped });
}

function section(title) {
  process.stdout.write(`\n── ${title} ──\n`);
}

function printSummary() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const nameWidth = Math.max(20, ...[...rows.keys()].map((name) => name.length));
  const lines = ['', `${''.padEnd(nameWidth)}  passed  failed  skipped`];
  for (const [name, row] of rows) {
    const cells = [String(row.passed).padStart(6), String(row.failed).padStart(6), String(row.skipped).padStart(7)];
    lines.push(`${name.padEnd(nameWidth)}  ${cells.join('  ')}`);
    for (const kind of Object.keys(total)) total[kind] += row[kind];
  }
  if (skips.length > 0) {
    lines.push('', 'Skipped, and why:');
    for (const skip of skips) lines.push(`  ${skip.package}: ${skip.test}: ${skip.reason}`);
  }
  if (faults.length > 0) lines.push('', 'Failed outside single tests:', ...faults.map((fault) => `  ${fault}`));
  lines.push('', `Time: ${secondsSince(startedAtMs)}`);
  if (total.failed > 0) process.exitCode = 1;
  lines.push(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.stdout.write(`${lines.join('\n')}\n`);
}
