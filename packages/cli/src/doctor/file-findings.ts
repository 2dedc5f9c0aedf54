import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFolder } from '@nano-emox/engine/runtime';
import { loadClip } from '@nano-emox/media';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { sampleClip } from 'nano-emox/sample-clip';
import { type Finding, tryOut } from './finding';

/** The decoder, tried on the sample clip, and the cache folder. */
export async function fileFindings(signal: AbortSignal): Promise<readonly Finding[]> {
  return [
    await tryOut({ section: 'Files', name: 'media decoder', needed: true }, () => decode(signal)),
    await tryOut({ section: 'Files', name: 'cache folder', needed: false }, () => cacheText(cacheFolder())),
  ];
}

async function decode(signal: AbortSignal): Promise<string> {
  const { video, audio } = await loadClip(sampleClip.path, { require: ['video', 'audio'], signal });
  const frames = video?.frames.dims[0];
  return `${frames} frames of ${video?.width} × ${video?.height} and ${audio?.durationSeconds.toFixed(1)} s of sound from the sample clip`;
}

/** @throws InvalidFileError where it cannot be written */
export async function cacheText(folder: string): Promise<string> {
  await requireWritable(folder, folder);
  const { files, sizeBytes } = await contentOf(folder);
  return `${folder}, ${files === 0 ? 'empty' : `${files} file${files === 1 ? '' : 's'}, ${(sizeBytes / 1e6).toFixed(1)} MB`}`;
}

/** A folder that is not there is made in the nearest one that is. */
async function requireWritable(folder: string, cache: string): Promise<void> {
  try {
    await access(folder, constants.W_OK);
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    if (isMissing && dirname(folder) !== folder) return requireWritable(dirname(folder), cache);
    throw new InvalidFileError({
      message: `${cache} cannot be written`,
      hint: 'Give yourself the permission, or name another folder in NANO_EMOX_CACHE.',
      path: cache,
      cause,
    });
  }
}

async function contentOf(folder: string): Promise<{ readonly files: number; readonly sizeBytes: number }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  let [files, sizeBytes] = [0, 0];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    // Another process may tidy up meanwhile.
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (found) [files, sizeBytes] = [files + 1, sizeBytes + found.size];
  }
  return { files, sizeBytes };
}
