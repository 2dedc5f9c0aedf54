import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';
import { unknownLabel } from '../labels/label-indices';

/**
 * Parsed answers of a language model as rows for a gate: one-hot, zeros where no class could be read. The same for
 * two classes as for more; the released code took an unread answer for the first of two.
 * @param answers a class, or `undefined` for an answer that could not be read
 * @returns float32 `[answers, classes]`
 * @throws InvalidArgumentError for a label that is none of `classes`
 */
export function answerVectors(answers: readonly (string | undefined)[], classes: readonly string[]): FloatTensor {
  const vectors = floatTensor(new Float32Array(answers.length * classes.length), [answers.length, classes.length]);
  for (const [row, answer] of answers.entries()) {
    if (answer === undefined) continue;
    const index = classes.indexOf(answer);
    if (index < 0) throw unknownLabel(answer, row, classes, 'answerVectors', 'answers');
    vectors.data[row * classes.length + index] = 1;
  }
  return vectors;
}
