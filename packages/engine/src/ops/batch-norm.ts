import { type Dim, multiplyDims } from '../graph/dim';
import { apply, applyOperation, type Operation } from '../graph/operation';
import type { Value } from '../graph/value';
import { add, div, mul, sqrt, sub } from './elementwise';
import { fail } from './inference';
import { sum } from './reduce';
import { dimValue, reshape } from './shape';

/** What a batch norm learns (`scale`, `bias`) and what it has measured (`mean`, `variance`), each `[channels]`. */
export interface BatchNormWeights {
  readonly scale: Value;
  readonly bias: Value;
  readonly mean: Value;
  readonly variance: Value;
}

/** `[channels]` with axes of size 1 around, to stand beside an `x` whose channels are on `axis`. */
export function alongAxis(values: Value, x: Value, axis: number): Value {
  return reshape(
    values,
    x.shape.map((_, index) => (index === axis ? (values.shape[0] as Dim) : 1)),
  );
}

export const batchNormOp: Operation = {
  name: 'BatchNormalization',
  infer: ([x, ...statistics]) => {
    const channels = (x as Value).shape[1];
    for (const value of statistics) {
      if (value.shape.length !== 1 || value.shape[0] !== channels)
        fail(
          'batchNorm',
          'weights',
          [String(channels)],
          value,
          'One value per channel, which is the second axis of x.',
        );
    }
    return [x as Value];
  },
  lower: (inputs, { epsilon }) => {
    const [x, scale, bias, mean, variance] = inputs as [Value, Value, Value, Value, Value];
    const slope = div(scale, sqrt(add(variance, epsilon as number))); // [channels]
    return [add(mul(x, alongAxis(slope, x, 1)), alongAxis(sub(bias, mul(mean, slope)), x, 1))];
  },
  emit: (emitter, node, outputs) => {
    const attributes = { epsilon: { float: node.attributes.epsilon as number } };
    emitter.node('BatchNormalization', node.inputs.map(emitter.name), attributes, { outputs });
  },
};

/**
 * Batch normalisation of `[batch, channels, …]` as it is used: `(x − mean) / √(variance + epsilon) · scale + bias` with measured
 * statistics (Ioffe & Szegedy 2015). Runtimes fold it into the convolution before it. For training, `withBatchStatistics` puts the
 * statistics of the batch in their place.
 */
export function batchNorm(x: Value, { scale, bias, mean, variance }: BatchNormWeights, epsilon: number): Value {
  return apply(batchNormOp, [x, scale, bias, mean, variance], { epsilon });
}

/** Sum over all axes but `axis`, sample by sample first: ONNX Runtime adds up the rows of one long matrix ten times slower. */
export function channelSum(x: Value, axis: number): Value {
  const inner = x.shape.map((_, index) => index).filter((index) => index !== 0 && index !== axis);
  return sum(sum(x, inner), [0]);
}

/** {@link channelSum} divided by the number of values per channel. */
export function channelMean(x: Value, axis: number): Value {
  const sizes = x.shape.filter((_, index) => index !== axis);
  return div(channelSum(x, axis), dimValue(multiplyDims(...sizes), x.type));
}

/** See {@link batchStatisticsNorm}. */
export const batchStatisticsNormOp: Operation = {
  name: 'BatchStatisticsNorm',
  infer: ([x, scale], { axis }) => {
    const input = x as Value;
    const statistic = {
      type: input.type,
      shape: [input.shape[axis as number] as Dim],
      labels: (scale as Value).labels,
    };
    return [input, statistic, statistic];
  },
  lower: (inputs, attributes) => {
    const [x, scale, bias] = inputs as [Value, Value, Value];
    const axis = attributes.axis as number;
    const mean = channelMean(x, axis);
    const centered = sub(x, alongAxis(mean, x, axis));
    const variance = channelMean(mul(centered, centered), axis);
    const slope = div(scale, sqrt(add(variance, attributes.epsilon as number)));
    return [add(mul(centered, alongAxis(slope, x, axis)), alongAxis(bias, x, axis)), mean, variance];
  },
};

/**
 * Batch norm as it is trained: with mean and variance of the batch itself, over all axes but `axis`.
 * @returns the result, and the mean and variance that it used, each `[channels]`
 */
export function batchStatisticsNorm(
  x: Value,
  { scale, bias }: Pick<BatchNormWeights, 'scale' | 'bias'>,
  epsilon: number,
  axis = 1,
): readonly [y: Value, mean: Value, variance: Value] {
  const outputs = applyOperation(batchStatisticsNormOp, [x, scale, bias], { epsilon, axis });
  return outputs as unknown as readonly [Value, Value, Value];
}
