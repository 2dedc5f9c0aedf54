import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { allTensors, expectedTensors, fixture, temporaryFolder } from './__fixtures__/files';
import { fileSha256, verifySha256 } from './checksum';
import { openCheckpoint } from './open-checkpoint';

const { folder, write } = await temporaryFolder();
const whole = await expectedTensors('whole.safetensors');
const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'] as const;
const indexName = 'model.safetensors.index.json';

async function readAll(source: string | readonly string[]) {
  const checkpoint = await openCheckpoint(source);
  try {
    return await allTensors(checkpoint);
  } finally {
    await checkpoint.dispose();
  }
}

/** A folder with copies of the safetensors shards and their index, the latter changed. */
async function shardFolder(name: string, change: (index: { weight_map: Record<string, string> }) => void = () => {}) {
  const path = join(folder, name);
  await mkdir(path);
  for (const shard of shards) await copyFile(fixture(`sharded/${shard}`), join(path, shard));
  const index = JSON.parse(await readFile(fixture(`sharded/${indexName}`), 'utf8'));
  change(index);
  await writeFile(join(path, indexName), JSON.stringify(index));
  return path;
}

describe('openCheckpoint', () => {
  it.each([
    ['one file', fixture('whole.safetensors')],
    ['an index of safetensors', fixture(`sharded/${indexName}`)],
    ['an index of files of torch', fixture('sharded/pytorch_model.bin.index.json')],
    ['the folder', fixture('sharded')],
    ['all shards', shards.map((shard) => fixture(`sharded/${shard}`))],
  ])('reads %s', async (_, source) => {
    expect(await readAll(source)).toEqual(whole);
  });

  it('tells the format by the content, whatever the name', async () => {
    const path = await write(await readFile(fixture('types.gguf')), 'weights.safetensors');
    const checkpoint = await openCheckpoint(path);
    expect(checkpoint.format).toBe('gguf');
    expect(checkpoint.files).toEqual([path]);
    await checkpoint.dispose();
  });

  it('finds the one file of weights in a folder, and says when it cannot', async () => {
    const path = join(folder, 'lonely');
    await mkdir(path);
    await expect(openCheckpoint(path)).rejects.toThrow(/folder without weights/);
    await copyFile(fixture('types.gguf'), join(path, 'a.gguf'));
    expect((await readAll(path)).has('Q4_1')).toBe(true);
    await copyFile(fixture('types.gguf'), join(path, 'b.gguf'));
    await expect(openCheckpoint(path)).rejects.toThrow(/several files of weights: a.gguf, b.gguf/);
  });

  it('refuses files that hold tensors of one name, no file, and a file that is not there', async () => {
    const path = fixture('whole.safetensors');
    await expect(openCheckpoint([path, path])).rejects.toThrow(InvalidArgumentError);
    await expect(openCheckpoint([])).rejects.toThrow(InvalidArgumentError);
    await expect(openCheckpoint(join(folder, 'absent.pt'))).rejects.toThrow(MissingFileError);
  });

  it.each([
    [
      'a pointer of Git LFS',
      `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 988097824\n`,
      /Git LFS.*988097824 bytes.*git lfs pull/s,
    ],
    ['a web page', '\n<!DOCTYPE html>\n<html><body>Sign in</body></html>', /web page/],
    ['an answer of a server', '{"error":"Repository not found"}', /without a weight_map/],
    ['a list of JSON', '[]', /not a file of weights/],
    ['nothing', '', /empty/],
    ['a bare pickle', '\x80\x04}.', /bare pickle/],
    ['text', 'hello', /not a file of weights/],
    ['an archive', '\x1f\x8b\x08', /archive/],
  ])('says that a file is %s', async (_, content, reason) => {
    const opening = openCheckpoint(await write(Buffer.from(content, 'latin1')));
    await expect(opening).rejects.toThrow(InvalidFileError);
    await expect(opening).rejects.toThrow(reason);
  });
});

describe('an index of shards', () => {
  it('lists everything that does not fit it in one error', async () => {
    const path = await shardFolder('unfit', (index) => {
      index.weight_map['layers.0.weight'] = shards[1]; // lies in the first
      index.weight_map['head.weight'] = 'model-00003-of-00003.safetensors';
    });
    const opening = openCheckpoint(path);
    await expect(opening).rejects.toThrow(InvalidFileError);
    await expect(opening).rejects.toThrow(
      /"model-00003-of-00003.safetensors" is missing; absent.*"layers.0.weight"; in more than one file: "layers.0.weight"/,
    );
  });

  it.each(['../whole.safetensors', '/etc/passwd', 'a/b.safetensors', '..\\x', '', 7])(
    'refuses the file name %j',
    async (name) => {
      const path = await shardFolder(`named-${String(name).replace(/\W/g, '-')}`, (index) => {
        index.weight_map['norm.weight'] = name as string;
      });
      await expect(openCheckpoint(path)).rejects.toThrow(/not a file beside the index/);
    },
  );

  it('refuses a shard that is truncated, a pointer, or another index', async () => {
    const path = await shardFolder('broken');
    const shard = join(path, shards[1]);
    const bytes = await readFile(shard);
    await writeFile(shard, bytes.subarray(0, -5));
    await expect(openCheckpoint(path)).rejects.toThrow(/reach past the end/);
    await writeFile(shard, 'version https://git-lfs.github.com/spec/v1\n');
    await expect(openCheckpoint(path)).rejects.toThrow(/Git LFS/);
    await copyFile(join(path, indexName), shard);
    await expect(openCheckpoint(path)).rejects.toThrow(/JSON where a file of weights is expected/);
    await rm(shard);
    await expect(openCheckpoint(path)).rejects.toThrow(/is missing/);
  });
});

describe('checksums', () => {
  it('are those of the files, and refuse others', async () => {
    const path = await write('abc', 'abc.txt');
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'; // FIPS 180-4, appendix B.1
    expect(await fileSha256(path)).toBe(sha256);
    await verifySha256(path, sha256.toUpperCase());
    await expect(verifySha256(path, '0'.repeat(64))).rejects.toThrow(/SHA-256 is ba78/);
    await expect(verifySha256(path, 'md5')).rejects.toThrow(InvalidArgumentError);
    await expect(fileSha256(path, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });

  it('are checked for shards before they are opened', async () => {
    const right = await fileSha256(fixture(`sharded/${shards[1]}`));
    const checkpoint = await openCheckpoint(fixture('sharded'), { sha256: { [shards[1]]: right } });
    await checkpoint.dispose();
    const wrong = openCheckpoint(fixture('sharded'), { sha256: { [shards[1]]: '0'.repeat(64) } });
    await expect(wrong).rejects.toThrow(InvalidFileError);
  });
});
