import { MissingFileError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { formatError } from './print-error';

const error = new MissingFileError({
  message: 'talk.mp4 cannot be read',
  hint: 'Check the path.',
  path: 'talk.mp4',
  cause: new Error('ENOENT'),
});

describe('formatError', () => {
  it('prints code, message and hint, and no stack trace', () => {
    expect(formatError(error)).toBe('error [MISSING_FILE] talk.mp4 cannot be read\n  Check the path.\n');
  });

  it('prints the traces of the error and its causes when asked', () => {
    const text = formatError(error, { verbose: true });
    expect(text).toMatch(/MissingFileError[^\n]*\n +at /);
    expect(text).toContain('Error: ENOENT');
  });

  it('owns up to a defect', () => {
    expect(formatError(new TypeError('x is undefined'))).toMatch(/^error \[INTERNAL\] x is undefined\n.*--verbose/);
  });
});
