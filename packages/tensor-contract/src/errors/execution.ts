import { NanoEmoxError } from './nano-emox-error';

/** The runtime failed while it loaded or ran a graph. Names and shapes of the inputs are in the message, data never is. */
export class ExecutionError extends NanoEmoxError {
  readonly code = 'EXECUTION_FAILED';
}
