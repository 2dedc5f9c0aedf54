import { describe, expect, it } from 'vitest';
import { allocateData, bytesPerElement, type DataType, elementCount, floatTensor } from './host-tensor';

describe('host tensors', () => {
  it('wrap data without copying', () => {
    const data = Float32Array.of(1, 2);
    expect(floatTensor(data, [1, 2])).toEqual({ type: 'float32', dims: [1, 2], data });
    expect(floatTensor(data, [1, 2]).data).toBe(data);
  });

  it('count elements; a scalar has one, an empty axis none', () => {
    expect([elementCount([2, 3, 4]), elementCount([]), elementCount([5, 0])]).toEqual([24, 1, 0]);
  });

  it.each([
    ['float32', 4, Float32Array],
    ['float64', 8, Float64Array],
    ['float16', 2, Uint16Array],
    ['int64', 8, BigInt64Array],
    ['int32', 4, Int32Array],
    ['int8', 1, Int8Array],
    ['uint8', 1, Uint8Array],
    ['bool', 1, Uint8Array],
  ] as const)('%s takes %i bytes', (type: DataType, sizeBytes, ArrayType) => {
    const data = allocateData(type, 3);
    expect(data).toBeInstanceOf(ArrayType);
    expect([data.length, data.byteLength, bytesPerElement(type)]).toEqual([3, 3 * sizeBytes, sizeBytes]);
  });
});
