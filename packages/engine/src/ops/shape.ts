import type { DataType } from '@nano-emox/tensor-contract';
import { addDims, type Dim, dimsEqual, divideDims, multiplyDims, shapesEqual, subtractDims } from '../graph/dim';
import { constantOf, scalar } from '../graph/leaves';
import { apply, applyOperation, type Operation } from '../graph/operation';
import { describeAxes, type TensorType, type Value } from '../graph/value';
import { fail, normalizeAxis, requireSameType } from './inference';

const dims = (value: unknown): readonly Dim[] => value as readonly Dim[];
const numbers = (value: unknown): readonly number[] => value as readonly number[];

/** A size as a value inside the graph, for means over axes whose size is known only when the graph runs. */
const dimOp: Operation = {
  name: 'Dim',
  infer: (_inputs, { type }) => [{ type: type as DataType, shape: [], labels: [] }],
  emit: (emitter, node, outputs) => {
    const size = emitter.node('Squeeze', [emitter.sizes([node.attributes.dim as Dim])]);
    emitter.node('Cast', [size], { to: node.attributes.type }, { outputs });
  },
};

/** `dim` as a rank-0 value of `type`. */
export function dimValue(dim: Dim, type: DataType): Value {
  return typeof dim === 'number' ? scalar(dim, type) : apply(dimOp, [], { dim, type });
}

const reshapeOp: Operation = {
  name: 'Reshape',
  infer: ([x], attributes) => {
    const shape = dims(attributes.shape);
    const from = multiplyDims(...(x as Value).shape);
    if (!dimsEqual(from, multiplyDims(...shape))) {
      fail('Reshape', 'input', shape.map(String), x as Value, 'The number of elements must stay the same.');
    }
    return [{ type: (x as Value).type, shape, labels: keepLabels(x as Value, shape) }];
  },
  emit: (emitter, node, outputs) => {
    const shape = dims(node.attributes.shape);
    const unknown = shape.filter((dim) => typeof dim !== 'number').length;
    const target =
      unknown <= 1 && !shape.includes(0)
        ? emitter.integers(shape.map((dim) => (typeof dim === 'number' ? dim : -1)))
        : emitter.sizes(shape);
    emitter.node('Reshape', [emitter.name(node.inputs[0] as Value), target], {}, { outputs });
  },
};

/** Labels survive on the leading and trailing axes that a reshape leaves alone. */
function keepLabels(x: TensorType, shape: readonly Dim[]): (string | undefined)[] {
  const labels: (string | undefined)[] = shape.map(() => undefined);
  for (let i = 0; i < shape.length && i < x.shape.length && dimsEqual(shape[i] as Dim, x.shape[i] as Dim); i++)
    labels[i] = x.labels[i];
  for (let back = 1; back <= Math.min(shape.length, x.shape.length); back++) {
    if (!dimsEqual(shape[shape.length - back] as Dim, x.shape[x.shape.length - back] as Dim)) break;
    labels[shape.length - back] ??= x.labels[x.labels.length - back];
  }
  return labels;
}

/**
 * The same elements in another shape. One size may be −1: it is computed.
 * @throws ShapeMismatchError when the number of elements would change
 */
export function reshape(x: Value, shape: readonly Dim[]): Value {
  const hole = shape.indexOf(-1);
  let target = shape;
  if (hole >= 0) {
    const rest = multiplyDims(...shape.filter((_, index) => index !== hole));
    const missing = divideDims(multiplyDims(...x.shape), rest);
    if (missing === undefined)
      fail('reshape', 'input', shape.map(String), x, 'The given sizes must divide the number of elements.');
    target = shape.map((dim, index) => (index === hole ? missing : dim));
  }
  return shapesEqual(x.shape, target) ? x : apply(reshapeOp, [x], { shape: target });
}

const transposeOp: Operation = {
  name: 'Transpose',
  infer: ([x], { permutation }) => {
    const order = numbers(permutation);
    const value = x as Value;
    return [
      { type: value.type, shape: order.map((i) => value.shape[i] as Dim), labels: order.map((i) => value.labels[i]) },
    ];
  },
  emit: (emitter, node, outputs) => {
    emitter.node('Transpose', node.inputs.map(emitter.name), { perm: node.attributes.permutation }, { outputs });
  },
};

