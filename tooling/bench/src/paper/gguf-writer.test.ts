import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCheckpoint } from '@nano-emox/engine/checkpoints';
import { expect, it } from 'vitest';
import { writeGguf } from './gguf-writer';

it('writes what the reader reads', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gguf-'));
  try {
    const path = join(folder, 'model.gguf');
    const block = Uint8Array.from({ length: 18 }, (_, index) => (index === 0 ? 0 : index === 1 ? 0x3c : 0xa9)); // scale 1, codes 9 and 10
    const told = { 'general.architecture': 'qwen2', words: ['a', 'bc'], on: true };
    await writeGguf(path, { ...told, count: { uint32: 3 }, rate: { float32: 0.5 } }, [
      { name: 'coded', dims: [64, 2], type: 'Q4_0', pattern: block },
      { name: 'plain', dims: [3], type: 'F32', pattern: new Uint8Array(Float32Array.of(2.5).buffer) },
    ]);
    await using file = await openCheckpoint(path);
    expect(file.metadata).toMatchObject({ ...told, count: 3, rate: 0.5 });
    const coded = await file.tensor('coded');
    expect(coded.dims).toEqual([2, 64]);
    expect([...coded.data]).toEqual(Array.from({ length: 128 }, (_, index) => (index % 32 < 16 ? 1 : 2))); // low halves of the bytes come first
    expect([...(await file.tensor('plain')).data]).toEqual([2.5, 2.5, 2.5]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
