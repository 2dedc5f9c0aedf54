import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** A file or folder does not exist. */
export class MissingFileError extends NanoEmoxError {
  readonly code = 'MISSING_FILE';
  readonly path: string;

  constructor(facts: ErrorDetails & { path: string }) {
    super(facts);
    this.path = facts.path;
  }
}
