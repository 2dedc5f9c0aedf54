import { floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { appendRows } from './append-rows';

const row = (value: number) => floatTensor(Float32Array.of(value, -value), [1, 2]);

describe('appendRows', () => {
  it('puts rows behind rows, from none on', () => {
    let tensor: HostTensor = floatTensor(new Float32Array(0), [0, 2]);
    for (let value = 1; value <= 3; value++) tensor = appendRows(tensor, row(value));
    expect(tensor).toEqual(floatTensor(Float32Array.of(1, -1, 2, -2, 3, -3), [3, 2]));
    const integers: HostTensor = { type: 'int64', dims: [1], data: BigInt64Array.of(7n) };
    expect(appendRows(integers, integers)).toEqual({ type: 'int64', dims: [2], data: BigInt64Array.of(7n, 7n) });
  });

  it('moves to new memory a few times only, and never writes to that of the caller', () => {
    const whole = Float32Array.of(1, -1, 9, 9);
    let tensor: HostTensor = floatTensor(whole.slice(0, 2), [1, 2]);
    const memories = new Set<ArrayBufferLike>();
    for (let value = 2; value <= 1000; value++) {
      tensor = appendRows(tensor, row(value));
      memories.add(tensor.data.buffer);
    }
    expect(memories.size).toBeLessThan(12);
    expect(tensor.dims).toEqual([1000, 2]);
    expect(tensor.data.filter((_, index) => index % 2 === 0)).toEqual(
      Float32Array.from({ length: 1000 }, (_, i) => i + 1),
    );
    expect(whole).toEqual(Float32Array.of(1, -1, 9, 9));
  });
});
