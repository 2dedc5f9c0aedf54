/** Programs of README pages, in the forms in which people write them. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** The program of a page: its first `ts` block that imports something. */
export function shownProgram(path) {
  const blocks = readFileSync(path, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm);
  for (const [, source] of blocks) if (/^import /m.test(source)) return source;
  throw new Error(`${path} shows no program.`);
}

/** What a page tells to install: the packages behind its first `npm install`. */
export function shownInstall(path) {
  const [, names] = /^npm install (?:--global )?(.+)$/m.exec(readFileSync(path, 'utf8')) ?? [];
  if (!names) throw new Error(`${path} says nothing about npm install.`);
  return names.trim().split(/\s+/);
}

/** The program as JavaScript with `import`. */
export function asEsModule(source) {
  return transpile(source, ts.ModuleKind.ESNext);
}

/** The program as one writes it with `require()`: what follows the imports moves into an async function. */
export function asCommonJs(source) {
  const { statements } = ts.createSourceFile('program.ts', source, ts.ScriptTarget.ES2022);
  const body = statements.find((statement) => !ts.isImportDeclaration(statement))?.pos ?? source.length;
  const program = `${source.slice(0, body)}\nvoid (async () => {${source.slice(body)}})();\n`;
  return transpile(program.replaceAll('import.meta.dirname', '__dirname'), ts.ModuleKind.CommonJS);
}

function transpile(source, module) {
  const compilerOptions = { module, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  return ts.transpileModule(source, { compilerOptions, fileName: 'program.ts' }).outputText;
}
