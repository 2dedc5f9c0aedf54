import { describe, expect, it, vi } from 'vitest';
import { throwIfAborted } from '../abort';
import * as contract from '../index';

const facts = { message: 'encode: it failed', hint: 'Try again.' };

/** Every concrete class that the package exports, made with the facts that all share. */
const classes = Object.entries(contract).filter(
  ([name]) => name.endsWith('Error') && !['NanoEmoxError', 'ShapeMismatchError', 'WeightsMismatchError'].includes(name),
) as unknown as [string, new (facts: object) => contract.NanoEmoxError][];

describe('errors', () => {
  it('have codes of their own', () => {
    const codes = classes.map(([, Class]) => new Class(facts).code);
    expect(codes.length).toBeGreaterThan(10);
    expect(new Set([...codes, 'SHAPE_MISMATCH', 'WEIGHTS_MISMATCH']).size).toBe(codes.length + 2);
    for (const code of codes) expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
  });

  it.each(classes)('%s says what failed and what to do, and keeps its cause', (name, Class) => {
    const cause = new Error('below');
    const error = new Class({ ...facts, cause });
    expect(error).toBeInstanceOf(contract.NanoEmoxError);
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(error.message).toBe('encode: it failed. Try again.');
    expect(error.hint).toBe('Try again.');
    expect(error.cause).toBe(cause);
    expect('cause' in new Class(facts)).toBe(false);
    expect(contract.NanoEmoxError.isInstance(error)).toBe(true);
  });

  it('list everything that is wrong with weights at once', () => {
    const error = new contract.WeightsMismatchError({
      where: 'Adapter',
      missing: ['a', 'b'],
      unexpected: ['c'],
      misshapen: [{ name: 'd', expected: [2, 3], received: [3, 2] }],
    });
    expect(error.code).toBe('WEIGHTS_MISMATCH');
    expect(error.message).toContain('missing a, b; unexpected c; d is [3,2] instead of [2,3]');
  });

  it('are recognised across two copies of the package, and nothing else is', async () => {
    vi.resetModules();
    const copy = (await import('../index')) as typeof contract;
    const foreign = new copy.DisposedError(facts);
    expect(foreign).not.toBeInstanceOf(contract.NanoEmoxError);
    expect(contract.NanoEmoxError.isInstance(foreign)).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'DISPOSED', { code: 'DISPOSED' }]) {
      expect(contract.NanoEmoxError.isInstance(other)).toBe(false);
    }
  });
});

describe('throwIfAborted', () => {
  it('throws once the signal is aborted, with its reason', () => {
    const abort = new AbortController();
    expect(() => throwIfAborted(undefined, 'encode')).not.toThrow();
    expect(() => throwIfAborted(abort.signal, 'encode')).not.toThrow();
    const reason = new Error('enough');
    abort.abort(reason);
    expect(() => throwIfAborted(abort.signal, 'encode')).toThrow(
      expect.objectContaining({ code: 'ABORTED', cause: reason, message: expect.stringContaining('encode: aborted') }),
    );
  });
});
