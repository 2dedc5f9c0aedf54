import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '@nano-emox/engine';
import type { Program, RunningProgram } from './run-program';

/** What runs that were killed again and again have been through. */
export interface KilledRuns {
  /** Hash of the weights at the end of each. */
  readonly weights: readonly string[];
  readonly kills: number;
  /** Kills before any line: the runtime was starting, or the checkpoint was being read. */
  readonly duringStart: number;
  /** Kills that left a half-written checkpoint. */
  readonly duringWrite: number;
  /** Lines that tell of a damaged file. */
  readonly damaged: number;
}

/** Runs `train-tiny` to its end without a disturbance. @returns hash of the weights */
export async function undisturbedRun(program: Program, folder: string, steps: number): Promise<string> {
  const { lines, ended } = program.start(folder, steps);
  let last = '';
  for await (const line of lines) last = line;
  const { code, errors } = await ended;
  if (code !== 0) throw new Error(`the run ended with code ${code}: ${errors}`);
  return hashIn(last);
}

/**
 * The same, killed at moments from `seed` and started anew. A run that reaches its end is followed by another, in a folder of
 * its own, until there were `kills`; the last one then ends in peace. A failure of any start is thrown.
 */
export async function killedRuns(
  program: Program,
  folder: string,
  { steps, kills, seed }: { readonly steps: number; readonly kills: number; readonly seed: number },
): Promise<KilledRuns> {
  const random = new Random(seed);
  const weights: string[] = [];
  const seen = { kills: 0, duringStart: 0, duringWrite: 0, damaged: 0 };
  const runFolder = () => join(folder, `run-${weights.length}`);
  while (seen.kills < kills) {
    await mkdir(runFolder(), { recursive: true });
    const { lines, last, code, errors } = await oneLife(program.start(runFolder(), steps), random);
    seen.damaged += lines.filter((line) => line.startsWith('checkpoint-damaged')).length;
    if (code === 0) weights.push(hashIn(last));
    else if (code !== null) throw new Error(`the run failed after ${seen.kills} kills: ${errors}`);
    if (code !== null) continue;
    seen.kills++;
    if (lines.length === 0) seen.duringStart++;
    if ((await readdir(runFolder())).some((name) => name.endsWith('.tmp'))) seen.duringWrite++;
  }
  weights.push(await undisturbedRun(program, runFolder(), steps));
  return { ...seen, weights };
}

/** One process from its start to its kill: some die while they start, most a moment after the training began. */
async function oneLife({ process: child, lines, ended }: RunningProgram, random: Random) {
  const diesEarly = random.uniform() < 0.15;
  const delayMs = random.uniform() * (diesEarly ? 400 : 150);
  const kill = () => void setTimeout(() => child.kill('SIGKILL'), delayMs);
  if (diesEarly) kill();
  const printed: string[] = [];
  for await (const line of lines) {
    if (printed.push(line) === 1 && !diesEarly) kill();
  }
  return { lines: printed, last: printed.at(-1) ?? '', ...(await ended) };
}

function hashIn(line: string): string {
  if (line.startsWith('weights ')) return line.slice('weights '.length);
  throw new Error(`the run ended with "${line}" instead of its weights`);
}
