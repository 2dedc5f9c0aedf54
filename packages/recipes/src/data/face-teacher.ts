import { createHash } from 'node:crypto';
import { alignTeacher, readTeacherTable } from '@nano-emox/distillation';
import { labelSets } from '@nano-emox/tasks';
import type { RunOptions } from '@nano-emox/tensor-contract';
import type { FaceSet } from './faces';

/** Name of a picture in a table of teacher logits: hash of its pixels, so that it does not depend on how a set was split. */
export function pictureId({ pixels, size }: FaceSet, index: number): string {
  const picture = pixels.subarray(index * size * size, (index + 1) * size * size);
  return createHash('sha256').update(picture).digest('hex').slice(0, 20);
}

/**
 * What a teacher network says of every picture of a set, read from a table of its logits (`.safetensors` with `ids` of
 * {@link pictureId}; `scripts/face-teacher.mjs` writes one).
 * @returns probabilities of `labelSets.sevenEmotions`, row-major `[set.count, 7]`
 * @throws InvalidFileError, MissingFileError, InvalidArgumentError (a picture or class that the table lacks)
 */
export async function readFaceTeacher(path: string, set: FaceSet, options: RunOptions = {}): Promise<Float32Array> {
  const classes = labelSets.sevenEmotions;
  const ids = Array.from({ length: set.count }, (_, index) => pictureId(set, index));
  const { data } = alignTeacher(await readTeacherTable(path, options), { classes, ids });
  const probabilities = new Float32Array(data.length);
  for (let row = 0; row < set.count; row++) {
    const from = row * classes.length;
    probabilities.set(softmax(data.subarray(from, from + classes.length)), from);
  }
  return probabilities;
}

function softmax(logits: Float32Array): Float32Array {
  const largest = Math.max(...logits);
  const weights = logits.map((logit) => Math.exp(logit - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
