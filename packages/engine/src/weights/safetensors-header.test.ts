import { InvalidFileError, NanoEmoxError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors-codec';
import { MAX_HEADER_BYTES, parseSafetensorsHeader } from './safetensors-header';

/** A file with this header text (or bytes) and this many bytes of data. */
function fileOf(header: string | Uint8Array, dataBytes: number, declaredHeaderBytes?: bigint): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, declaredHeaderBytes ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const parse = (bytes: Uint8Array) => parseSafetensorsHeader(bytes, bytes.length, 'some/model.safetensors');
const entry = (dtype: string, shape: string, offsets: string) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
const a = `"a":${entry('F32', '[2]', '[0,8]')}`;

describe('parseSafetensorsHeader', () => {
  it('reads entries in the order of the data, and metadata', () => {
    const text = `{"b":${entry('U8', '[3]', '[8,11]')},${a},"__metadata__":{"note":"x"},"none":${entry('F64', '[0,5]', '[8,8]')}}  `;
    const { entries, metadata } = parse(fileOf(text, 11));
    expect([...entries.keys()]).toEqual(['a', 'none', 'b']);
    expect(entries.get('b')).toEqual({
      dtype: 'U8',
      shape: [3],
      offsetBytes: 8 + text.length + 8,
      sizeBytes: 3,
      elementBytes: 1,
    });
    expect(metadata).toEqual({ note: 'x' });
  });

  it('takes names of object methods for names', () => {
    const text = `{"constructor":${entry('U8', '[1]', '[0,1]')},"toString":${entry('U8', '[1]', '[1,2]')}}`;
    expect([...parse(fileOf(text, 2)).entries.keys()]).toEqual(['constructor', 'toString']);
    expect(parse(fileOf('{}', 0)).entries.size).toBe(0);
  });

  const hostile: [string, Uint8Array, RegExp][] = [
    ['no bytes', new Uint8Array(0), /too short/],
    ['seven bytes', new Uint8Array(7), /too short/],
    ['a header length past the end', fileOf('{}', 0, 3n), /past the end/],
    ['a header length over the limit', fileOf('{}', 0, BigInt(MAX_HEADER_BYTES + 1)), /exceeds the limit/],
    ['the largest header length', fileOf('{}', 0, 2n ** 64n - 1n), /exceeds the limit/],
    ['an empty header', fileOf('', 0), /does not start/],
    ['text', new TextEncoder().encode('just some text that is not a model'), /exceeds the limit/],
    ['a byte order mark', fileOf('\uFEFF{}', 0), /does not start/],
    ['white space first', fileOf(' {}', 0), /does not start/],
    ['broken JSON', fileOf(`{${a},}`, 8), /not JSON/],
    ['two objects', fileOf('{}{}', 0), /not JSON/],
    ['a header cut inside a string', fileOf('{"a', 0), /inside a string/],
    ['a wrong escape', fileOf('{"\\x":1}', 0), /not JSON/],
    ['bytes that are not UTF-8', fileOf(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), 0), /not JSON/],
    ['a list', fileOf('[]', 0), /does not start/],
    ['a name twice', fileOf(`{${a},${a}}`, 8), /"a" twice/],
    ['a name twice, once escaped', fileOf(`{${a},"\\u0061":${entry('F32', '[2]', '[0,8]')}}`, 8), /"a" twice/],
    [
      'a field twice',
      fileOf('{"a":{"dtype":"F32","dtype":"U8","shape":[2],"data_offsets":[0,8]}}', 8),
      /"dtype" twice/,
    ],
    ['the name __proto__', fileOf(`{"__proto__":${entry('F32', '[2]', '[0,8]')}}`, 8), /__proto__/],
    ['the escaped name __proto__', fileOf(`{"\\u005f_proto__":${entry('F32', '[2]', '[0,8]')}}`, 8), /__proto__/],
    ['metadata __proto__', fileOf('{"__metadata__":{"__proto__":"x"}}', 0), /__proto__/],
    ['metadata that is text', fileOf('{"__metadata__":"x"}', 0), /strings to strings/],
    ['metadata that is a list', fileOf('{"__metadata__":["x"]}', 0), /strings to strings/],
    ['metadata with a number', fileOf('{"__metadata__":{"x":1}}', 0), /strings to strings/],
    ['deep nesting', fileOf(`{"a":${'['.repeat(100_000)}`, 0), /deeper/],
    ['a tensor that is null', fileOf('{"a":null}', 0), /not described/],
    ['a tensor that is a list', fileOf('{"a":[]}', 0), /not described/],
    ['a missing field', fileOf('{"a":{"dtype":"F32","shape":[2]}}', 8), /data_offsets/],
    ['an unknown field', fileOf('{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1],"x":1}}', 1), /unknown field "x"/],
    ['an unknown dtype', fileOf(`{"a":${entry('F31', '[2]', '[0,8]')}}`, 8), /dtype "F31"/],
    ['a dtype of Object.prototype', fileOf(`{"a":${entry('toString', '[2]', '[0,8]')}}`, 8), /dtype "toString"/],
    ['a dtype of another size', fileOf(`{"a":${entry('F64', '[2]', '[0,8]')}}`, 8), /needs 16/],
    ['a negative size', fileOf(`{"a":${entry('F32', '[-2]', '[0,8]')}}`, 8), /negative or not whole/],
    ['a fractional size', fileOf(`{"a":${entry('F32', '[2.0]', '[0,8]')}}`, 8), /negative or not whole/],
    ['an exponent', fileOf(`{"a":${entry('F32', '[2e0]', '[0,8]')}}`, 8), /negative or not whole/],
    ['a size as text', fileOf(`{"a":${entry('F32', '["2"]', '[0,8]')}}`, 8), /list of sizes/],
    ['a size past 2^53', fileOf(`{"a":${entry('F32', '[9007199254740993]', '[0,8]')}}`, 8), /list of sizes/],
    ['a product that overflows', fileOf(`{"a":${entry('F32', '[4294967296,4294967296]', '[0,8]')}}`, 8), /overflows/],
    ['a shape that is a number', fileOf(`{"a":${entry('F32', '2', '[0,8]')}}`, 8), /list of sizes/],
    ['one offset', fileOf(`{"a":${entry('F32', '[2]', '[0]')}}`, 8), /two offsets/],
    ['three offsets', fileOf(`{"a":${entry('F32', '[2]', '[0,8,8]')}}`, 8), /two offsets/],
    ['offsets backwards', fileOf(`{"a":${entry('F32', '[2]', '[8,0]')}}`, 8), /needs 8/],
    ['offsets past the end', fileOf(`{"a":${entry('F32', '[4]', '[0,16]')}}`, 8), /past the end/],
    ['an overlap', fileOf(`{${a},"b":${entry('F32', '[2]', '[4,12]')}}`, 12), /overlaps/],
    ['the same range twice', fileOf(`{${a},"b":${entry('F32', '[2]', '[0,8]')}}`, 8), /overlaps/],
    ['an empty tensor inside another', fileOf(`{${a},"b":${entry('F32', '[0]', '[4,4]')}}`, 8), /overlaps/],
    ['a gap', fileOf(`{${a},"b":${entry('F32', '[1]', '[12,16]')}}`, 16), /gap/],
    ['a gap at the start', fileOf(`{"a":${entry('F32', '[2]', '[4,12]')}}`, 12), /gap/],
    ['trailing bytes', fileOf(`{${a}}`, 9), /follow the last tensor/],
    ['missing data', fileOf(`{${a}}`, 7), /past the end/],
  ];

  it.each(hostile)('refuses %s', (_, bytes, problem) => {
    const error = catchError(() => parse(bytes));
    expect(error).toBeInstanceOf(InvalidFileError);
    expect(error).toMatchObject({ code: 'INVALID_FILE', path: 'some/model.safetensors' });
    expect((error as InvalidFileError).hint).not.toBe('');
    expect((error as Error).message).toMatch(problem);
    expect((error as Error).message.length).toBeLessThan(600);
  });

  it('reads a large header in linear time (quadratic work would exceed the time limit) and leaves Object.prototype alone', () => {
    const count = 50_000;
    const tensors = Array.from({ length: count }, (_, i) => `"t${i}":${entry('U8', '[1]', `[${i},${i + 1}]`)}`);
    expect(parse(fileOf(`{${tensors.join(',')}}`, count)).entries.size).toBe(count);
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });
});

