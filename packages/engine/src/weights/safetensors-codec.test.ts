import { readFileSync } from 'node:fs';
import { floatTensor, type HostTensor, NanoEmoxError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { float16Bits, narrowToFloat16 } from './half-floats';
import { matricesAsInt8 } from './safetensors-chunks';
import { decodeSafetensors, encodeSafetensors } from './safetensors-codec';
import { parseSafetensorsHeader } from './safetensors-header';

const fixture = new Uint8Array(readFileSync(new URL('./__fixtures__/all-types.safetensors', import.meta.url)));

const codeOf = (action: () => unknown): string | undefined => {
  try {
    action();
  } catch (error) {
    if (NanoEmoxError.isInstance(error)) return error.code;
    throw error;
  }
  return undefined;
};

describe('a file of the official library (tooling/oracles/safetensors-types.py)', () => {
  const { tensors, metadata } = decodeSafetensors(fixture, 'fixture');
  const about = JSON.parse(metadata.about as string) as { values: Record<string, string[]> };
  const get = (name: string): HostTensor => tensors.get(name) as HostTensor;

  const parsers: Partial<Record<HostTensor['type'], (text: string) => number | bigint>> = {
    int64: BigInt,
    bool: (text) => (text === 'True' ? 1 : 0),
  };
  it.each([
    ['f64', 'float64', [3, 4]],
    ['f32', 'float32', [2, 3, 5]],
    ['i64', 'int64', [3, 3]],
    ['i32', 'int32', [5]],
    ['i16', 'int32', [7]],
    ['i8', 'int8', [11]],
    ['u8', 'uint8', [13]],
    ['bool', 'bool', [5]],
    ['scalar', 'float32', []],
    ['empty', 'float32', [0, 4]],
  ] as const)('%s arrives as %s with the values Python wrote', (name, type, dims) => {
    const tensor = get(name);
    expect({ type: tensor.type, dims: tensor.dims }).toEqual({ type, dims });
    expect([...tensor.data]).toEqual(about.values[name]?.map(parsers[type] ?? Number));
  });

  it.each(['f16', 'bf16'])('%s is widened to float32 exactly as PyTorch does', (name) => {
    expect(get(name)).toEqual(get(`${name}.float32`));
  });

  it('rounds float32 to float16 as PyTorch does', () => {
    const expected = Uint16Array.from(get('rounding.float16').data as Int32Array);
    expect(narrowToFloat16(get('rounding.source').data as Float32Array)).toEqual(expected);
  });

  it('restores int8 rows, and hides how they are stored', () => {
    const inner = decodeSafetensors(get('int8.file').data as Uint8Array);
    expect([...inner.tensors]).toEqual([['layer.weight', get('int8.restored')]]);
    expect(inner.metadata).toEqual({});
  });

  it('writes the bytes that the official library writes', () => {
    const bytes = get('plain.file').data as Uint8Array;
    const plain = decodeSafetensors(bytes);
    const shuffled = new Map([...plain.tensors].reverse());
    expect(encodeSafetensors(shuffled, plain.metadata)).toEqual(bytes);
  });

  it('convert turns float64 into float32 too', () => {
    const converted = decodeSafetensors(fixture, 'fixture', { names: ['f64', 'i64'], convert: 'float32' }).tensors;
    expect(converted.get('f64')).toEqual(floatTensor(Float32Array.from(get('f64').data as Float64Array), [3, 4]));
    expect(converted.get('i64')?.type).toBe('int64');
  });

  it('reads the same from bytes that are not aligned', () => {
    const shifted = new Uint8Array(fixture.length + 1);
    shifted.set(fixture, 1);
    expect(decodeSafetensors(shifted.subarray(1))).toEqual({ tensors, metadata });
  });
});

describe('encodeSafetensors', () => {
  const all = new Map<string, HostTensor>([
    ['float32', floatTensor(Float32Array.of(1.5, -0, 2 ** -149), [3])],
    ['float64', { type: 'float64', dims: [1, 1], data: Float64Array.of(Math.PI) }],
    ['int64', { type: 'int64', dims: [], data: BigInt64Array.of(-(2n ** 63n)) }],
    ['int32', { type: 'int32', dims: [2], data: Int32Array.of(-(2 ** 31), 7) }],
    ['int8', { type: 'int8', dims: [2], data: Int8Array.of(-128, 127) }],
    ['uint8', { type: 'uint8', dims: [0], data: new Uint8Array(0) }],
    ['bool', { type: 'bool', dims: [2], data: Uint8Array.of(1, 0) }],
  ]);

  it('comes back as it was, data aligned to 8 bytes', () => {
    const bytes = encodeSafetensors(all, { note: 'ä"' });
    expect(decodeSafetensors(bytes)).toEqual({ tensors: all, metadata: { note: 'ä"' } });
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
    expect(decodeSafetensors(encodeSafetensors(new Map()))).toEqual({ tensors: new Map(), metadata: {} });
  });

  it('writes views of larger buffers', () => {
    const part = new Float32Array([0, 1, 2, 3]).subarray(1, 3);
    expect(
      decodeSafetensors(encodeSafetensors(new Map([['a', floatTensor(part, [2])]]))).tensors.get('a')?.data,
    ).toEqual(Float32Array.of(1, 2));
  });

  it('stores float32 as float16, float16 bits as they are', () => {
    const data = Float32Array.of(0.1, -2.7, 65504, 1e-6);
    const bits: HostTensor = { type: 'float16', dims: [1], data: Uint16Array.of(float16Bits(0.1)) };
    const tensors = new Map<string, HostTensor>([
      ['a', floatTensor(data, [4])],
      ['bits', bits],
      ['ids', { type: 'int32', dims: [1], data: Int32Array.of(3) }],
    ]);
    const bytes = encodeSafetensors(tensors, {}, { storage: 'float16' });
    const dtypes = [...parseSafetensorsHeader(bytes, bytes.length, '').entries].map(([name, { dtype }]) => [
      name,
      dtype,
    ]);
    expect(dtypes).toEqual([
      ['ids', 'I32'],
      ['a', 'F16'],
      ['bits', 'F16'],
    ]);
    const read = decodeSafetensors(bytes).tensors;
    const values = read.get('a')?.data as Float32Array;
    values.forEach((value, index) => {
      expect(Math.abs(value - (data[index] as number))).toBeLessThanOrEqual(
        Math.max(Math.abs(value) * 2 ** -11, 2 ** -25),
      );
    });
    expect(read.get('bits')?.data[0]).toBe(read.get('a')?.data[0]);
  });

  it('stores matrices as int8 within half a step, across conversion chunks', () => {
    const rows = 3;
    const columns = 400_001; // more than one chunk of 2^20 elements, split inside a row
    const data = Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i) * 10 ** Math.floor(i / columns));
    const tensors = new Map([
      ['w', floatTensor(data, [rows, columns])],
      ['b', floatTensor(Float32Array.of(0.123), [1])],
    ]);
    const bytes = encodeSafetensors(tensors, {}, { storage: matricesAsInt8 });
    expect(bytes.length).toBeLessThan(data.length + 1000);
    const { tensors: read, metadata } = decodeSafetensors(bytes);
    expect([...read.keys()].sort()).toEqual(['b', 'w']);
    expect(metadata).toEqual({});
    expect(read.get('b')).toEqual(tensors.get('b'));
    let worst = 0;
    const values = read.get('w')?.data as Float32Array;
    values.forEach((value, index) => {
      const largest = 10 ** Math.floor(index / columns);
      worst = Math.max(worst, Math.abs(value - (data[index] as number)) / largest);
    });
    expect(worst).toBeLessThanOrEqual(0.5001 / 127);
    expect(worst).toBeGreaterThan(0.4 / 127);
  });

  const nan = new Map([['layer.bias', floatTensor(Float32Array.of(1, Number.NaN), [2])]]);
  const infinite = new Map<string, HostTensor>([
    ['w', { type: 'float64', dims: [1], data: Float64Array.of(Number.POSITIVE_INFINITY) }],
  ]);
  it('refuses and reads NaN and infinity only on request, naming the tensor', () => {
    expect(() => encodeSafetensors(nan)).toThrow(/"layer\.bias" \[2\] holds NaN at element 1/);
    const bytes = encodeSafetensors(nan, {}, { requireFinite: false });
    expect(codeOf(() => decodeSafetensors(bytes))).toBe('NON_FINITE');
    expect(decodeSafetensors(bytes, 'x', { requireFinite: false }).tensors).toEqual(nan);
    expect(codeOf(() => encodeSafetensors(infinite))).toBe('NON_FINITE');
  });

  const vector = floatTensor(Float32Array.of(1e5), [1]);
  const matrix = floatTensor(Float32Array.of(1, 2), [1, 2]);
  it.each<[string, () => unknown]>([
    ['dims that do not fit the data', () => encodeSafetensors(new Map([['a', floatTensor(new Float32Array(3), [2])]]))],
    ['dims that are not sizes', () => encodeSafetensors(new Map([['a', floatTensor(new Float32Array(1), [0.5, 2])]]))],
    ['a reserved name', () => encodeSafetensors(new Map([['__metadata__', vector]]))],
    ['metadata that is not text', () => encodeSafetensors(new Map(), { a: 1 as unknown as string })],
    ['metadata of the storage', () => encodeSafetensors(new Map(), { 'nano-emox.int8': 'a' })],
    ['float16 that overflows', () => encodeSafetensors(new Map([['a', vector]]), {}, { storage: 'float16' })],
    ['int8 vectors', () => encodeSafetensors(new Map([['a', vector]]), {}, { storage: 'int8' })],
    ['int8 names with commas', () => encodeSafetensors(new Map([['a,b', matrix]]), {}, { storage: 'int8' })],
    ['unknown storage', () => encodeSafetensors(new Map([['a', vector]]), {}, { storage: 'int4' as 'int8' })],
    [
      'int8 scales whose name is taken',
      () =>
        encodeSafetensors(
          new Map([
            ['a', matrix],
            ['a.scale', vector],
          ]),
          {},
          { storage: matricesAsInt8 },
        ),
    ],
  ])('refuses %s', (_, action) => {
    expect(codeOf(action)).toBe('INVALID_ARGUMENT');
  });
});

