import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@nano-emox/engine';
import type { Program } from './run-program';

/** What a run that was killed again and again has been through. */
export interface KilledRun {
  /** Hash of the weights at its end. */
  readonly weights: string;
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
  if (code !== 0 || !last.startsWith('weights ')) throw new Error(`the run ended with code ${code}: ${errors}`);
  return last.slice('weights '.length);
}

/** The same, killed `kills` times at moments from `seed`, each time started anew. A failure of any start is thrown. */
export async function killedRun(
  program: Program,
  folder: string,
  { steps, kills, seed }: { readonly steps: number; readonly kills: number; readonly seed: number },
): Promise<KilledRun> {
  const random = new Random(seed);
  const seen = { kills: 0, duringStart: 0, duringWrite: 0, damaged: 0 };
  while (seen.kills < kills) {
    const { process: child, lines, ended } = program.start(folder, steps);
    // Some die while they start; most a moment after the training began, so that the run gets on.
    const diesEarly = random.uniform() < 0.15;
    const delayMs = random.uniform() * (diesEarly ? 400 : 120);
    const kill = () => sleep(delayMs).then(() => child.kill('SIGKILL'));
    if (diesEarly) void kill();
    let count = 0;
    for await (const line of lines) {
      if (line.startsWith('checkpoint-damaged')) seen.damaged++;
      if (count++ === 0 && !diesEarly) void kill();
    }
    const { code, errors } = await ended;
    if (code === 0) throw new Error(`the run was over before its kill ${seen.kills + 1}; give it more steps`);
    if (code !== null) throw new Error(`the run failed after ${seen.kills} kills: ${errors}`);
    seen.kills++;
    if (count === 0) seen.duringStart++;
    if ((await readdir(folder)).some((name) => name.endsWith('.tmp'))) seen.duringWrite++;
  }
  return { ...seen, weights: await undisturbedRun(program, folder, steps) };
}
