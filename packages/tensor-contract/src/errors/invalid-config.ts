import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** A configuration has a value outside its range, or fields that contradict each other. */
export class InvalidConfigError extends NanoEmoxError {
  readonly code = 'INVALID_CONFIG';
  readonly field: string;

  constructor(facts: ErrorDetails & { field: string }) {
    super(facts);
    this.field = facts.field;
  }
}
