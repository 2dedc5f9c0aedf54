import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** A media file cannot be decoded. */
export class InvalidMediaError extends NanoEmoxError {
  readonly code = 'INVALID_MEDIA';
  readonly path: string;

  constructor(facts: ErrorDetails & { path: string }) {
    super(facts);
    this.path = facts.path;
  }
}
