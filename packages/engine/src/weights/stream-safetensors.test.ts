import { floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { narrowToBfloat16, widenBfloat16 } from './half-floats';
import { matricesAsInt8, streamSafetensors, type TensorSource } from './safetensors-chunks';
import { decodeSafetensors, encodeSafetensors } from './safetensors-codec';
import { parseSafetensorsHeader } from './safetensors-header';

const tensors = new Map<string, HostTensor>([
  ['b', floatTensor(Float32Array.of(0.5, -1.25, 3), [3])],
  [
    'w',
    floatTensor(
      Float32Array.from({ length: 12 }, (_, index) => Math.sin(index)),
      [3, 4],
    ),
  ],
  ['ids', { type: 'int64', dims: [2], data: BigInt64Array.of(1n, -2n) }],
]);

async function streamed(sources: ReadonlyMap<string, TensorSource>, options = {}): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of streamSafetensors(sources, { note: 'x' }, options)) chunks.push(chunk.slice());
  return Buffer.concat(chunks);
}

/** Sources that tell how many tensors are in memory at once. */
function countingSources() {
  const reads: string[] = [];
  const sources = new Map(
    [...tensors].map(([name, tensor]): [string, TensorSource] => [
      name,
      {
        type: tensor.type,
        dims: tensor.dims,
        read: async () => {
          reads.push(name);
          return tensor;
        },
      },
    ]),
  );
  return { reads, sources };
}

describe('streamSafetensors', () => {
  it.each([['float32'], ['float16'], ['bfloat16'], [matricesAsInt8]] as const)(
    'writes the bytes of the writer in memory (%s)',
    async (storage) => {
      const bytes = await streamed(countingSources().sources, { storage });
      expect(bytes.equals(encodeSafetensors(tensors, { note: 'x' }, { storage }))).toBe(true);
    },
  );

  it('reads a tensor when it is its turn, and not before the one in front is written', async () => {
    const { reads, sources } = countingSources();
    const chunks = streamSafetensors(sources);
    await chunks.next();
    expect(reads).toEqual([]);
    await chunks.next();
    expect(reads).toEqual(['ids']);
    await chunks.next();
    expect(reads).toEqual(['ids', 'b']);
  });

  it('refuses values that are not what was announced', async () => {
    const wrong = new Map([['a', { type: 'float32' as const, dims: [4], read: async () => tensors.get('b')! }]]);
    await expect(streamed(wrong)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('bfloat16', () => {
  it('comes back exactly for all 65536 bit patterns, NaN as NaN', () => {
    const bits = Uint16Array.from({ length: 0x1_0000 }, (_, index) => index);
    const values = new Float32Array(bits.length);
    widenBfloat16(bits, values);
    const back = narrowToBfloat16(values);
    const lost = bits.findIndex((value, index) =>
      Number.isNaN(values[index]) ? (back[index]! & 0x7fff) <= 0x7f80 : back[index] !== value,
    );
    expect(lost).toBe(-1);
  });

  it('rounds to the nearest, ties to even', () => {
    const one = 0x3f80; // 1; its neighbour is 2^-7 above
    const step = 2 ** -7;
    expect([
      ...narrowToBfloat16(Float32Array.of(1 + step / 2, 1 + 1.5 * step, 1 + 0.51 * step, 1 + 0.49 * step)),
    ]).toEqual([one, one + 2, one + 1, one]);
  });

  it('is a storage of files', () => {
    const bytes = encodeSafetensors(tensors, {}, { storage: 'bfloat16' });
    expect(parseSafetensorsHeader(bytes, bytes.length, '').entries.get('w')?.dtype).toBe('BF16');
    expect(decodeSafetensors(bytes).tensors.get('b')).toEqual(tensors.get('b'));
    const large = new Map([['a', floatTensor(Float32Array.of(3.4e38), [1])]]);
    expect(() => encodeSafetensors(large, {}, { storage: 'bfloat16' })).toThrow(/exceeds 16 bits/);
  });

  it('tells a value that does not fit from an infinity that was there', () => {
    const options = { storage: 'bfloat16', requireFinite: false } as const;
    const stored = (...values: number[]) =>
      encodeSafetensors(new Map([['a', floatTensor(Float32Array.from(values), [values.length])]]), {}, options);
    expect([...stored(1, Number.POSITIVE_INFINITY).subarray(-4)]).toEqual([0x80, 0x3f, 0x80, 0x7f]);
    expect(() => stored(1, Number.NEGATIVE_INFINITY, -3.4e38)).toThrow(/-3\.\d+e\+38 in tensor "a" exceeds 16 bits/);
  });
});
