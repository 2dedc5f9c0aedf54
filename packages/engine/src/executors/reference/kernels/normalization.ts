import { productOf } from '../../shared/strides';
import type { Kernel, Kernels } from '../kernel';
import type { NumericTensor } from '../numeric-tensor';

const meanOf = (values: Float64Array): number => values.reduce((total, value) => total + value, 0) / values.length;

/** Kernel over rows of the last axis: normal values, then, with `hasMean`, means and inverse deviations. */
function normalization(hasMean: boolean): Kernel {
  return ({ inputs, attributes }) => {
    const [x, scale, bias] = inputs as [NumericTensor, NumericTensor, NumericTensor | undefined];
    const width = scale.data.length;
    const rows = productOf(x.dims.slice(0, -1));
    const [means, inverseDeviations] = [new Float64Array(rows), new Float64Array(rows)];
    const result = new Float64Array(x.data.length);
    for (let row = 0; row < rows; row++) {
      const values = x.data.subarray(row * width, (row + 1) * width);
      const mean = hasMean ? meanOf(values) : 0;
      const inverse =
        1 / Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)) + (attributes.epsilon as number));
      values.forEach((value, column) => {
        const normal = (value - mean) * inverse * (scale.data[column] as number);
        result[row * width + column] = normal + (bias?.data[column] ?? 0);
      });
      means[row] = mean;
      inverseDeviations[row] = inverse;
    }
    return hasMean ? [result, means, inverseDeviations] : [result];
  };
}

export const normalizationKernels: Kernels = {
  LayerNormalization: normalization(true),
  SimplifiedLayerNormalization: normalization(false),
};
