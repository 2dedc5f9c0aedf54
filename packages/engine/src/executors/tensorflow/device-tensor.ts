import {
  allocateData,
  type DataType,
  DataTypeMismatchError,
  type HostTensor,
  InvalidArgumentError,
} from '@nano-emox/tensor-contract';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './kernel';

/** TensorFlow.js computes in three element types. */
export type DeviceType = 'float32' | 'int32' | 'bool';

const deviceTypes: Readonly<Partial<Record<DataType, DeviceType>>> = {
  float32: 'float32',
  int8: 'int32',
  uint8: 'int32',
  int32: 'int32',
  int64: 'int32',
  bool: 'bool',
};

/** @param what the value, for the message @throws DataTypeMismatchError for float64 and float16 */
export function deviceType(type: DataType, what: string): DeviceType {
  const known = deviceTypes[type];
  if (known) return known;
  throw new DataTypeMismatchError({
    message: `${what} is ${type}, which TensorFlow.js does not compute in`,
    hint: 'Cast it to float32, or use another device.',
    expected: 'float32',
    received: type,
  });
}

const [LOWEST_INT32, HIGHEST_INT32] = [-(2n ** 31n), 2n ** 31n - 1n];

function narrow(values: BigInt64Array, what: string): Int32Array {
  const position = values.findIndex((value) => value < LOWEST_INT32 || value > HIGHEST_INT32);
  if (position < 0) return Int32Array.from(values, Number);
  throw new InvalidArgumentError({
    message: `${what} holds ${values[position]}, which does not fit into the int32 of TensorFlow.js`,
    hint: 'Stay between −2³¹ and 2³¹ − 1, or use another device.',
    argument: what,
  });
}

/** Copies a tensor to the backend; int64 becomes int32. @throws DataTypeMismatchError, InvalidArgumentError */
export function toDevice(tf: TensorFlow, { type, dims, data }: HostTensor, what: string): Tensor {
  const target = deviceType(type, what);
  // A copy, as a backend may read the values only when they are first used.
  const values =
    data instanceof BigInt64Array
      ? narrow(data, what)
      : target === 'int32'
        ? Int32Array.from(data as ArrayLike<number>)
        : data.slice();
  return tf.tensor(values as Float32Array, [...dims], target);
}

/** Copies a tensor to the host, with elements of `type`. */
export async function toHost(tensor: Tensor, type: DataType): Promise<HostTensor> {
  const values = await tensor.data();
  const dims = [...tensor.shape];
  if (type === 'int64') return { type, dims, data: BigInt64Array.from(values, BigInt) };
  const data = allocateData(type, values.length);
  (data as Float32Array).set(values);
  return { type, dims, data };
}
