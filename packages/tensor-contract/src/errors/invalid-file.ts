import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** A file is damaged, truncated or not of the format its name says. */
export class InvalidFileError extends NanoEmoxError {
  readonly code = 'INVALID_FILE';
  readonly path: string;

  constructor(facts: ErrorDetails & { path: string }) {
    super(facts);
    this.path = facts.path;
  }
}
