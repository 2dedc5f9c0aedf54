import { type FloatTensor, floatTensor } from '@nano-emox/tensor-contract';

/** Some time steps of `[1, time, …]` as a batch `[steps, times, …]`, each repeated `times` times. A copy. */
export function timeSteps({ data, dims }: FloatTensor, steps: readonly number[], times: number): FloatTensor {
  const [, time, ...rest] = dims as readonly [number, number, ...number[]];
  const size = data.length / time;
  const rows = new Float32Array(steps.length * times * size);
  for (let row = 0; row < steps.length * times; row++) {
    const step = steps[Math.floor(row / times)] as number;
    rows.set(data.subarray(step * size, (step + 1) * size), row * size);
  }
  return floatTensor(rows, [steps.length, times, ...rest]);
}

/** One row of `[batch, …]` as `[1, …]`, without copying. */
export function batchRow({ data, dims }: FloatTensor, row: number): FloatTensor {
  const [batch, ...rest] = dims as readonly [number, ...number[]];
  const size = data.length / batch;
  return floatTensor(data.subarray(row * size, (row + 1) * size), [1, ...rest]);
}
