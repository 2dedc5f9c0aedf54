import { NanoEmoxError } from './nano-emox-error';

/** NaN or infinity where only finite numbers are meaningful. */
export class NonFiniteError extends NanoEmoxError {
  readonly code = 'NON_FINITE';
}
