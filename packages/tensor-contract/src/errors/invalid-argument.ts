import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** A public function was called with a value it cannot use. */
export class InvalidArgumentError extends NanoEmoxError {
  readonly code = 'INVALID_ARGUMENT';
  readonly argument: string;

  constructor(facts: ErrorDetails & { argument: string }) {
    super(facts);
    this.argument = facts.argument;
  }
}
