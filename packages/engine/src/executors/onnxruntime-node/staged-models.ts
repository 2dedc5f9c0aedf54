import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExternalTensor, WrittenModel } from '../../onnx/write-model';

/** Folder of staged models within the cache. Each is a folder that may be removed when no process uses it. */
export const GRAPHS_FOLDER = 'graphs';
export const WEIGHTS_FILE = 'weights.bin';
const MODEL_FILE = 'model.onnx';
/** Ends the names of folders that are being written or removed. */
const INCOMPLETE = '.incomplete';

/** Whether a name is that of something being written or removed, or of what a killed process left. */
export const isIncomplete = (name: string): boolean => name.endsWith(INCOMPLETE);

const DAY_MS = 24 * 60 * 60 * 1000;
/** A model that nobody loaded for so long is removed when another is staged. */
const UNUSED_LIMIT_MS = 30 * DAY_MS;
/** What a killed process left is removed after this time; no writer takes as long. */
const INCOMPLETE_LIMIT_MS = DAY_MS;

/** Largest single write; one system call cannot take 2 GiB. */
const WRITE_BYTES = 64 * 1024 * 1024;

/** Path of the model in `folder`, marked as used now; undefined where there is none, or one of other sizes than were written. */
export async function findStagedModel(folder: string, { model, external }: WrittenModel): Promise<string | undefined> {
  const path = join(folder, MODEL_FILE);
  const sizes = await Promise.all([path, join(folder, WEIGHTS_FILE)].map(sizeOf));
  if (sizes[0] !== model.byteLength || sizes[1] !== weightsSize(external)) return undefined;
  const now = new Date();
  // A cache that may only be read still serves.
  await utimes(folder, now, now).catch(() => undefined);
  return path;
}

/** Writes a model so that `folder` appears whole or not at all; one that is damaged is replaced. */
export async function writeStagedModel(folder: string, written: WrittenModel): Promise<string> {
  const partial = `${folder}.${randomUUID()}${INCOMPLETE}`;
  try {
    await mkdir(partial, { recursive: true });
    await writeFileAt(join(partial, WEIGHTS_FILE), written.external);
    const { model } = written;
    await writeFileAt(join(partial, MODEL_FILE), [{ offsetBytes: 0, sizeBytes: model.byteLength, data: model }]);
    await rename(partial, folder).catch(async (error) => {
      // Somebody else staged the same model first, or what lies there is damaged.
      if ((await findStagedModel(folder, written)) !== undefined) return;
      await removeFolder(folder);
      await rename(partial, folder).catch(() => Promise.reject(error));
    });
  } finally {
    // What cannot be removed must not hide why writing failed.
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
  }
  return join(folder, MODEL_FILE);
}

/** Removes models that nobody loaded for a month, and what killed processes left. What cannot be removed stays. */
export async function removeUnusedModels(graphs: string): Promise<void> {
  for (const name of await readdir(graphs).catch(() => [])) {
    const folder = join(graphs, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Date.now() }));
    const limitMs = isIncomplete(name) ? INCOMPLETE_LIMIT_MS : UNUSED_LIMIT_MS;
    if (Date.now() - mtimeMs > limitMs) await removeFolder(folder).catch(() => undefined);
  }
}

/** Renamed first: a model is whole under its name as long as it has one. */
export async function removeFolder(folder: string): Promise<void> {
  const removed = isIncomplete(folder) ? folder : `${folder}.${randomUUID()}${INCOMPLETE}`;
  if (removed !== folder) {
    await rename(folder, removed).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error; // somebody else removed it
    });
  }
  await rm(removed, { recursive: true, force: true });
}

const sizeOf = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ size }) => size,
    () => undefined,
  );

function weightsSize(external: readonly ExternalTensor[]): number {
  const last = external[external.length - 1];
  return last ? last.offsetBytes + last.sizeBytes : 0;
}

async function writeFileAt(path: string, parts: readonly ExternalTensor[]): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (const part of parts) {
      const { data } = part; // read once: values may be made here, and are dropped with this turn
      for (let written = 0; written < data.byteLength; ) {
        const count = Math.min(data.byteLength - written, WRITE_BYTES);
        written += (await file.write(data, written, count, part.offsetBytes + written)).bytesWritten;
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
