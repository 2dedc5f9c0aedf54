import { Random } from '@nano-emox/engine';
import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';

export interface LearnableRows {
  readonly features: FloatTensor;
  readonly labels: readonly string[];
  /** Logits of a good, soft teacher. */
  readonly teacherLogits: FloatTensor;
}

/**
 * Rows around one centre per class that a small network can tell apart, not perfectly. The centres are the same for
 * all seeds, the rows differ.
 */
export function learnableRows(
  classes: readonly string[],
  { rows = 120, featureDim = 10, noise = 0.7, seed = 1 } = {},
): LearnableRows {
  const fixed = new Random(99);
  const centres = classes.map(() => Float32Array.from({ length: featureDim }, () => fixed.normal()));
  const random = new Random(seed);
  const features = floatTensor(new Float32Array(rows * featureDim), [rows, featureDim]);
  const teacherLogits = floatTensor(new Float32Array(rows * classes.length), [rows, classes.length]);
  const labels = Array.from({ length: rows }, (_, row) => {
    const label = row % classes.length;
    const point = (centres[label] as Float32Array).map((value) => value + noise * random.normal());
    features.data.set(point, row * featureDim);
    const distance = (centre: Float32Array) =>
      centre.reduce((sum, value, index) => sum + (value - (point[index] as number)) ** 2, 0);
    teacherLogits.data.set(centres.map((centre) => -distance(centre) / 2), row * classes.length);
    return classes[label] as string;
  });
  return { features, labels, teacherLogits };
}