describe('500 seeded mutations of a valid file', () => {
  const valid = encodeSafetensors(
    new Map([
      [
        'layer.weight',
        { type: 'float32' as const, dims: [4, 3], data: Float32Array.from({ length: 12 }, (_, i) => i) },
      ],
      ['layer.ids', { type: 'int64' as const, dims: [2], data: BigInt64Array.of(1n, -2n) }],
      ['layer.mask', { type: 'bool' as const, dims: [3], data: Uint8Array.of(1, 0, 1) }],
      ['small', { type: 'float32' as const, dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
    ]),
    { note: 'valid' },
    { storage: (name) => (name === 'small' ? 'int8' : 'float32') },
  );

  it('each is read or refused with a typed error', () => {
    const random = mulberry32(7);
    const headerEnd = 8 + Number(new DataView(valid.buffer).getBigUint64(0, true));
    const outcomes = { read: 0, refused: 0 };
    for (let round = 0; round < 500; round++) {
      const bytes = mutate(valid, headerEnd, random);
      try {
        decodeSafetensors(bytes);
        outcomes.read++;
      } catch (error) {
        if (!NanoEmoxError.isInstance(error)) throw new Error(`mutation ${round} escaped`, { cause: error });
        outcomes.refused++;
      }
    }
    expect(outcomes.read).toBeGreaterThan(5); // some mutations only change values or names
    expect(outcomes.refused).toBeGreaterThan(300);
  });
});

/** One to three edits: overwrite, flip a bit, delete, insert, cut, or exchange a digit or sign of the header. */
function mutate(valid: Uint8Array, headerEnd: number, random: () => number): Uint8Array {
  let bytes = Array.from(valid);
  const at = (limit: number) => Math.floor(random() * limit);
  for (let edits = 1 + at(3); edits > 0; edits--) {
    const position = at(random() < 0.7 ? headerEnd : bytes.length);
    const kind = at(6);
    if (kind === 0) bytes[position] = at(256);
    else if (kind === 1) bytes[position] = (bytes[position] ?? 0) ^ (1 << at(8));
    else if (kind === 2) bytes.splice(position, 1 + at(8));
    else if (kind === 3) bytes.splice(position, 0, ...Array.from({ length: 1 + at(8) }, () => at(256)));
    else if (kind === 4 && random() < 0.3) bytes = bytes.slice(0, position);
    else bytes[position] = '0123456789-.e[]{}",:'.charCodeAt(at(20));
  }
  return Uint8Array.from(bytes);
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function catchError(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
