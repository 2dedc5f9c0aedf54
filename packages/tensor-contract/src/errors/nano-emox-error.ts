const marker = Symbol.for('nano-emox.error');

/** Every stable error code. Codes never change meaning; new ones are added. */
export type ErrorCode =
  | 'SHAPE_MISMATCH'
  | 'DATA_TYPE_MISMATCH'
  | 'WEIGHTS_MISMATCH'
  | 'INVALID_CONFIG'
  | 'INVALID_ARGUMENT'
  | 'INVALID_FILE'
  | 'INVALID_MEDIA'
  | 'MISSING_TRACK'
  | 'MISSING_FILE'
  | 'MISSING_DEPENDENCY'
  | 'MISSING_MODALITY'
  | 'DEVICE_UNAVAILABLE'
  | 'EXECUTION_FAILED'
  | 'DISPOSED'
  | 'ABORTED'
  | 'NOT_DIFFERENTIABLE'
  | 'NON_FINITE'
  | 'ENDPOINT_FAILED';

/** Facts every error carries. */
export interface ErrorDetails {
  /** What failed and where, one sentence without a trailing stop. */
  readonly message: string;
  /** What to do next. */
  readonly hint: string;
  readonly cause?: unknown;
}

/**
 * Base of every error thrown on purpose by a nano-emox package. Branch on `code`, which is stable; `hint` says what to do next.
 * Recognised across duplicate installs through {@link NanoEmoxError.isInstance}.
 */
export abstract class NanoEmoxError extends Error {
  abstract readonly code: ErrorCode;
  readonly hint: string;
  readonly [marker] = true;

  constructor({ message, hint, cause }: ErrorDetails) {
    super(`${message}. ${hint}`, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.hint = hint;
  }

  /** Whether `value` is an error of this project, whichever copy of the package made it. */
  static isInstance(value: unknown): value is NanoEmoxError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[marker] === true;
  }
}
