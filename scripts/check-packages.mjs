/**
 * Packs every publishable package as npm would publish it and inspects the tarballs: publint, type resolution, no test files, size. The
 * registry test then uses them as a stranger would. `--report <file>` writes the results as JSON for the test summary.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { ensureReady, runPnpm } from './bootstrap.mjs';
import { Checks } from './lib/checks.mjs';
import { lastLines, runMain, SetupError } from './lib/processes.mjs';
import { listPackages } from './lib/workspace.mjs';

// The packages are ES modules only, by decision: require() of them works from Node 20.19 on (the registry test proves it), and
// module resolution older than `exports` is not supported. The type checker's two remarks about that are no findings.
const acceptedTypeProblems = new Set(['CJSResolvesToESM']);
const unsupportedResolutions = new Set(['node10']);

const bytesPerMegabyte = 1_000_000;
/** What one package may hold, as code and as the file that is fetched. */
const largestBytes = bytesPerMegabyte;
/** It holds weights, not code. */
const exemptFromSize = new Set(['@nano-emox/weights-tiny']);

const checks = new Checks();
/** @type {{ name: string, codeBytes: number, unpackedBytes: number, packedBytes: number }[]} */
const sizes = [];

await runMain(async () => {
  await ensureReady('all');
  const folder = mkdtempSync(join(tmpdir(), 'nano-emox packages '));
  try {
    const packages = listPackages().filter(({ manifest }) => !manifest.private);
    const tarballs = await packAll(packages, folder);
    for (const entry of packages) await checks.run(entry.name, () => inspectTarball(entry, tarballs.get(entry.name)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  printSizes();
  checks.finish();
});

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

async function inspectTarball({ name, manifest }, tarball) {
  const bytes = readFileSync(tarball);
  const data = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true });
  const problems = messages
    .filter(({ type }) => type !== 'suggestion')
    .map((message) => `publint: ${formatMessage(message, pkg ?? manifest, { color: false })}`);

  const content = createPackageFromTarballData(new Uint8Array(data));
  const leaked = content.listFiles().filter((file) => /__fixtures__|\.(test|test-d)\.ts$/.test(file));
  problems.push(...leaked.map((file) => `publishes a test file: ${file}`));
  problems.push(...measure(name, content, bytes));
  return [...problems, ...(await typeProblems(manifest, content))];
}

async function typeProblems(manifest, content) {
  const { types, problems } = await checkPackage(content);
  if (!types) return hasTypes(manifest) ? ['types: none found'] : [];
  return problems
    .filter(
      ({ kind, resolutionKind }) => !acceptedTypeProblems.has(kind) && !unsupportedResolutions.has(resolutionKind),
    )
    .map(({ kind, entrypoint, resolutionKind }) => `types: ${kind} ${entrypoint ?? ''} ${resolutionKind ?? ''}`.trim());
}

function hasTypes(manifest) {
  return Object.values(manifest.exports ?? {}).some((target) => typeof target === 'object' && 'types' in target);
}

/** Code is what runs and what types it; source maps, sources and pictures are not counted as such. */
function measure(name, content, tarball) {
  const code = content.listFiles().filter((file) => /\/dist\/.*(\.js|\.d\.ts)$/.test(file));
  const codeBytes = code.reduce((sum, file) => sum + Buffer.byteLength(content.readFile(file)), 0);
  const packedBytes = tarball.byteLength;
  sizes.push({ name, codeBytes, packedBytes, unpackedBytes: gunzipSync(tarball).byteLength });
  if (exemptFromSize.has(name)) return [];
  const tooLarge = Object.entries({ code: codeBytes, tarball: packedBytes }).filter(
    ([, bytes]) => bytes >= largestBytes,
  );
  return tooLarge.map(([what, bytes]) => `${what} of ${kilobytes(bytes)}, at most ${kilobytes(largestBytes)} allowed`);
}

function printSizes() {
  console.log(`\n${'package'.padEnd(32)}${['code', 'tarball', 'unpacked'].map((head) => head.padStart(12)).join('')}`);
  for (const { name, codeBytes, packedBytes, unpackedBytes } of sizes) {
    const cells = [codeBytes, packedBytes, unpackedBytes].map((bytes) => kilobytes(bytes).padStart(12));
    console.log(`${name.padEnd(32)}${cells.join('')}${exemptFromSize.has(name) ? '  (weights: no limit)' : ''}`);
  }
}

function kilobytes(bytes) {
  return `${Math.ceil(bytes / 1000)} kB`;
}
