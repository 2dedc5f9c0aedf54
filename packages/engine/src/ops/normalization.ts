import { type Dim, dimsEqual, divideDims } from '../graph/dim';
import { apply, applyOperation, type Operation } from '../graph/operation';
import type { TensorType, Value } from '../graph/value';
import { add, div, mul, sqrt, sub } from './elementwise';
import { fail } from './inference';
import { mean } from './reduce';
import { reshape } from './shape';

/** Type of a per-row statistic: the last axis becomes 1. */
const rowStatistic = (x: Value): TensorType => ({
  type: x.type,
  shape: [...x.shape.slice(0, -1), 1],
  labels: [...x.labels.slice(0, -1), undefined],
});

function requireWidth(where: string, x: Value, scale: Value): void {
  const width = x.shape[x.shape.length - 1] as Dim;
  if (!dimsEqual(width, scale.shape[0] as Dim))
    fail(where, 'scale', [String(width)], scale, 'One scale per feature of the last axis.');
}

/** Drops trailing outputs that nobody reads: the runtime then skips the work. */
const usedOutputs = (used: (value: Value) => boolean, values: readonly Value[], names: readonly string[]): string[] => {
  const last = values.findLastIndex(used);
  return names.slice(0, Math.max(last, 0) + 1);
};

const layerNormOp: Operation = {
  name: 'LayerNormalization',
  infer: ([x, scale]) => {
    requireWidth('layerNorm', x as Value, scale as Value);
    return [x as Value, rowStatistic(x as Value), rowStatistic(x as Value)];
  },
  emit: (emitter, node, outputs) => {
    const attributes = { axis: -1, epsilon: { float: node.attributes.epsilon } };
    const kept = usedOutputs(emitter.used, node.outputs, outputs);
    emitter.node('LayerNormalization', node.inputs.map(emitter.name), attributes, { outputs: kept });
  },
};

/** `(x − mean) / √(variance + epsilon) · scale + bias` over the last axis (Ba et al. 2016). */
export function layerNorm(x: Value, scale: Value, bias: Value, epsilon: number): Value {
  return applyOperation(layerNormOp, [x, scale, bias], { epsilon })[0] as Value;
}

const rmsNormOp: Operation = {
  name: 'SimplifiedLayerNormalization',
  infer: ([x, scale]) => {
    requireWidth('rmsNorm', x as Value, scale as Value);
    // Its second output, the inverse deviation, is wrong on WebGPU in ONNX Runtime 1.30: nothing here reads it.
    return [x as Value];
  },
  emit: (emitter, node, outputs) => {
    const attributes = { axis: -1, epsilon: { float: node.attributes.epsilon }, stash_type: 1 };
    emitter.node('SimplifiedLayerNormalization', node.inputs.map(emitter.name), attributes, { outputs });
  },
};

/** `x / √(mean(x²) + epsilon) · scale` over the last axis (Zhang & Sennrich 2019). */
export function rmsNorm(x: Value, scale: Value, epsilon: number): Value {
  return apply(rmsNormOp, [x, scale], { epsilon });
}

/** Group normalisation of `[batch, channels, time]` (Wu & He 2018); `scale` and `bias` are per channel. */
export function groupNorm(x: Value, scale: Value, bias: Value, groups: number, epsilon: number): Value {
  const [batch, channels, time] = x.shape as [Dim, number, Dim];
  const perGroup = divideDims(channels, groups);
  if (perGroup === undefined)
    fail(
      'groupNorm',
      'input',
      ['batch', `a multiple of ${groups}`, 'time'],
      x,
      'Channels must divide into the groups.',
    );
  const grouped = reshape(x, [batch, groups, perGroup, time]); // [batch, groups, channels / groups, time]
  const centered = sub(grouped, mean(grouped, [2, 3], true));
  const variance = mean(mul(centered, centered), [2, 3], true);
  const normal = reshape(div(centered, sqrt(add(variance, epsilon))), x.shape); // [batch, channels, time]
  return add(mul(normal, reshape(scale, [channels, 1])), reshape(bias, [channels, 1]));
}
