import type { StoredDataType } from '../../weights/safetensors-header';

/** A dictionary of Python. */
export type PickleMap = Map<PickleKey, PickleValue>;
/** What keys of dictionaries may be. */
export type PickleKey = string | number | bigint | boolean | null;

/** The contiguous memory that tensors of a checkpoint are views of. Its bytes are not read yet. */
export class PickledStorage {
  constructor(
    readonly dtype: StoredDataType,
    readonly key: string,
    readonly elements: number,
  ) {}
}

/** A view of a storage; offset and strides count elements. */
export class PickledTensor {
  constructor(
    readonly storage: PickledStorage,
    readonly offset: number,
    readonly dims: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** A name of Python that the reader knows; anything else is refused where it is named. */
export class PickleGlobal {
  constructor(
    readonly name: string,
    /** Element type, for `torch.FloatStorage` and its like. */
    readonly storageType?: StoredDataType,
    /** What calling it gives, computed here; absent where it may only be named. */
    readonly call?: (args: readonly PickleValue[]) => PickleValue,
  ) {}
}

/** `numpy.dtype`, on the way to a scalar. */
export class NumpyType {
  littleEndian = true;
  constructor(readonly code: string) {}
}

/** Everything that a pickle can become here. Tuples are frozen arrays. */
export type PickleValue =
  | PickleKey
  | Uint8Array
  | readonly PickleValue[]
  | PickleMap
  | PickledStorage
  | PickledTensor
  | PickleGlobal
  | NumpyType;

/** Thrown inside the reader; its border adds the path. */
export class PickleProblem extends Error {}

export function refuse(problem: string): never {
  throw new PickleProblem(problem);
}
