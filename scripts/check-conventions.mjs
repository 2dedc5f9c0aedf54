/**
 * The conventions that a linter cannot know: who may import whom, which entries stay free of Node, what a package must
 * declare and bring. Prints every violation and ends with code 1 when there is one.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { listFiles, listPackages, readJson, repositoryPath, repositoryRoot } from './lib/workspace.mjs';

const components = [
  '@nano-emox/face-encoder',
  '@nano-emox/scene-encoder',
  '@nano-emox/audio-encoder',
  '@nano-emox/fusion-experts',
  '@nano-emox/adapters',
  '@nano-emox/lm-lora',
  '@nano-emox/duplex-attention',
  '@nano-emox/distillation',
];
const contract = '@nano-emox/tensor-contract';
const core = [contract, '@nano-emox/engine'];
const parts = [...core, ...components, '@nano-emox/media', '@nano-emox/tasks', '@nano-emox/weights-tiny'];

/** Parts of dependencies that a package declares to hold their version: newer ones of light-my-request (fastify) draw in a package for Node 22. */
const heldBack = new Map([['@nano-emox/server', ['light-my-request']]]);

/** What each package and app may import from the workspace (docs/architecture.md, packages). What lies in tooling and examples is free. */
const mayImport = new Map([
  [contract, []],
  ['@nano-emox/engine', [contract]],
  ['@nano-emox/media', core],
  ['@nano-emox/hub', core],
  ['@nano-emox/tasks', [contract]],
  ['@nano-emox/weights-tiny', []],
  ...components.map((name) => [name, core]),
  ['nano-emox', parts],
  ['@nano-emox/p2e', parts],
  ['@nano-emox/clip-renderer', [...core, '@nano-emox/media']],
  ['@nano-emox/recipes', [...parts, 'nano-emox', '@nano-emox/p2e', '@nano-emox/clip-renderer']],
  [
    '@nano-emox/cli',
    [...parts, 'nano-emox', '@nano-emox/p2e', '@nano-emox/recipes', '@nano-emox/hub', '@nano-emox/server'],
  ],
  ['@nano-emox/server', [contract, '@nano-emox/media', 'nano-emox']],
  [
    '@nano-emox/demo',
    [contract, 'nano-emox', '@nano-emox/server', '@nano-emox/face-encoder', '@nano-emox/weights-tiny'],
  ],
]);

/** Entries that must load in a browser; Node is reached through the sub-paths of the engine only. */
const portableEntries = ['tensor-contract', 'engine', 'face-encoder'].map((name) => `packages/${name}/src/index.ts`);

const oldestNode = '>=20.19';
const problems = [];
const packages = listPackages();
const workspaceNames = new Set(packages.map(({ name }) => name));
const importCache = new Map();

for (const entry of packages) {
  if (!entry.manifest.private) checkManifest(entry);
  if (!/^(tooling|examples)\//.test(entry.folder)) checkImports(entry);
}
for (const entry of portableEntries) checkPortable(join(repositoryRoot, entry));
checkMachinePaths();

for (const problem of problems) console.log(problem);
console.log(problems.length === 0 ? 'conventions: all kept' : `conventions: ${problems.length} broken`);
process.exitCode = problems.length === 0 ? 0 : 1;

function checkManifest({ folder, path, manifest }) {
  const expect = (holds, message) => holds || problems.push(`${folder}/package.json: ${message}`);
  if (!existsSync(join(path, 'README.md'))) problems.push(`${folder}: README.md is missing`);
  expect(manifest.type === 'module', 'expected "type": "module"');
  expect(manifest.license === 'MIT', 'expected "license": "MIT"');
  expect(manifest.description, 'expected a description (the root README shows it)');
  expect(manifest.engines?.node === oldestNode, `expected engines.node "${oldestNode}"`);
  expect(Array.isArray(manifest.files) && manifest.files.length > 0, 'expected a "files" list');
  expect(manifest.sideEffects !== undefined, 'expected "sideEffects"');
  expect(manifest.publishConfig?.access === 'public', 'expected publishConfig.access "public"');
  expect(manifest.repository?.directory === folder, `expected repository.directory "${folder}"`);
  expect(mayImport.has(manifest.name), 'has no place in the layer table of scripts/check-conventions.mjs');
  expect(manifest.exports?.['./package.json'], 'expected the export "./package.json"');
  for (const [subPath, target] of Object.entries(manifest.exports ?? {})) {
    if (typeof target === 'string') continue; // a plain file: package.json, a weights file
    const { browser, ...conditions } = target; // `browser` has to stand before `types`, and is a pair of its own
    for (const pair of browser ? [browser, conditions] : [conditions]) {
      expect(
        Object.keys(pair).join() === 'types,default',
        `expected the conditions of "${subPath}" to be "types", then "default" (which serves import and require() alike)`,
      );
    }
  }
}

/** Layer rule, and declared dependencies = imported packages. */
function checkImports({ name, folder, path, manifest }) {
  const runtime = { ...manifest.dependencies, ...manifest.peerDependencies, ...manifest.optionalDependencies };
  const rootManifest = readJson(join(repositoryRoot, 'package.json'));
  const development = { ...runtime, ...manifest.devDependencies, ...rootManifest.devDependencies };
  const mentioned = new Set();
  for (const file of listFiles(join(path, 'src'), isSkipped).filter((file) => file.endsWith('.ts'))) {
    const isTest = /\.(test|test-d)\.ts$/.test(file) || /__(fixtures|testing)__/.test(file);
    const { imports, strings } = readImports(file);
    if (!isTest) for (const text of strings) mentioned.add(packageNameOf(text));
    for (const { specifier } of imports) {
      if (specifier.startsWith('.') || isBuiltin(specifier)) continue;
      const target = packageNameOf(specifier);
      const where = repositoryPath(file);
      if (target === name) {
        if (!isTest) problems.push(`${where}: imports its own package by name; use a relative path`);
        continue;
      }
      if (!(target in (isTest ? development : runtime))) {
        problems.push(`${where}: imports ${target}, which ${folder}/package.json does not declare`);
      }
      if (!isTest && workspaceNames.has(target) && !mayImport.get(name)?.includes(target)) {
        problems.push(`${where}: imports ${target}, which is not below ${name} in the layers`);
      }
    }
  }
  // A package that turns on an optional feature of a sibling provides the peers that the feature needs.
  const siblings = packages.filter((entry) => entry.name in (manifest.dependencies ?? {}));
  const peersOfDependencies = new Set(siblings.flatMap((entry) => Object.keys(entry.manifest.peerDependencies ?? {})));
  for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    const isHeldBack = heldBack.get(name)?.includes(dependency);
    if (!mentioned.has(dependency) && !peersOfDependencies.has(dependency) && !isHeldBack) {
      problems.push(`${folder}/package.json: declares ${dependency}, which nothing in src imports`);
    }
  }
}

