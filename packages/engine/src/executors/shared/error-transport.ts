import {
  AbortedError,
  DataTypeMismatchError,
  DisposedError,
  ExecutionError,
  InvalidArgumentError,
  NanoEmoxError,
  ShapeMismatchError,
} from '@nano-emox/tensor-contract';

/** An error as plain data, to cross a thread border without losing its class, code and facts. */
export interface PlainError {
  readonly code: string;
  readonly facts: Record<string, unknown>;
}

/** Structured clone keeps neither classes nor getters, so the facts are copied one by one. */
export function toPlainError(error: unknown): PlainError {
  if (!NanoEmoxError.isInstance(error))
    return { code: 'EXECUTION_FAILED', facts: { message: String(error), hint: 'Please report this message.' } };
  const { code, hint, message } = error;
  const own = Object.fromEntries(Object.entries(error).filter(([name]) => name !== 'cause'));
  return { code, facts: { ...own, hint, message: message.slice(0, message.length - hint.length - 2) } };
}

const classes: Readonly<Record<string, new (facts: never) => NanoEmoxError>> = {
  ABORTED: AbortedError,
  DATA_TYPE_MISMATCH: DataTypeMismatchError,
  DISPOSED: DisposedError,
  EXECUTION_FAILED: ExecutionError,
  INVALID_ARGUMENT: InvalidArgumentError,
  SHAPE_MISMATCH: ShapeMismatchError,
};

export function fromPlainError({ code, facts }: PlainError): NanoEmoxError {
  const Class = classes[code] ?? ExecutionError;
  return new Class(facts as never);
}