/** Permutes axes; `permutation[i]` is the source of axis i. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  const order = [...permutation].sort((a, b) => a - b);
  if (order.length !== x.shape.length || order.some((source, index) => source !== index)) {
    fail('transpose', 'input', [`permutation ${permutation}`], x, 'Name every axis once.');
  }
  return permutation.every((source, index) => source === index) ? x : apply(transposeOp, [x], { permutation });
}

const concatOp: Operation = {
  name: 'Concat',
  infer: (values, { axis }) => {
    const at = axis as number;
    const first = values[0] as Value;
    for (const value of values) {
      requireSameType('Concat', first, value);
      const fits =
        value.shape.length === first.shape.length &&
        value.shape.every((dim, index) => index === at || dimsEqual(dim, first.shape[index] as Dim));
      if (!fits) fail('Concat', 'a part', describeAxes(first), value, `All axes but axis ${at} must be equal.`);
    }
    const total = addDims(...values.map((value) => value.shape[at] as Dim));
    return [{ ...first, shape: first.shape.map((dim, index) => (index === at ? total : dim)) }];
  },
  emit: (emitter, node, outputs) => {
    emitter.node('Concat', node.inputs.map(emitter.name), { axis: node.attributes.axis }, { outputs });
  },
};

/** Joins values along one axis. */
export function concat(values: readonly Value[], axis: number): Value {
  const [first] = values as [Value];
  return values.length === 1 ? first : apply(concatOp, values, { axis: normalizeAxis('Concat', axis, first) });
}

const splitOp: Operation = {
  name: 'Split',
  infer: ([x], { axis, sizes }) =>
    dims(sizes).map((size) => ({
      ...(x as Value),
      shape: (x as Value).shape.map((dim, index) => (index === axis ? size : dim)),
    })),
  emit: (emitter, node, outputs) => {
    const inputs = [emitter.name(node.inputs[0] as Value), emitter.sizes(dims(node.attributes.sizes))];
    emitter.node('Split', inputs, { axis: node.attributes.axis }, { outputs });
  },
};

/** Cuts an axis into consecutive parts of the given sizes. */
export function split(x: Value, axis: number, sizes: readonly Dim[]): readonly Value[] {
  const at = normalizeAxis('Split', axis, x);
  if (!dimsEqual(addDims(...sizes), x.shape[at] as Dim)) {
    fail('split', 'input', [`${sizes.map(String).join(' + ')} on axis ${at}`], x, 'The parts must add up to the axis.');
  }
  return sizes.length === 1 ? [x] : applyOperation(splitOp, [x], { axis: at, sizes });
}

/** Attributes of a slice of one axis. */
export interface SliceAttributes {
  readonly axis: number;
  readonly start: Dim;
  readonly end: Dim;
  readonly step: number;
}

const sliceOp: Operation = {
  name: 'Slice',
  infer: ([x], attributes) => {
    const { axis, start, end, step } = attributes as unknown as SliceAttributes;
    const length = subtractDims(end, start);
    const size = step === 1 ? length : Math.ceil((length as number) / step);
    return [{ ...(x as Value), shape: (x as Value).shape.map((dim, index) => (index === axis ? size : dim)) }];
  },
  emit: (emitter, node, outputs) => {
    const { axis, start, end, step } = node.attributes as unknown as SliceAttributes;
    const inputs = [emitter.name(node.inputs[0] as Value), emitter.sizes([start]), emitter.sizes([end])];
    emitter.node('Slice', [...inputs, emitter.integers([axis]), emitter.integers([step])], {}, { outputs });
  },
};

/** Elements `start` (included) to `end` (excluded, default the whole axis) of one axis; a step other than 1 needs fixed sizes. */
export function slice(x: Value, axis: number, start: Dim, end?: Dim, step = 1): Value {
  const at = normalizeAxis('Slice', axis, x);
  const size = x.shape[at] as Dim;
  const stop = end ?? size;
  const outside =
    typeof size === 'number' &&
    typeof start === 'number' &&
    typeof stop === 'number' &&
    (start < 0 || stop > size || start > stop);
  const unsupported = step !== 1 && (typeof start !== 'number' || typeof stop !== 'number');
  if (outside || unsupported)
    fail(
      'slice',
      'input',
      [`${start}:${stop}:${step} on axis ${at}`],
      x,
      'Stay inside the axis; steps need fixed sizes.',
    );
  if (start === 0 && dimsEqual(stop, size) && step === 1) return x;
  return apply(sliceOp, [x], { axis: at, start, end: stop, step });
}

