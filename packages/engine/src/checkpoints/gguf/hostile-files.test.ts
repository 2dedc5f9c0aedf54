import { InvalidConfigError, InvalidFileError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../__fixtures__/files';
import { openCheckpoint } from '../open-checkpoint';
import { ggufTokenizer } from './gguf-tokenizer';

const { write } = await temporaryFolder();

const uint32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
const uint64 = (value: number | bigint) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const text = (value: string) => Buffer.concat([uint64(value.length), Buffer.from(value)]);
const field = (key: string, type: number, value: Buffer) => Buffer.concat([text(key), uint32(type), value]);
const tensor = (name: string, dims: readonly (number | bigint)[], type: number, offset: number | bigint) =>
  Buffer.concat([text(name), uint32(dims.length), ...dims.map(uint64), uint32(type), uint64(offset)]);

interface Parts {
  readonly version?: number;
  readonly fields?: readonly Buffer[];
  readonly tensors?: readonly Buffer[];
  readonly counts?: readonly [number | bigint, number | bigint];
}

function ggufFile({ version = 3, fields = [], tensors = [tensor('a', [4], 0, 0)], counts }: Parts): Buffer {
  const [tensorCount, fieldCount] = counts ?? [tensors.length, fields.length];
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(version),
    uint64(tensorCount),
    uint64(fieldCount),
    ...fields,
    ...tensors,
  ]);
  return Buffer.concat([head, Buffer.alloc(-head.length & 31), Buffer.from(Float32Array.of(1, 2, 3, 4).buffer)]);
}

const huge = 2n ** 62n;

describe('a GGUF file', () => {
  it('is read when whole, in version 2 and 3', async () => {
    for (const version of [2, 3]) {
      const checkpoint = await openCheckpoint(await write(ggufFile({ version })));
      expect((await checkpoint.tensor('a')).data).toEqual(Float32Array.of(1, 2, 3, 4));
      await checkpoint.dispose();
    }
  });

  it.each<[string, Parts, RegExp]>([
    ['of version 1', { version: 1 }, /version 1/],
    ['in big-endian order', { version: 0x0300_0000 }, /big-endian/],
    ['with endless tensors', { counts: [huge, 0] }, /does not fit the file/],
    ['with endless metadata', { counts: [0, huge] }, /does not fit the file/],
    ['with an endless text', { fields: [field('a', 8, uint64(huge))] }, /does not fit the file/],
    [
      'with an endless list',
      { fields: [field('a', 9, Buffer.concat([uint32(8), uint64(huge)]))] },
      /does not fit the file/,
    ],
    [
      'with nested lists',
      {
        fields: [field('a', 9, Buffer.concat(Array.from({ length: 9 }, () => Buffer.concat([uint32(9), uint64(1)]))))],
      },
      /nested too deeply/,
    ],
    ['with unknown metadata', { fields: [field('a', 99, uint32(1))] }, /type 99/],
    ['with a boolean of 2', { fields: [field('a', 7, Buffer.of(2))] }, /boolean is 2/],
    ['with a key twice', { fields: [field('a', 4, uint32(1)), field('a', 4, uint32(2))] }, /occurs twice/],
    ['with an odd alignment', { fields: [field('general.alignment', 4, uint32(24))] }, /alignment/],
    ['with an alignment of zero', { fields: [field('general.alignment', 4, uint32(0))] }, /alignment/],
    ['with a tensor twice', { tensors: [tensor('a', [4], 0, 0), tensor('a', [0], 0, 32)] }, /occurs twice/],
    [
      'with tensors over one another',
      { tensors: [tensor('a', [4], 0, 0), tensor('b', [4], 0, 0)] },
      /overlaps another/,
    ],
    ['with a tensor past its end', { tensors: [tensor('a', [5], 0, 0)] }, /past the end/],
    ['with a tensor far away', { tensors: [tensor('a', [4], 0, huge)] }, /impossible size|past the end/],
    ['with an overflowing tensor', { tensors: [tensor('a', [huge, huge, huge, huge], 0, 0)] }, /impossible size/],
    ['with a tensor that is not aligned', { tensors: [tensor('a', [1], 0, 4)] }, /not aligned/],
    ['with five axes', { tensors: [tensor('a', [1, 1, 1, 1, 1], 0, 0)] }, /5 axes/],
    ['with part of a block', { tensors: [tensor('a', [33], 8, 0)] }, /whole blocks/],
    ['without a name', { tensors: [tensor('', [4], 0, 0)] }, /empty or endless name/],
  ])('%s is refused', async (_, parts, reason) => {
    const opening = openCheckpoint(await write(ggufFile(parts)));
    await expect(opening).rejects.toThrow(InvalidFileError);
    await expect(opening).rejects.toThrow(reason);
  });

  it('names a tensor of a type that is not read, and refuses its values only', async () => {
    const checkpoint = await openCheckpoint(await write(ggufFile({ tensors: [tensor('a', [256], 16, 0)] })));
    expect(checkpoint.entries.get('a')?.storage).toBe('type 16');
    await expect(checkpoint.tensor('a')).rejects.toThrow(/type 16, which is not read.*Q4_K/);
    await checkpoint.dispose();
  });
});

describe('a tokenizer of a GGUF file', () => {
  const fields = (changes: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries({ model: 'gpt2', pre: 'qwen2', tokens: ['a', 'b', 'ab'], merges: ['a b'], ...changes }).map(
        ([key, value]) => [`tokenizer.ggml.${key}`, value],
      ),
    );

  it('has merges as pairs, and no ends where the file states none', () => {
    const { json, eosIds } = ggufTokenizer(fields({}));
    expect(json).toMatchObject({ model: { vocab: { a: 0, b: 1, ab: 2 }, merges: [['a', 'b']] } });
    expect(eosIds).toEqual([]);
  });

  it.each([
    { model: 'bert' },
    { pre: 'constructor' },
    { tokens: [] },
    { tokens: ['a', 'a', 'b'] },
    { merges: ['ab'] },
    { merges: undefined },
    { token_type: [1] },
    { eos_token_id: 3 },
    { model: 'llama', scores: [1] },
  ])('is refused with %j', (changes) => {
    expect(() => ggufTokenizer(fields(changes))).toThrow(InvalidConfigError);
  });
});
