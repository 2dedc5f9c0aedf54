import { AbortedError } from './errors/aborted';

/** Throws {@link AbortedError} once `signal` is aborted. Called between runs, chunks, tokens and steps. */
export function throwIfAborted(signal: AbortSignal | undefined, where: string): void {
  if (signal?.aborted) {
    throw new AbortedError({
      message: `${where}: aborted`,
      hint: 'The signal passed by the caller was aborted; nothing was left half-done.',
      cause: signal.reason,
    });
  }
}
