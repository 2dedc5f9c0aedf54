import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A program of the tests that was made ready to run in processes of its own. */
export interface Program {
  /** File that Node runs. */
  readonly path: string;
  /** Starts it with arguments. */
  start(...args: readonly (string | number)[]): RunningProgram;
  remove(): Promise<void>;
}

/** One process; the caller waits for its end. */
export interface RunningProgram {
  readonly process: ChildProcess;
  /** Lines of standard output as they come. */
  readonly lines: AsyncIterable<string>;
  /** Resolves at the end; `code` is null when it was killed. */
  readonly ended: Promise<{ readonly code: number | null; readonly errors: string }>;
}

/** Inside the package, so that the program finds what the package depends on. */
const programsFolder = fileURLToPath(new URL('../../node_modules/.programs/', import.meta.url));

/**
 * Bundles a TypeScript file, from the sources of this package as they are, into a program for Node. `source` is relative to
 * the test.
 */
export async function programOf(source: URL): Promise<Program> {
  await mkdir(programsFolder, { recursive: true });
  const folder = await mkdtemp(join(programsFolder, 'program-'));
  const outfile = join(folder, 'program.mjs');
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });
  return {
    path: outfile,
    start: (...args) => start([outfile, ...args.map(String)]),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function start(args: readonly string[]): RunningProgram {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  return {
    process: child,
    lines: createInterface({ input: child.stdout }),
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, errors })),
  };
}
