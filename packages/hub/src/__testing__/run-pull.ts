import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Inside the package, so that the program finds what the package depends on. */
const programsFolder = fileURLToPath(new URL('../../node_modules/.programs/', import.meta.url));

/** The sources as they are, made into a program that pulls in a process of its own. */
export async function pullProgram() {
  await mkdir(programsFolder, { recursive: true });
  const folder = await mkdtemp(join(programsFolder, 'pull-'));
  const outfile = join(folder, 'pull.mjs');
  const entry = fileURLToPath(new URL('pull-program.ts', import.meta.url));
  const form = { bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external' } as const;
  await build({ entryPoints: [entry], outfile, ...form, logLevel: 'error' });
  return {
    start: (...args: readonly string[]) => start([outfile, ...args]),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** One process that pulls. */
export interface PullProcess {
  readonly process: ChildProcess;
  /** Resolves when so many bytes have arrived. */
  readonly loaded: (bytes: number) => Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly events: readonly Record<string, unknown>[] }>;
}

function start(args: readonly string[]): PullProcess {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let waiting: (() => void) | undefined;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    waiting?.();
  });
  const events = () =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const loaded = (bytes: number) =>
    new Promise<void>((resolve) => {
      waiting = () => {
        if (events().some(({ loadedBytes }) => (loadedBytes as number) >= bytes)) resolve();
      };
      waiting();
    });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, events: events() }));
  return { process: child, loaded, ended };
}
