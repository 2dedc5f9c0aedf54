import { mkdtemp, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floatTensor } from '@nano-emox/tensor-contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Checkpoint, CheckpointFile } from './checkpoint';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (fingerprint = 'f') => new CheckpointFile(folder, 'phase', fingerprint);
const latest = () => join(folder, 'phase.checkpoint.safetensors');
const previous = () => `${latest()}.previous`;

const checkpoint = (step: number): Checkpoint => ({
  sampler: { random: 7, drawn: { a: step, b: 0 } },
  training: {
    step,
    accumulated: 1,
    tensors: {
      'all.parameters': floatTensor(
        Float32Array.from({ length: 50 }, (_, index) => index / step),
        [50],
      ),
    },
  },
  summed: [{ dataSet: 'a', loss: 0.1 + 0.2, samples: 3, tokens: 9 }],
  best: {
    score: 0.5,
    step: 1,
    judgedStep: step,
    sinceBest: 1,
    weights: new Map([['w', floatTensor(Float32Array.of(1 / 3), [1])]]),
  },
});

/** Turns one bit of a file. */
async function damage(path: string, position: number): Promise<void> {
  const handle = await open(path, 'r+');
  const byte = new Uint8Array(1);
  await handle.read(byte, 0, 1, position);
  await handle.write(Uint8Array.of((byte[0] as number) ^ 1), 0, 1, position);
  await handle.close();
}

describe('CheckpointFile', () => {
  it('reads what it wrote, to the last bit', async () => {
    expect(await file().read()).toEqual({});
    await file().write(checkpoint(3));
    expect(await file().read()).toEqual({ checkpoint: checkpoint(3) });
  });

  it('keeps the one before', async () => {
    for (const step of [1, 2, 3]) await file().write(checkpoint(step));
    expect((await readdir(folder)).sort()).toEqual([latest(), previous()].map((path) => path.slice(folder.length + 1)));
    expect((await file().read()).checkpoint?.training.step).toBe(3);
    await rm(latest()); // a writer was killed between its two renames
    expect((await file().read()).checkpoint?.training.step).toBe(2);
  });

  it('notices any damage, continues from the one before, and keeps that until there is a better one', async () => {
    await file().write(checkpoint(1));
    await file().write(checkpoint(2));
    const { size } = await stat(latest());
    await truncate(latest(), size - 20);
    const { checkpoint: found, damaged } = await file().read();
    expect(found).toEqual(checkpoint(1));
    expect(damaged).toEqual({ path: `${latest()}.damaged`, message: expect.stringContaining(latest()) });
    expect((await file().read()).checkpoint).toEqual(checkpoint(1));
    await file().write(checkpoint(2));
    expect((await file().read()).checkpoint).toEqual(checkpoint(2));
    await rm(latest());
    expect((await file().read()).checkpoint).toEqual(checkpoint(1));
  });

  it('never takes a turned bit for content, wherever it is', async () => {
    await file().write(checkpoint(1));
    const bytes = await readFile(latest());
    for (let position = 0; position < bytes.length; position += 13) {
      await writeFile(latest(), bytes);
      await damage(latest(), position);
      const result = await file()
        .read()
        .catch((error: { code: string }) => error.code);
      // Spaces that fill up the header mean nothing.
      if (typeof result === 'object') expect(bytes[position], `byte ${position}`).toBe(0x20);
      else expect(result, `byte ${position}`).toBe('INVALID_FILE');
    }
  });

  it('says so when both are damaged, or the only one', async () => {
    await file().write(checkpoint(1));
    await truncate(latest(), 100);
    await expect(file().read()).rejects.toMatchObject({ code: 'INVALID_FILE', path: latest() });
    await rename(latest(), previous());
    await expect(file().read()).rejects.toMatchObject({ code: 'INVALID_FILE', path: previous() });
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('refuses the checkpoint of another run', async () => {
    await file('mine').write(checkpoint(1));
    await expect(file('other').read()).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining('belongs to a run with other settings'),
    });
  });

  it('leaves the file there was, and nothing else, when it cannot write', async () => {
    await file().write(checkpoint(1));
    const spoilt = checkpoint(2);
    const tensors = { 'all.parameters': floatTensor(Float32Array.of(Number.NaN), [1]) };
    await expect(file().write({ ...spoilt, training: { step: 2, tensors } })).rejects.toMatchObject({
      code: 'NON_FINITE',
    });
    expect(await readdir(folder)).toEqual(['phase.checkpoint.safetensors']);
    expect((await file().read()).checkpoint).toEqual(checkpoint(1));
  });
});
