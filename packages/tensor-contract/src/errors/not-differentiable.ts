import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** A gradient was asked through an operation that has none. */
export class NotDifferentiableError extends NanoEmoxError {
  readonly code = 'NOT_DIFFERENTIABLE';
  readonly operation: string;

  constructor(facts: ErrorDetails & { operation: string }) {
    super(facts);
    this.operation = facts.operation;
  }
}
