import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Executor } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import type { TextTokenizer } from '@nano-emox/lm-lora';
import type { FloatTensor } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTokenizerOfTiny } from '../__fixtures__/small-model';
import { hasTokenizer } from '../__fixtures__/small-source';
import type { TaskText } from '../data/task-texts';
import { learnWords } from './learn-words';

let folder = '';
let executor: Executor;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'learn-words-'));
  executor = await openExecutor({ device: 'cpu', workers: 0, threads: 1 });
});
afterAll(async () => {
  await executor.dispose();
  await rm(folder, { recursive: true, force: true });
});

const happy = ['What a lovely day', 'I love this song', 'So glad you came', 'That was wonderful'];
const sad = ['I miss my brother', 'He cried all night', 'She lost her dog', 'Nobody came to visit'];

/** Questions on emotion and on sentiment; a clip told in words has no words of its own. */
const texts: TaskText[] = [happy, sad].flatMap((sentences, sad) =>
  sentences.flatMap((words, index) =>
    (['mer', 'msa'] as const).map((task): TaskText => {
      const label = task === 'mer' ? (sad ? 'sad' : 'happy') : sad ? 'negative' : 'positive';
      return { id: `${task} ${sad} ${index}`, task, source: 'script', words, segments: [], answer: label, label };
    }),
  ),
);
const { words: _, ...clip } = texts[0] as TaskText;

it.skipIf(!hasTokenizer)('gives words of one feeling embeddings that are alike', { timeout: 60_000 }, async () => {
  const tokenizer: TextTokenizer = await readTokenizerOfTiny();
  const options = {
    ...{ texts: [...texts, { ...clip, label: 'of a clip' }], tokenizer, hidden: 16, vocabSize: tokenizer.vocabSize },
    ...{ steps: 40, seed: 1, executor, folder, onEvent: () => undefined },
  };
  const table = await learnWords(options);
  expect(table.dims).toEqual([tokenizer.vocabSize, 16]);
  const deviation = Math.sqrt(table.data.reduce((total, value) => total + value * value, 0) / table.data.length);
  expect(deviation).toBeCloseTo(0.05, 5);

  const meanOf = (sentence: string) => meanEmbedding(table, tokenizer.encode(sentence));
  const within = cosine(meanOf(happy[0] as string), meanOf(happy[1] as string));
  const across = cosine(meanOf(happy[0] as string), meanOf(sad[0] as string));
  expect(within).toBeGreaterThan(0.5);
  expect(across).toBeLessThan(0);

  // A stage that is done is read from its checkpoint.
  expect(await learnWords(options)).toEqual(table);
});

function meanEmbedding({ data, dims }: FloatTensor, ids: readonly number[]): Float64Array {
  const width = dims[1] as number;
  return Float64Array.from({ length: width }, (_, column) =>
    ids.reduce((total, id) => total + (data[id * width + column] as number) / ids.length, 0),
  );
}

function cosine(a: Float64Array, b: Float64Array): number {
  const product = (x: Float64Array, y: Float64Array) =>
    x.reduce((total, value, index) => total + value * (y[index] as number), 0);
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
