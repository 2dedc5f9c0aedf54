import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with test data of real people, or `undefined`: `NANO_EMOX_DATA`, else `shared/data` beside the repository. */
export function sharedDataFolder(): string | undefined {
  const fromEnvironment = process.env.NANO_EMOX_DATA;
  if (fromEnvironment) return existsSync(fromEnvironment) ? fromEnvironment : undefined;
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const data = join(folder, 'shared', 'data');
    if (existsSync(data)) return data;
    if (folder === dirname(folder)) return undefined;
  }
}

/** Paths of the clips of real people; empty where the data is absent. */
export function realClips(): string[] {
  const folder = sharedDataFolder();
  const clips = folder && join(folder, 'clips');
  return clips && existsSync(clips)
    ? readdirSync(clips)
        .sort()
        .map((name) => join(clips, name))
    : [];
}
