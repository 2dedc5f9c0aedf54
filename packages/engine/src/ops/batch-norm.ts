import type { Dim } from '../graph/dim';
import { apply, type Operation } from '../graph/operation';
import type { Value } from '../graph/value';
import { add, div, mul, sqrt, sub } from './elementwise';
import { fail } from './inference';
import { reshape } from './shape';

/** What a batch norm learns (`scale`, `bias`) and what it has measured (`mean`, `variance`), each `[channels]`. */
export interface BatchNormWeights {
  readonly scale: Value;
  readonly bias: Value;
  readonly mean: Value;
  readonly variance: Value;
}

/** `[channels]` as `[channels, 1, …]`, to stand beside `x`. */
export function perChannel(values: Value, x: Value): Value {
  return reshape(values, [values.shape[0] as Dim, ...x.shape.slice(2).map(() => 1)]);
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
    return [add(mul(x, perChannel(slope, x)), perChannel(sub(bias, mul(mean, slope)), x))];
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
