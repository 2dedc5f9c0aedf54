import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** A service that the caller named could not be reached, refused the request or answered something else than asked. */
export class EndpointError extends NanoEmoxError {
  readonly code = 'ENDPOINT_FAILED';
  readonly endpoint: string;
  /** HTTP status of the last answer; `undefined` when none came. */
  readonly status: number | undefined;
  /** Requests made before giving up. */
  readonly attempts: number;

  constructor(facts: ErrorDetails & { endpoint: string; status?: number | undefined; attempts: number }) {
    super(facts);
    this.endpoint = facts.endpoint;
    this.status = facts.status;
    this.attempts = facts.attempts;
  }
}
