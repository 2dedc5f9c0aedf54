import { NanoEmoxError } from '@nano-emox/tensor-contract';

/** An error as programs read it. */
export interface ErrorDocument {
  /** Stable; `INTERNAL` for a defect of the program. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const DEFECT_HINT = 'This is a defect of nano-emox. Run again with --verbose and report what it prints.';

/** The facts of any thrown value. */
export function describeError(error: unknown): ErrorDocument {
  if (NanoEmoxError.isInstance(error)) {
    // The message of a typed error ends in its hint, for those who print only the message.
    const ending = `. ${error.hint}`;
    const message = error.message.endsWith(ending) ? error.message.slice(0, -ending.length) : error.message;
    return { code: error.code, message, hint: error.hint };
  }
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error), hint: DEFECT_HINT };
}

/** An error in words, one fact a line; the stack trace and the causes only on request. */
export function formatError(error: unknown, { verbose = false } = {}): string {
  const { code, message, hint } = describeError(error);
  const lines = [`error [${code}] ${message}`, `  ${hint}`];
  if (verbose) {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
      lines.push(cause.stack ?? String(cause));
  }
  return `${lines.join('\n')}\n`;
}
