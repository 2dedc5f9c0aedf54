import {
  allocateData,
  type DataType,
  elementCount,
  type HostTensor,
  InvalidArgumentError,
  type TensorSpec,
} from '@nano-emox/tensor-contract';
import { axis, type Dim } from './dim';
import { type Initializer, makeValue, type Value } from './value';

/** Axis sizes known while tracing: fixed numbers, or another symbolic size. Axes not listed stay symbolic under their own name. */
export type AxisBindings = Readonly<Record<string, Dim>>;

/** A graph input with the axes of `spec`; named axes found in `axes` become fixed, the rest symbolic. */
export function input(name: string, spec: TensorSpec, axes: AxisBindings = {}): Value {
  const shape = spec.axes.map((size) => (typeof size === 'number' ? size : (axes[size] ?? axis(size))));
  const labels = spec.axes.map((size) => (typeof size === 'number' ? undefined : size));
  return makeValue({ type: spec.type, shape, labels }, { kind: 'input', name });
}

/** A learnable tensor. Names are those of the upstream checkpoint. */
export function parameter(
  name: string,
  shape: readonly number[],
  initializer: Initializer,
  type: DataType = 'float32',
): Value {
  return makeValue({ type, shape, labels: shape.map(() => undefined) }, { kind: 'parameter', name, initializer });
}

/** A tensor known while tracing. */
export function constant(tensor: HostTensor): Value {
  if (tensor.data.length !== elementCount(tensor.dims)) {
    throw new InvalidArgumentError({
      message: `constant: ${tensor.data.length} elements do not fill [${tensor.dims}]`,
      hint: 'Give dims whose product is the number of elements.',
      argument: 'tensor',
    });
  }
  return makeValue(
    { type: tensor.type, shape: tensor.dims, labels: tensor.dims.map(() => undefined) },
    { kind: 'constant', tensor },
  );
}

/** A constant from numbers. */
export function constantOf(values: ArrayLike<number>, shape: readonly number[], type: DataType = 'float32'): Value {
  const data = allocateData(type, values.length);
  for (let index = 0; index < values.length; index++) {
    data[index] = type === 'int64' ? BigInt(values[index] as number) : (values[index] as number);
  }
  return constant({ type, dims: shape, data });
}

/** A rank-0 constant. */
export function scalar(value: number, type: DataType = 'float32'): Value {
  return constantOf([value], [], type);
}