/** Follows run-time imports from an entry and reports the chain that reaches a Node module. */
function checkPortable(entry) {
  const visited = new Set();
  const visit = (file, chain) => {
    if (visited.has(file)) return;
    visited.add(file);
    for (const { specifier, typeOnly } of readImports(file).imports) {
      if (typeOnly) continue;
      if (isBuiltin(specifier)) {
        problems.push(
          `${[...chain, file].map(repositoryPath).join(' → ')}: reaches ${specifier} from a portable entry`,
        );
      } else if (specifier.startsWith('.')) {
        const target = resolveSource(dirname(file), specifier);
        if (target) visit(target, [...chain, file]);
        else problems.push(`${repositoryPath(file)}: cannot find ${specifier}`);
      }
    }
  };
  if (existsSync(entry)) visit(entry, []);
}

/** No committed file may hold a path of somebody's machine. */
function checkMachinePaths() {
  const names = ['work', 'root', 'home/[a-z]', 'Users/[A-Za-z]'].join('|');
  const pattern = new RegExp(`(?:^|[\\s"'\`=(:])(?:file://)?(?:[A-Z]:)?[\\\\/](?:${names})[A-Za-z]*[\\\\/]`);
  const listed = spawnSync('git', ['ls-files', '-z'], { cwd: repositoryRoot, encoding: 'utf8' });
  if (listed.status !== 0) return; // an unpacked archive, not a clone
  for (const file of listed.stdout.split('\0')) {
    const path = join(repositoryRoot, file);
    if (!/\.(ts|tsx|js|mjs|cjs|json|jsonl|md|py|ya?ml|html|css|sh|toml|txt)$/.test(file) || !existsSync(path)) continue;
    readFileSync(path, 'utf8')
      .split('\n')
      .forEach((line, index) => {
        if (pattern.test(line)) problems.push(`${file}:${index + 1}: holds a path of one machine`);
      });
  }
}

/** All module specifiers of a file, and all its string literals (a dependency may be loaded by a name in a variable). */
function readImports(file) {
  const known = importCache.get(file);
  if (known) return known;
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const imports = [];
  const strings = new Set();
  const visit = (node) => {
    if (ts.isStringLiteralLike(node)) strings.add(node.text);
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      imports.push({ specifier: node.moduleSpecifier.text, typeOnly: isTypeOnly(node) });
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument && ts.isStringLiteralLike(argument)) imports.push({ specifier: argument.text, typeOnly: false });
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      imports.push({ specifier: node.argument.literal.text, typeOnly: true });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const result = { imports, strings };
  importCache.set(file, result);
  return result;
}

function isTypeOnly(node) {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return node.importClause?.isTypeOnly === true;
}

function resolveSource(folder, specifier) {
  const base = join(folder, specifier);
  return [base, `${base}.ts`, join(base, 'index.ts')].find((path) => /\.(ts|json)$/.test(path) && existsSync(path));
}

function packageNameOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function isSkipped(name, isDirectory) {
  return isDirectory && (name === 'node_modules' || name === 'dist');
}
