import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '@nano-emox/engine';
import type { Program } from '../../__fixtures__/run-program';
import { isIntact } from '../feature-file';
import { clipKeys } from './clip-features';

/** Content of all feature files of a folder by path inside it. */
export async function contentOf(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const finished = paths.filter((path) => !path.includes('unfinished')).sort();
  return new Map(
    await Promise.all(
      finished.map(async (path) => [path.slice(folder.length), await readFile(path)] as [string, Buffer]),
    ),
  );
}

/** How many of the files belong, whole, to one of the clips. */
export function countIntact(content: ReadonlyMap<string, Buffer>, clips: number): number {
  const identities = clipKeys(clips).map((key) => JSON.stringify(['fill-cache', key]));
  return [...content.values()].filter((bytes) => identities.some((identity) => isIntact(bytes, identity))).length;
}

/** Facts of {@link killRounds}. */
export interface KillCount {
  /** Processes that died in the middle of their work. */
  readonly kills: number;
  /** Moments after a kill at which a file in the cache was not whole. */
  readonly torn: number;
}

/** Starts the filling program again and again and kills it at a random moment, until it was killed `kills` times. */
export async function killRounds(program: Program, folder: string, clips: number, kills: number): Promise<KillCount> {
  const random = new Random(kills);
  const counts = { kills: 0, torn: 0 };
  while (counts.kills < kills) {
    const running = program.start(folder, clips, 5);
    const clipsBefore = random.integer(4);
    for await (const line of running.lines) {
      const { computedClips = 0 } = JSON.parse(line) as { computedClips?: number };
      if (computedClips >= clipsBefore) break;
    }
    await sleep(random.uniform() * 10); // about as long as a clip takes from its computation to its file
    running.process.kill('SIGKILL');
    const { code, errors } = await running.ended;
    if (errors !== '') throw new Error(errors);
    if (code === null) counts.kills++;
    const content = await contentOf(folder);
    if (countIntact(content, clips) !== content.size) counts.torn++;
    if (code === 0) break; // nothing left to interrupt
  }
  return counts;
}
