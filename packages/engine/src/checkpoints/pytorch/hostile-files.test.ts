import { readFile, truncate, writeFile } from 'node:fs/promises';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { allTensors, fixture, temporaryFolder } from '../__fixtures__/files';
import { pickle, torchZip, type ZipPart, zipFile } from '../__fixtures__/zip-files';
import { openCheckpoint } from '../open-checkpoint';

const { write } = await temporaryFolder();
const floats = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
const tensor = pickle.dictionary('a', pickle.tensor());

/** Reads everything that a file holds. */
async function readAll(bytes: Uint8Array) {
  const checkpoint = await openCheckpoint(await write(bytes));
  try {
    return await allTensors(checkpoint);
  } finally {
    await checkpoint.dispose();
  }
}

async function expectRefused(bytes: Uint8Array, reason: RegExp) {
  const reading = readAll(bytes);
  await expect(reading).rejects.toThrow(InvalidFileError);
  await expect(reading).rejects.toThrow(reason);
}

it('reads the files that the hostile ones below are made of', async () => {
  expect((await readAll(torchZip(tensor))).get('a')?.data).toEqual(Float32Array.of(1, 2, 3, 4));
});

describe('a hostile pickle', () => {
  const call = (module: string, name: string, argument = pickle.text('true')) => `c${module}\n${name}\n(${argument}tR`;

  it.each([
    ['a shell', call('posix', 'system'), /posix\.system/],
    ['eval', call('builtins', 'eval'), /builtins\.eval/],
    ['getattr', call('__builtin__', 'getattr'), /__builtin__\.getattr/],
    ['an import', call('importlib', 'import_module'), /importlib\.import_module/],
    ['a pickle in a pickle', call('torch.storage', '_load_from_bytes'), /_load_from_bytes/],
    ['a name of the prototype', call('', 'constructor'), /constructor/],
    ['a name by the stack', `${pickle.text('os')}${pickle.text('system')}\x93`, /os\.system/],
    ['an object of a class', '(ios\nsystem\n', /instruction 0x69/],
    ['an extension', '\x82\x01', /instruction 0x82/],
    ['a new object', 'ccollections\nOrderedDict\n)\x81', /instruction 0x81/],
    ['a call of a value', `${pickle.text('a')})R`, /calls what cannot be called/],
    ['a call of a storage type', 'ctorch\nFloatStorage\n)R', /calls what cannot be called/],
    ['attributes of a list', ']}b', /sets attributes/],
    ['attributes of a tensor', `${pickle.tensor()}}b`, /sets attributes/],
    ['an other persistent object', `(${pickle.text('module')}tQ`, /something else than a storage/],
    ['a key that is a list', '})K\x01s', /not a plain value/],
    ['an empty stack', 'R', /takes more values/],
    ['values beyond a mark', '}(s', /takes more values/],
    ['no mark', 't', /did not begin/],
    ['an empty slot', 'h\x07', /slot 7, which is empty/],
    ['appending to a tuple', ')K\x01a', /something else than a list/],
    ['items of a tuple', ')K\x01K\x02s', /something else than a dictionary/],
    ['a long text', `X\xff\xff\xff\x7f`, /cut off/],
    ['a huge integer', `\x8a\xff${'\0'.repeat(255)}`, /255 bytes/],
    ['an endless name', `c${'a'.repeat(1000)}\nb\n`, /without an end/],
    ['an old protocol', '\x80\x01N', /protocol 1/],
    ['a NumPy object', 'cnumpy\ndtype\n(X\x02\0\0\0O8tR', /not a number/],
  ])('with %s is refused, and runs nothing', (_, body, reason) => expectRefused(torchZip(body), reason));

  it('without an end is refused', () =>
    expectRefused(zipFile([{ name: 'a/data.pkl', data: Buffer.from('\x80\x02}', 'latin1') }]), /cut off/));

  it('that repeats values without end is refused, quickly', async () => {
    // Each list holds the one before it ten times: 2 kB for 10^60 values.
    const bomb = Array.from({ length: 60 }, () => `](${'h\0'.repeat(10)}eq\0`).join('');
    await expectRefused(torchZip(`]q\0${bomb}`), /nest deeper/);
    const wide = Array.from({ length: 12 }, () => `](${'h\0'.repeat(10)}eq\0`).join('');
    await expectRefused(torchZip(`]q\0${wide}`), /repeats values/);
  });

  it('that contains itself is refused', () => expectRefused(torchZip(']q\0h\0a'), /nest deeper/));

  it('with too many instructions is refused', () => expectRefused(torchZip('N0'.repeat(2_000_001)), /instructions/));

  it('cannot reach the prototype of what is returned', async () => {
    const body = `}(${pickle.text('__proto__')}${pickle.dictionary('polluted', '\x88')}${pickle.text('a')}${pickle.tensor()}u`;
    await using checkpoint = await openCheckpoint(await write(torchZip(body)));
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(checkpoint.metadata)).toBe(Object.prototype);
    expect(Object.hasOwn(checkpoint.metadata, '__proto__')).toBe(true);
  });
});