/** Zeros around one axis. */
export interface AxisPadding {
  readonly axis: number;
  readonly before: Dim;
  readonly after: Dim;
}

const padOp: Operation = {
  name: 'Pad',
  infer: ([x], { padding }) => {
    const shape = [...(x as Value).shape];
    for (const { axis, before, after } of padding as readonly AxisPadding[])
      shape[axis] = addDims(shape[axis] as Dim, before, after);
    return [{ ...(x as Value), shape }];
  },
  emit: (emitter, node, outputs) => {
    const [x] = node.inputs as [Value];
    const padding = node.attributes.padding as readonly AxisPadding[];
    const amount = (side: 'before' | 'after') =>
      x.shape.map((_, index) => padding.find(({ axis }) => axis === index)?.[side] ?? 0);
    const pads = emitter.sizes([...amount('before'), ...amount('after')]);
    emitter.node('Pad', [emitter.name(x), pads], { mode: 'constant' }, { outputs });
  },
};

/** Adds zeros before and after axes. */
export function pad(x: Value, padding: readonly AxisPadding[]): Value {
  const needed = padding
    .filter(({ before, after }) => before !== 0 || after !== 0)
    .map((entry) => ({ ...entry, axis: normalizeAxis('Pad', entry.axis, x) }));
  return needed.length === 0 ? x : apply(padOp, [x], { padding: needed });
}

const expandOp: Operation = {
  name: 'Expand',
  infer: ([x], attributes) => {
    const shape = dims(attributes.shape);
    const value = x as Value;
    const extra = shape.length - value.shape.length;
    const fits =
      extra >= 0 && value.shape.every((dim, index) => dim === 1 || dimsEqual(dim, shape[index + extra] as Dim));
    if (!fits) fail('expand', 'input', shape.map(String), value, 'Only axes of size 1 can grow.');
    return [{ type: value.type, shape, labels: shape.map((_, index) => value.labels[index - extra]) }];
  },
  emit: (emitter, node, outputs) => {
    const inputs = [emitter.name(node.inputs[0] as Value), emitter.sizes(dims(node.attributes.shape))];
    emitter.node('Expand', inputs, {}, { outputs });
  },
};

/** Repeats axes of size 1 up to `shape`. */
export function expand(x: Value, shape: readonly Dim[]): Value {
  return shapesEqual(x.shape, shape) ? x : apply(expandOp, [x], { shape });
}

/** Zeros of the type and shape of `x`. */
export function zerosLike(x: TensorType): Value {
  return expand(scalar(0, x.type), x.shape);
}

const rangeOp: Operation = {
  name: 'Range',
  infer: (_inputs, { start, end }) => [
    { type: 'int64', shape: [subtractDims(end as Dim, start as Dim)], labels: [undefined] },
  ],
  emit: (emitter, node, outputs) => {
    const bound = (dim: Dim) => emitter.node('Squeeze', [emitter.sizes([dim])]);
    const inputs = [bound(node.attributes.start as Dim), bound(node.attributes.end as Dim), emitter.scalar(1, 'int64')];
    emitter.node('Range', inputs, {}, { outputs });
  },
};

/** int64 vector `start … end − 1`. */
export function range(start: Dim, end: Dim): Value {
  if (typeof start === 'number' && typeof end === 'number') {
    return constantOf(
      Array.from({ length: end - start }, (_, index) => start + index),
      [end - start],
      'int64',
    );
  }
  return apply(rangeOp, [], { start, end });
}

/** Removes an axis of size 1. */
export function squeeze(x: Value, axis: number): Value {
  const at = normalizeAxis('squeeze', axis, x);
  if (x.shape[at] !== 1) fail('squeeze', 'input', [`1 on axis ${at}`], x, 'Only axes of size 1 can go.');
  return reshape(
    x,
    x.shape.filter((_, index) => index !== at),
  );
}

/** Inserts an axis of size 1 before `axis`. */
export function unsqueeze(x: Value, axis: number): Value {
  const at = axis < 0 ? axis + x.shape.length + 1 : axis;
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** Rotates an axis by `shift` places towards its end, as `torch.roll`. Needs a fixed size. */
export function roll(x: Value, axis: number, shift: number): Value {
  const at = normalizeAxis('roll', axis, x);
  const size = x.shape[at] as number;
  const cut = (((-shift % size) + size) % size) as number;
  return cut === 0 ? x : concat([slice(x, at, cut, size), slice(x, at, 0, cut)], at);
}
