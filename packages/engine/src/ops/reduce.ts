import type { Dim } from '../graph/dim';
import { apply, type Operation } from '../graph/operation';
import type { TensorType, Value } from '../graph/value';
import { normalizeAxis } from './inference';

/** Attributes of the reductions: axes in rising order. */
export interface ReduceAttributes {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

function reducedType(x: Value, { axes, keepDims }: ReduceAttributes): TensorType {
  const shape: Dim[] = [];
  const labels: (string | undefined)[] = [];
  x.shape.forEach((dim, index) => {
    if (!axes.includes(index)) {
      shape.push(dim);
      labels.push(x.labels[index]);
    } else if (keepDims) {
      shape.push(1);
      labels.push(undefined);
    }
  });
  return { type: x.type, shape, labels };
}

function reduction(name: string): Operation {
  return {
    name,
    infer: ([x], attributes) => [reducedType(x as Value, attributes as unknown as ReduceAttributes)],
    emit: (emitter, node, outputs) => {
      const { axes, keepDims } = node.attributes as unknown as ReduceAttributes;
      const inputs = [...node.inputs.map(emitter.name), emitter.integers(axes)];
      emitter.node(name, inputs, { keepdims: keepDims ? 1 : 0 }, { outputs });
    },
  };
}

const sumOp = reduction('ReduceSum');
const meanOp = reduction('ReduceMean');
const maxOp = reduction('ReduceMax');

function reduce(operation: Operation, x: Value, axes: readonly number[], keepDims: boolean): Value {
  const normalized = axes.map((index) => normalizeAxis(operation.name, index, x)).sort((a, b) => a - b);
  return normalized.length === 0 ? x : apply(operation, [x], { axes: normalized, keepDims });
}

/** Sum over `axes`. */
export const sum = (x: Value, axes: readonly number[], keepDims = false): Value => reduce(sumOp, x, axes, keepDims);
/** Mean over `axes`. */
export const mean = (x: Value, axes: readonly number[], keepDims = false): Value => reduce(meanOp, x, axes, keepDims);
/** Largest value over `axes`; ties share the gradient. */
export const max = (x: Value, axes: readonly number[], keepDims = false): Value => reduce(maxOp, x, axes, keepDims);

function alongAxis(name: string): Operation {
  return {
    name,
    infer: ([x]) => [x as Value],
    emit: (emitter, node, outputs) => {
      emitter.node(name, node.inputs.map(emitter.name), { axis: node.attributes.axis }, { outputs });
    },
  };
}

const softmaxOp = alongAxis('Softmax');
const logSoftmaxOp = alongAxis('LogSoftmax');

/** Softmax along one axis. */
export const softmax = (x: Value, axis = -1): Value =>
  apply(softmaxOp, [x], { axis: normalizeAxis('Softmax', axis, x) });
/** Natural logarithm of the softmax along one axis. */
export const logSoftmax = (x: Value, axis = -1): Value =>
  apply(logSoftmaxOp, [x], { axis: normalizeAxis('LogSoftmax', axis, x) });

const argMaxOp: Operation = {
  name: 'ArgMax',
  infer: ([x], { axis }) => [
    { ...reducedType(x as Value, { axes: [axis as number], keepDims: false }), type: 'int64' },
  ],
  emit: (emitter, node, outputs) => {
    emitter.node('ArgMax', node.inputs.map(emitter.name), { axis: node.attributes.axis, keepdims: 0 }, { outputs });
  },
};

/** int64 index of the largest element along one axis, the first at ties. */
export const argMax = (x: Value, axis = -1): Value => apply(argMaxOp, [x], { axis: normalizeAxis('ArgMax', axis, x) });