describe('decodeSafetensors', () => {
  const bytesOf = (tensors: [string, HostTensor][], metadata: Record<string, string>) => {
    // The writer refuses the reserved key, so a key of the same length takes its place and is exchanged in the bytes.
    const bytes = encodeSafetensors(new Map(tensors), metadata);
    const text = Buffer.from(bytes).toString('latin1').replace('nano-emox.INT8', 'nano-emox.int8');
    return new Uint8Array(Buffer.from(text, 'latin1'));
  };
  const codes: HostTensor = { type: 'int8', dims: [2, 1], data: Int8Array.of(1, 2) };
  const scales = floatTensor(Float32Array.of(0.5, 2), [2]);

  it('gives the requested tensors only', () => {
    expect([...decodeSafetensors(fixture, 'x', { names: ['f32'] }).tensors.keys()]).toEqual(['f32']);
    expect(() => decodeSafetensors(fixture, 'x', { names: ['f32', 'no.1', 'no.2'] })).toThrow(/missing no\.1, no\.2/);
    expect(codeOf(() => decodeSafetensors(fixture, 'x', { names: ['no'] }))).toBe('WEIGHTS_MISMATCH');
  });

  it('reads int8 storage made by hand', () => {
    const bytes = bytesOf(
      [
        ['w', codes],
        ['w.scale', scales],
      ],
      { 'nano-emox.INT8': 'w' },
    );
    expect([...decodeSafetensors(bytes).tensors]).toEqual([['w', floatTensor(Float32Array.of(0.5, 4), [2, 1])]]);
  });

  it.each<[string, [string, HostTensor][], string]>([
    ['a tensor that is absent', [['w.scale', scales]], 'w'],
    ['scales that are absent', [['w', codes]], 'w'],
    [
      'another type',
      [
        ['w', scales],
        ['w.scale', scales],
      ],
      'w',
    ],
    [
      'scales of another length',
      [
        ['w', codes],
        ['w.scale', floatTensor(Float32Array.of(1), [1])],
      ],
      'w',
    ],
    [
      'scales of another rank',
      [
        ['w', codes],
        ['w.scale', floatTensor(Float32Array.of(1, 1), [2, 1])],
      ],
      'w',
    ],
    [
      'an empty name',
      [
        ['w', codes],
        ['w.scale', scales],
      ],
      'w,',
    ],
    [
      'its own scales',
      [
        ['w', codes],
        ['w.scale', scales],
      ],
      'w,w.scale',
    ],
  ])('refuses int8 metadata with %s', (_, tensors, flagged) => {
    expect(codeOf(() => decodeSafetensors(bytesOf(tensors, { 'nano-emox.INT8': flagged })))).toBe('INVALID_FILE');
  });

  it('refuses scales that are not finite', () => {
    const bytes = bytesOf(
      [
        ['w', codes],
        ['w.scale', scales],
      ],
      { 'nano-emox.INT8': 'w' },
    );
    const bits = parseSafetensorsHeader(bytes, bytes.length, '').entries.get('w.scale')?.offsetBytes as number;
    new DataView(bytes.buffer).setUint32(bits, 0x7f80_0000, true);
    expect(codeOf(() => decodeSafetensors(bytes))).toBe('NON_FINITE');
  });

  it('refuses bools other than 0 and 1', () => {
    const tensors = new Map<string, HostTensor>([['m', { type: 'bool', dims: [2], data: Uint8Array.of(1, 0) }]]);
    const bytes = encodeSafetensors(tensors);
    bytes[bytes.length - 1] = 2;
    expect(codeOf(() => decodeSafetensors(bytes))).toBe('INVALID_FILE');
  });
});
