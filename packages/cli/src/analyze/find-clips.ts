import { stat } from 'node:fs/promises';
import { basename, isAbsolute, join, normalize, resolve } from 'node:path';
import { InvalidMediaError } from '@nano-emox/tensor-contract';
import { glob, isDynamicPattern } from 'tinyglobby';

/** Endings of files that are taken from a folder. A file named on the command line may have any. */
const mediaEndings = [
  ...['mp4', 'm4v', 'mov', 'mkv', 'webm', 'avi', 'mpg', 'mpeg', 'ts', 'mts', 'm2ts', 'wmv', 'flv', 'ogv', '3gp'],
  ...['wav', 'mp3', 'm4a', 'aac', 'flac', 'ogg', 'oga', 'opus', 'wma', 'aif', 'aiff'],
];

/** A clip to analyse, or why an argument stands for none. */
export interface FoundClip {
  readonly path: string;
  /** What to call what is made of it: the path inside the folder that was named, else its last part. */
  readonly name: string;
  readonly error?: InvalidMediaError;
}

/**
 * The clips that arguments stand for, each once: a file for itself, a folder for the media files in it and below, a pattern
 * (`talks/**\/*.mp4`) for the files it matches. In the order of the arguments; within one, sorted by name.
 */
export async function findClips(args: readonly string[]): Promise<readonly FoundClip[]> {
  const found = new Map<string, FoundClip>();
  for (const argument of args) {
    for (const clip of await clipsOf(argument)) {
      const key = resolve(clip.path);
      if (!found.has(key)) found.set(key, clip);
    }
  }
  return [...found.values()];
}

async function clipsOf(argument: string): Promise<readonly FoundClip[]> {
  const entry = await stat(argument).catch(() => undefined);
  if (entry?.isDirectory()) {
    const names = await filesOf(`**/*.{${mediaEndings.join(',')}}`, argument);
    if (names.length > 0) return names.map((name) => ({ path: join(argument, name), name }));
    return [nothing(argument, `there is no video or audio file in ${argument}`)];
  }
  // A name that exists is a file, whatever characters it has; one that does not is reported by whoever opens it.
  if (entry || !isDynamicPattern(argument)) return [{ path: argument, name: basename(argument) }];
  const paths = await filesOf(process.platform === 'win32' ? argument.replaceAll('\\', '/') : argument);
  if (paths.length > 0) return paths.map((path) => ({ path, name: basename(path) }));
  return [nothing(argument, `no file matches ${argument}`)];
}

async function filesOf(pattern: string, folder?: string): Promise<readonly string[]> {
  const paths = await glob(pattern, {
    ...(folder !== undefined && { cwd: folder, caseSensitiveMatch: false }),
    absolute: isAbsolute(pattern), // else what it finds is named from here
    expandDirectories: false,
    followSymbolicLinks: false,
  });
  return paths.map((path) => normalize(path)).sort();
}

function nothing(argument: string, message: string): FoundClip {
  const hint = 'Check the path; quote a pattern so that the shell leaves it alone.';
  return { path: argument, name: argument, error: new InvalidMediaError({ message, hint, path: argument }) };
}
