import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** A tensor has another element type than the receiver reads. */
export class DataTypeMismatchError extends NanoEmoxError {
  readonly code = 'DATA_TYPE_MISMATCH';
  readonly expected: string;
  readonly received: string;

  constructor(facts: ErrorDetails & { expected: string; received: string }) {
    super(facts);
    this.expected = facts.expected;
    this.received = facts.received;
  }
}
