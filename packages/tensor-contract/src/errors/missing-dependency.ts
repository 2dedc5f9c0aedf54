import { type ErrorDetails, NanoEmoxError } from './nano-emox-error';

/** An optional package is not installed or cannot be loaded; the hint names the install command. */
export class MissingDependencyError extends NanoEmoxError {
  readonly code = 'MISSING_DEPENDENCY';
  readonly dependency: string;

  constructor(facts: ErrorDetails & { dependency: string }) {
    super(facts);
    this.dependency = facts.dependency;
  }
}
