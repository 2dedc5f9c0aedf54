import { NanoEmoxError } from './nano-emox-error';

/** The caller's AbortSignal stopped the work. */
export class AbortedError extends NanoEmoxError {
  readonly code = 'ABORTED';
}
