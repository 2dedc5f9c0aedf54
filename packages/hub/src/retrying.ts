import { setTimeout as pause } from 'node:timers/promises';
import { EndpointError, throwIfAborted } from '@nano-emox/tensor-contract';

/** A request that was not answered as asked; becomes an {@link EndpointError} when nobody tries again. */
export class RequestFailure extends Error {
  constructor(
    readonly problem: string,
    /** HTTP status of the last answer; `undefined` when none came. */
    readonly status: number | undefined,
    cause?: unknown,
  ) {
    super(problem, { cause });
  }
}

/** How often and how soon a request is repeated. */
export interface RetryOptions {
  /** Repetitions in a row that bring nothing. @default 4 */
  readonly maxRetries?: number | undefined;
  /** Pause before the first; each further one is twice as long. @default 500 */
  readonly retryDelayMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LONGEST_DELAY_MS = 30_000;

/**
 * Does something until it succeeds, cannot succeed, or has failed too often without progress.
 * @param what is asked for, for messages
 * @param progress a number that grows when a failed attempt still brought something
 * @throws EndpointError, AbortedError, and what is no {@link RequestFailure}
 */
export async function retrying<T>(
  what: { readonly endpoint: string; readonly name: string },
  { maxRetries = 4, retryDelayMs = 500, signal }: RetryOptions,
  attempt: () => Promise<T>,
  progress: () => number = () => 0,
): Promise<T> {
  let before = progress();
  for (let attempts = 1, failures = 0; ; attempts++) {
    throwIfAborted(signal, `pulling ${what.name}`);
    try {
      return await attempt();
    } catch (error) {
      throwIfAborted(signal, `pulling ${what.name}`);
      if (!(error instanceof RequestFailure)) throw error;
      failures = progress() > before ? 1 : failures + 1;
      before = progress();
      if (failures > maxRetries || !isWorthRetrying(error.status)) throw endpointError(what, error, attempts);
      const delayMs = Math.min(LONGEST_DELAY_MS, retryDelayMs * 2 ** (failures - 1));
      await pause(delayMs, undefined, { signal }).catch(() => undefined); // an abort is looked at above
    }
  }
}

/** No answer, an answer that broke off, too busy, or broken for the moment; a refusal stays one. */
const isWorthRetrying = (status: number | undefined): boolean =>
  status === undefined || status === 408 || status === 429 || status >= 500;

const hints: Readonly<Record<number, string>> = {
  401: 'Check the name of the repository. If it is not public, give a token (HF_TOKEN).',
  403: 'Accept the terms of the repository on its page, or use a token that may read it.',
  404: 'Check the repository, the revision and the file.',
  429: 'Wait a while, or give a token (HF_TOKEN).',
};

function endpointError(
  { endpoint, name }: { readonly endpoint: string; readonly name: string },
  { problem, status, cause }: RequestFailure,
  attempts: number,
): EndpointError {
  const times = attempts === 1 ? '' : ` after ${attempts} attempts`;
  return new EndpointError({
    message: `${name} could not be pulled from ${endpoint}${times}: ${problem}`,
    hint: hints[status ?? 0] ?? 'Check the connection and the address, and pull again: what has arrived is kept.',
    endpoint,
    status,
    attempts,
    cause,
  });
}
