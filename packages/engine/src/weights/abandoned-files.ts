import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFilePattern } from './atomic-file';
import { fileError } from './file-errors';

/**
 * Removes the temporary files that killed writers left in a folder; those of writers at work stay. A folder that does not
 * exist has none.
 * @returns names of the removed files
 * @throws InvalidFileError when the folder cannot be read
 */
export async function removeAbandonedFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw fileError(error, folder, 'read');
  });
  const abandoned: string[] = [];
  for (const name of names) {
    const processId = temporaryFilePattern.exec(name)?.[1];
    if (processId === undefined || !(await isAbandoned(join(folder, name), Number(processId)))) continue;
    await rm(join(folder, name), { force: true });
    abandoned.push(name);
  }
  return abandoned;
}

/** Whether the writer is gone. Containers hand out the same few process ids, so a file of our own id may be older than we are. */
async function isAbandoned(path: string, processId: number): Promise<boolean> {
  if (processId !== process.pid) return !isAlive(processId);
  const startedMs = Date.now() - 1000 * process.uptime();
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs < startedMs,
    () => false, // renamed by its writer in the meantime
  );
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0); // signal 0 only asks
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // alive, and somebody else's
  }
}