describe('a hostile tensor', () => {
  it.each([
    ['beyond its storage', { offset: 1 }, /reaches element 4/],
    ['with strides beyond it', { dims: [2, 2], strides: [3, 1] }, /reaches element 4/],
    ['repeated a thousand million times', { dims: [2 ** 30], strides: [0] }, /1073741824 elements/],
    ['of overflowing size', { dims: [2 ** 30, 2 ** 30, 2 ** 30], strides: [0, 0, 0] }, /elements in 4/],
    ['that overlaps itself', { dims: [3, 2], strides: [1, 1] }, /overlaps itself/],
    ['with a negative stride', { strides: [-1] }, /not a size/],
    ['with more strides than sizes', { strides: [1, 1] }, /as many sizes as strides/],
    ['of an absent storage', { key: '9' }, /storage "9" is missing/],
    ['of a storage elsewhere', { key: '../data.pkl' }, /is missing/],
    ['of a storage of another size', { elements: 5 }, /16 bytes instead of 20/],
    ['of an unknown type', { type: 'QUInt8Storage' }, /QUInt8Storage/],
  ])('%s is refused', (_, view, reason) =>
    expectRefused(torchZip(pickle.dictionary('a', pickle.tensor(view))), reason),
  );

  it('of two names at once is refused', () => {
    const nested = pickle.dictionary('a', pickle.dictionary('b', pickle.tensor()));
    const body = `${nested}${pickle.text('a.b')}${pickle.tensor()}s`;
    return expectRefused(torchZip(body), /two tensors have the name "a.b"/);
  });
});

describe('a hostile archive', () => {
  const storage: ZipPart = { name: 'archive/data/0', data: floats };
  const root: ZipPart = { name: 'archive/data.pkl', data: pickle.of(tensor) };
  const empty = new Uint8Array(0);

  it.each<[string, readonly ZipPart[], RegExp]>([
    ['compressed entry', [root, { ...storage, method: 8 }], /compressed/],
    ['encrypted entry', [root, { ...storage, flags: 1 }], /encrypted/],
    ['name that climbs', [root, storage, { name: '../../x', data: empty }], /not a name inside an archive/],
    ['absolute name', [root, storage, { name: '/etc/passwd', data: empty }], /not a name inside an archive/],
    ['name of a drive', [root, storage, { name: 'C:x', data: empty }], /not a name inside an archive/],
    ['name with a NUL', [root, storage, { name: 'a\0b', data: empty }], /not a name inside an archive/],
    ['name twice', [root, storage, storage], /occurs twice/],
    ['overlap', [root, storage, { ...storage, name: 'archive/data/1', headerOffset: 0 }], /overlaps/],
    ['size beyond the file', [root, { ...storage, sizeBytes: 0x7fff_ffff }], /overlaps what follows/],
    ['wrong checksum', [root, { ...storage, crc32: 1 }], /checksum/],
    ['other name in the header', [root, { ...storage, localName: 'archive/data/7' }], /another name/],
    ['program', [root, storage, { name: 'archive/constants.pkl', data: empty }], /TorchScript/],
    ['big-endian order', [root, storage, { name: 'archive/byteorder', data: Buffer.from('big') }], /byte order/],
    ['foreign content', [{ name: 'word/document.xml', data: empty }], /torch.save did not write/],
  ])('with a %s is refused', (_, parts, reason) => expectRefused(zipFile(parts), reason));

  it('with sizes of 64 bits is read, and refused when they are cut off', async () => {
    expect((await readAll(zipFile([root, { ...storage, zip64Bytes: 24 }]))).get('a')?.dims).toEqual([4]);
    await expectRefused(zipFile([root, { ...storage, zip64Bytes: 16 }]), /lacks a ZIP64 size/);
  });

  it('passes a wrong checksum when told to', async () => {
    const path = await write(zipFile([root, { ...storage, crc32: 1 }]));
    await using checkpoint = await openCheckpoint(path, { verifyChecksums: false });
    expect((await checkpoint.tensor('a')).dims).toEqual([4]);
  });
});

describe('a damaged file', () => {
  it.each(['training.pt', 'training-stream.pt', 'types.gguf', 'whole.safetensors'])(
    'cut anywhere is refused: %s',
    async (name) => {
      const bytes = await readFile(fixture(name));
      for (let part = 0; part < 24; part++) {
        const length = Math.floor((bytes.length * part) / 24);
        await expect(readAll(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(InvalidFileError);
      }
    },
  );

  it.each(['training.pt', 'training-stream.pt', 'types.gguf'])(
    'with changed bytes gives a typed error or tensors: %s',
    async (name) => {
      const bytes = await readFile(fixture(name));
      let state = 20261;
      for (let round = 0; round < 40; round++) {
        const changed = Uint8Array.from(bytes);
        for (let change = 0; change < 3; change++) {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes
          changed[state % changed.length] = state >>> 24;
        }
        const error = await readAll(changed).then(
          () => undefined,
          (cause) => cause,
        );
        if (error !== undefined) expect(error).toHaveProperty('hint');
      }
    },
  );

  it('reads a tensor behind 5 GB without reading those', async () => {
    // ZIP64 by hand would need its own writer; a stream of torch has no directory. The hole takes no space on disk.
    const path = await write(new Uint8Array(0));
    const big = 1.25 * 2 ** 30;
    const first = pickle.tensor({ key: 'x', elements: big, dims: [big], strides: [1] });
    const body = `}${pickle.text('big')}${first}s${pickle.text('small')}${pickle.tensor({ key: 'y' })}s`;
    const head = Buffer.concat([
      Buffer.from('\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.', 'latin1'),
      pickle.of(pickle.integer(1001)),
      pickle.of(pickle.dictionary('little_endian', '\x88')),
      pickle.of(body),
      pickle.of(`](${pickle.text('x')}${pickle.text('y')}e`),
    ]);
    const length = (value: number) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
    await writeFile(path, Buffer.concat([head, length(big)]));
    await truncate(path, head.length + 8 + big * 4);
    await writeFile(path, Buffer.concat([length(4), floats]), { flag: 'a' });
    const before = process.memoryUsage().rss;
    await using checkpoint = await openCheckpoint(path);
    expect(checkpoint.entries.get('big')?.dims).toEqual([big]);
    expect((await checkpoint.tensor('small')).data).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  });
});
