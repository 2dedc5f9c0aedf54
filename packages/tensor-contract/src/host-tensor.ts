/** Element types that cross package borders. Names are those of onnxruntime. */
export type DataType = 'float32' | 'float64' | 'float16' | 'int64' | 'int32' | 'int8' | 'uint8' | 'bool';

/** The typed array that carries each {@link DataType}; float16 travels as raw bits, bool as bytes 0/1, as in onnxruntime. */
export interface TensorDataMap {
  float32: Float32Array;
  float64: Float64Array;
  float16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  int8: Int8Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}

/**
 * A dense tensor in host memory, row-major. Structurally an onnxruntime tensor (`type`, `dims`, `data`), so either can be
 * handed to the other without conversion. The holder of the object owns the memory; nothing here needs disposal.
 */
export interface HostTensor<T extends DataType = DataType> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly data: TensorDataMap[T];
}

/** A {@link HostTensor} of float32 values, the form in which features and tokens cross package borders. */
export type FloatTensor = HostTensor<'float32'>;

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** Allocates zeroed storage for `count` elements of `type`. */
export function allocateData<T extends DataType>(type: T, count: number): TensorDataMap[T] {
  return new constructors[type](count) as TensorDataMap[T];
}

/** Size of one element in bytes. */
export function bytesPerElement(type: DataType): number {
  return constructors[type].BYTES_PER_ELEMENT;
}

/** Wraps `data` as a float32 tensor of shape `dims` without copying. */
export function floatTensor(data: Float32Array, dims: readonly number[]): FloatTensor {
  return { type: 'float32', dims, data };
}
