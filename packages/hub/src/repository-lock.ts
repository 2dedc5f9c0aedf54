import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileError } from '@nano-emox/engine/weights';
import { ExecutionError, throwIfAborted } from '@nano-emox/tensor-contract';
import { lock } from 'proper-lockfile';

/** A lock that its holder has not renewed for so long is that of a process that was killed. */
const STALE_MS = 5_000;
const RENEW_MS = 1_500;
const POLL_MS = 200;

/** How a lock is waited for. */
export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once when somebody else holds it. */
  readonly onWait?: (() => void) | undefined;
}

/**
 * Does something while no other process does it.
 * @param path of the lock; its folder is made
 * @param use is given a signal that is aborted, too, when the lock was lost, as after a long sleep of the machine
 * @throws AbortedError, InvalidFileError (the folder cannot be written), ExecutionError (the lock was lost)
 */
export async function withLock<T>(
  path: string,
  { signal, onWait }: LockOptions,
  use: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const release = await acquire(path, { signal, onWait }, (cause) => lost.abort(cause));
  try {
    return await use(signal ? AbortSignal.any([signal, lost.signal]) : lost.signal);
  } catch (error) {
    if (!lost.signal.aborted) throw error;
    throw new ExecutionError({
      message: `${path}: the lock was lost while it was held`,
      hint: 'Pull again: what has arrived is kept.',
      cause: lost.signal.reason,
    });
  } finally {
    await release().catch(() => undefined); // a lost lock is somebody else's
  }
}

async function acquire(path: string, { signal, onWait }: LockOptions, onCompromised: (error: Error) => void) {
  await mkdir(dirname(path), { recursive: true }).catch((error) => {
    throw fileError(error, path, 'written');
  });
  for (let told = false; ; ) {
    throwIfAborted(signal, `waiting for ${path}`);
    try {
      return await lock(path, { stale: STALE_MS, update: RENEW_MS, realpath: false, onCompromised });
    } catch (error) {
      if ((error as { code?: string }).code !== 'ELOCKED') throw fileError(error, path, 'written');
      if (!told) onWait?.();
      told = true;
      await pause(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
