import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLlama2cModel } from './read-model';
import { readLlama2cTokenizer } from './read-tokenizer';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-llama2c-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${Math.random()}.bin`);
  await writeFile(path, bytes);
  return path;
}

/** dim 4, hidden_dim 6, 1 layer, 1 head, vocabulary of 5, 3 positions; float k of the body has the value k. */
function modelBytes(vocabSize = 5): Uint8Array {
  const bodyFloats = 5 * 4 + 4 + 4 * 16 + 4 + 3 * 24 + 4 + 3 * 4 + (vocabSize < 0 ? 5 * 4 : 0);
  const buffer = new ArrayBuffer(28 + 4 * bodyFloats);
  new Int32Array(buffer, 0, 7).set([4, 6, 1, 1, 1, vocabSize, 3]);
  new Float32Array(buffer, 28).set(Array.from({ length: bodyFloats }, (_, index) => index));
  return new Uint8Array(buffer);
}

/** 259 pieces without merges. */
function tokenizerBytes(): Uint8Array {
  const pieces = ['<unk>', '<s>', '</s>', ...Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16)}>`)];
  const parts = pieces.map((piece) => {
    const text = new TextEncoder().encode(piece);
    const part = new Uint8Array(8 + text.length);
    new DataView(part.buffer).setInt32(4, text.length, true);
    part.set(text, 8);
    return part;
  });
  return Uint8Array.from([4, 0, 0, 0, ...parts.flatMap((part) => [...part])]);
}

describe('readLlama2cModel', () => {
  it('reads tensors in the order of the file and reorders rotated rows', async () => {
    const { config, weights } = await readLlama2cModel(await fileOf(modelBytes()));
    expect(config).toMatchObject({ vocabSize: 5, hidden: 4, mlp: 6, headDim: 4, maxPositions: 3, tiedHead: true });
    const firstValues = (name: string) => [...(weights.get(name)?.data ?? [])].filter((_, index) => index % 4 === 0);
    expect(firstValues('model.embed_tokens.weight')).toEqual([0, 4, 8, 12, 16]);
    // wq begins at float 24; its rows 0 1 2 3 become 0 2 1 3: even features first.
    expect(firstValues('model.layers.0.self_attn.q_proj.weight')).toEqual([24, 32, 28, 36]);
    expect(firstValues('model.layers.0.self_attn.v_proj.weight')).toEqual([56, 60, 64, 68]);
    expect(weights.has('lm_head.weight')).toBe(false);
  });

  it('reads a head of its own where the vocabulary size is negative', async () => {
    const { config, weights } = await readLlama2cModel(await fileOf(modelBytes(-5)));
    expect(config.tiedHead).toBe(false);
    expect(weights.get('lm_head.weight')?.data[0]).toBe(180); // behind 180 floats, tables included
  });

  it('refuses what is damaged or something else', async () => {
    const whole = modelBytes();
    const absurd = whole.slice();
    new DataView(absurd.buffer).setInt32(0, 2 ** 30, true);
    const odd = whole.slice();
    new DataView(odd.buffer).setInt32(12, 3, true);
    const files = [
      new Uint8Array(0),
      whole.slice(0, 27),
      whole.slice(0, -1),
      Uint8Array.from([...whole, 0]),
      absurd,
      odd,
      new TextEncoder().encode('this is a text, not a model of any kind'),
    ];
    for (const bytes of files) await expect(readLlama2cModel(await fileOf(bytes))).rejects.toThrow(InvalidFileError);
    await expect(readLlama2cModel(join(folder, 'absent.bin'))).rejects.toThrow(MissingFileError);
  });
});

describe('readLlama2cTokenizer', () => {
  it('refuses what is damaged or something else', async () => {
    const whole = tokenizerBytes();
    await expect(readLlama2cTokenizer(await fileOf(whole))).resolves.toMatchObject({ model: { merges: [] } });
    const notText = whole.slice();
    notText.fill(0xff, 12, 17); // the text of the first piece
    const negative = whole.slice();
    new DataView(negative.buffer).setInt32(8, -4, true);
    for (const bytes of [new Uint8Array(0), whole.slice(0, -1), whole.slice(0, -7), notText, negative])
      await expect(readLlama2cTokenizer(await fileOf(bytes))).rejects.toThrow(InvalidFileError);
    await expect(readLlama2cTokenizer(join(folder, 'absent.bin'))).rejects.toThrow(MissingFileError);
  });
});
