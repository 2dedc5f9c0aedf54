import { floatTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { producerOf } from './producer';

const weights = (last: number) => new Map([['a.weight', floatTensor(Float32Array.of(1, 2, last), [3])]]);

describe('producerOf', () => {
  it('does not depend on the order of keys, nor on fields that are undefined', () => {
    const first = producerOf({ encoder: { config: { size: 4, mel: { bands: 80 } } }, frames: 16 });
    const second = producerOf({ frames: 16, encoder: { config: { mel: { bands: 80 }, size: 4, depth: undefined } } });
    expect(second).toBe(first);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['a number', { frames: 16 }, { frames: 17 }],
    ['a number as text', { frames: 16 }, { frames: '16' }],
    ['the order of a list', { levels: [1, 2] }, { levels: [2, 1] }],
    ['where a value stands', { a: { b: 1 } }, { a: 1, b: 1 }],
    ['a value that is not finite', { limit: Number.POSITIVE_INFINITY }, { limit: null }],
    ['the last bit of a weight', { weights: weights(3) }, { weights: weights(3 + 2 ** -22) }],
    ['a shape', { x: floatTensor(new Float32Array(4), [4]) }, { x: floatTensor(new Float32Array(4), [2, 2]) }],
    ['the type of an array', { x: new Uint8Array(4) }, { x: new Int8Array(4) }],
    ['a pattern', { match: /a/ }, { match: /a/i }],
  ])('tells apart %s', (_, first, second) => {
    expect(producerOf(first)).not.toBe(producerOf(second));
    expect(producerOf(structuredClone(first))).toBe(producerOf(first));
  });

  it('refuses what is not data', () => {
    const ring: Record<string, unknown> = {};
    ring.ring = ring;
    for (const part of [() => 1, Symbol('x'), ring]) expect(() => producerOf({ part })).toThrow(InvalidArgumentError);
    const shared = { bands: 80 };
    expect(() => producerOf({ first: shared, second: shared })).not.toThrow();
  });
});
