import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openDataSet } from '@nano-emox/tasks/datasets';
import { afterAll, expect, it } from 'vitest';
import { emotionLabelSets, type LabelledMedia, labelledMedia, pictureCorpus } from '../index';

const root = await mkdtemp(join(tmpdir(), 'pictures-'));
afterAll(() => rm(root, { recursive: true }));

async function readFolder(folder: string, files: readonly string[]): Promise<LabelledMedia[]> {
  for (const file of files) {
    await mkdir(dirname(join(root, folder, file)), { recursive: true });
    await writeFile(join(root, folder, file), '');
  }
  const samples: LabelledMedia[] = [];
  const corpus = pictureCorpus('emotion6', emotionLabelSets.emotion6);
  for await (const row of openDataSet(corpus, join(root, folder))) samples.push(labelledMedia(row));
  return samples;
}

it('is read by the reader of data sets, one folder per class', async () => {
  const files = ['train/joy/b.jpg', 'train/joy/a.PNG', 'train/anger/1.jpeg', 'test/fear/9.webp', 'train/joy/notes.txt'];
  const samples = await readFolder('good', files);
  expect(samples.map(({ id, label }) => [id, label])).toEqual([
    ['test/fear/9.webp', 'fear'],
    ['train/anger/1.jpeg', 'anger'],
    ['train/joy/a.PNG', 'joy'],
    ['train/joy/b.jpg', 'joy'],
  ]);
  expect(samples[0]?.media).toEqual({ image: join(root, 'good/test/fear/9.webp') });
});

it('refuses a folder that is no class', async () => {
  await expect(readFolder('bad', ['train/bliss/1.jpg'])).rejects.toThrow('bliss');
});

it('refuses rows of other tasks or without pictures', () => {
  const targets = [{ task: 'mer', value: { emotion: 'joy' } }];
  expect(() => labelledMedia({ id: 'a', targets })).toThrow('the row a has neither image nor video');
  expect(() => labelledMedia({ id: 'a', media: { image: 'a.jpg' }, targets: [] })).toThrow('the row a has no emotion');
});
