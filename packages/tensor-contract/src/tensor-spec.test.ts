import { describe, expect, it } from 'vitest';
import { DataTypeMismatchError } from './errors/data-type-mismatch';
import { ShapeMismatchError } from './errors/shape-mismatch';
import { floatTensor, type HostTensor } from './host-tensor';
import { bindAxes, bool, f32, i64, u8 } from './tensor-spec';

const tensor = (...dims: number[]) => floatTensor(new Float32Array(dims.reduce((a, b) => a * b, 1)), dims);

describe('specs', () => {
  it('hold element type and axes', () => {
    expect(f32('batch', 3)).toEqual({ type: 'float32', axes: ['batch', 3] });
    expect([i64(), u8(1), bool('time')].map(({ type }) => type)).toEqual(['int64', 'uint8', 'bool']);
  });
});

describe('bindAxes', () => {
  const bind = (value: HostTensor, ...rest: Parameters<typeof bindAxes> extends [unknown, ...infer R] ? R : never) =>
    bindAxes(value, ...rest);

  it('reads the sizes of named axes', () => {
    expect(bind(tensor(2, 8, 256), f32('batch', 'time', 256), 'encode', 'x')).toEqual({ batch: 2, time: 8 });
    expect(bind(tensor(), f32(), 'encode', 'x')).toEqual({});
    expect(bind(tensor(0, 3), f32('batch', 3), 'encode', 'x')).toEqual({ batch: 0 });
  });

  it('holds a name to one size, within a tensor and between tensors', () => {
    expect(bind(tensor(4, 4), f32('side', 'side'), 'encode', 'x')).toEqual({ side: 4 });
    expect(() => bind(tensor(4, 5), f32('side', 'side'), 'encode', 'x')).toThrow(ShapeMismatchError);
    const known = { batch: 2 };
    expect(bind(tensor(2, 9), f32('batch', 'time'), 'encode', 'x', known)).toEqual({ batch: 2, time: 9 });
    expect(known).toEqual({ batch: 2 });
    expect(() => bind(tensor(3, 9), f32('batch', 'time'), 'encode', 'x', known)).toThrow(
      'encode: x has shape [3, 9], expected [batch=2, time]',
    );
  });

  it('refuses another rank, another fixed size and another type', () => {
    expect(() => bind(tensor(2, 8), f32('batch', 'time', 256), 'encode', 'x')).toThrow(ShapeMismatchError);
    expect(() => bind(tensor(2, 8, 255), f32('batch', 'time', 256), 'FaceEncoder.encode', 'frames')).toThrow(
      'FaceEncoder.encode: frames has shape [2, 8, 255], expected [batch, time, 256]. ' +
        'Pass frames with the axes [batch, time, 256].',
    );
    const bytes: HostTensor = { type: 'uint8', dims: [1], data: new Uint8Array(1) };
    expect(() => bind(bytes, f32('batch'), 'encode', 'x')).toThrow(DataTypeMismatchError);
    expect(() => bind(bytes, f32('batch'), 'encode', 'x')).toThrow('encode: x is uint8, expected float32');
  });
});
