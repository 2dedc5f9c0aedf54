import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTeacherTable } from '@nano-emox/distillation';
import { framePictures } from '@nano-emox/media';
import { floatTensor } from '@nano-emox/tensor-contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ExpressionTeacher } from './expression-teacher';
import { classes, type Face, nameOf } from './faces';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-teacher-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Grey pictures with a gradient of their own. */
function faces(count: number): Face[] {
  const data = new Uint8Array(count * 3 * 48 * 48).map(
    (_, at) => ((at % (48 * 48)) * (1 + Math.floor(at / 6912))) % 251,
  );
  return framePictures({ type: 'uint8', dims: [count, 3, 48, 48], data }).map((address, index) => ({
    id: `${index}`,
    label: 'angry',
    bytes: Buffer.from(address.split(',')[1] as string, 'base64'),
  }));
}

it('takes what tables have, asks the network about the rest once, and keeps it', async () => {
  const [known, unknown] = faces(2) as [Face, Face];
  const table = join(folder, 'given.safetensors');
  await writeTeacherTable(table, {
    // The order and the words of another table.
    classes: ['surprise', 'sad', 'neutral', 'happy', 'fear', 'disgust', 'anger'],
    ids: [await nameOf(known)],
    logits: floatTensor(Float32Array.from([7, 6, 5, 4, 3, 2, 1]), [1, 7]),
  });
  const kept = join(folder, 'kept.safetensors');
  const teacher = await ExpressionTeacher.open(kept, [table]);
  const asked: number[][] = [];
  const { dims, data } = await teacher.logits([unknown, known, unknown], (...counts) => asked.push(counts));
  expect(dims).toEqual([3, classes.length]);
  expect([...data.slice(7, 14)]).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(data.slice(0, 7)).toEqual(data.slice(14));
  expect(asked).toEqual([[1, 1]]);

  const again = await ExpressionTeacher.open(kept, []);
  const repeated = await again.logits([unknown, known, unknown], () => expect.unreachable('asked twice'));
  expect(repeated.data).toEqual(data);
});
