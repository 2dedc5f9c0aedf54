import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTeacherTable } from '@nano-emox/distillation';
import { labelSets } from '@nano-emox/tasks';
import { floatTensor, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pictureId, readFaceTeacher } from './face-teacher';
import { type FaceSet, faceSizePx } from './faces';

const area = faceSizePx ** 2;
/** Pictures 0 and 2 are the same. */
const set: FaceSet = {
  count: 3,
  size: faceSizePx,
  pixels: new Uint8Array(3 * area).map((_, index) => (index >= area && index < 2 * area ? 9 : (index % area) % 251)),
  labels: Uint8Array.of(0, 1, 2),
};
const classes = labelSets.sevenEmotions;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'teacher-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('finds pictures by their pixels and classes by their names', async () => {
  expect(pictureId(set, 0)).toBe(pictureId(set, 2));
  expect(pictureId(set, 0)).not.toBe(pictureId(set, 1));
  const path = join(folder, 'teacher.safetensors');
  const reversed = [...classes].reverse();
  // The first row is of picture 1; its largest logit is of the first class in the order of the table.
  const logits = Float32Array.from([Math.log(3), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Math.log(4)]);
  const ids = [pictureId(set, 1), pictureId(set, 0)];
  await writeTeacherTable(path, { classes: reversed, ids, logits: floatTensor(logits, [2, classes.length]) });
  const probabilities = await readFaceTeacher(path, set);
  const row = (index: number) => [...probabilities.subarray(index * 7, index * 7 + 7)].map((value) => value.toFixed(4));
  expect(row(0)).toEqual(['0.4000', ...new Array(6).fill('0.1000')]);
  expect(row(1)).toEqual([...new Array(6).fill('0.1111'), '0.3333']);
  expect(row(2)).toEqual(row(0));
});

it('refuses a table that lacks a picture', async () => {
  const path = join(folder, 'short.safetensors');
  const logits = floatTensor(new Float32Array(7), [1, 7]);
  await writeTeacherTable(path, { classes, ids: [pictureId(set, 0)], logits });
  await expect(readFaceTeacher(path, set)).rejects.toThrow(InvalidArgumentError);
});
