import { NanoEmoxError } from './nano-emox-error';

/** An object was used after dispose(). */
export class DisposedError extends NanoEmoxError {
  readonly code = 'DISPOSED';
}
