import { NumpyType, type PickleValue, refuse } from './pickle-values';

/** Reads one value, little endian. Codes are those of `numpy.dtype(...).str` without the byte order. */
const readers: Readonly<Record<string, (view: DataView) => number | bigint | boolean>> = {
  f8: (view) => view.getFloat64(0, true),
  f4: (view) => view.getFloat32(0, true),
  i8: (view) => narrow(view.getBigInt64(0, true)),
  i4: (view) => view.getInt32(0, true),
  u8: (view) => narrow(view.getBigUint64(0, true)),
  u1: (view) => view.getUint8(0),
  b1: (view) => view.getUint8(0) !== 0,
};

/** `numpy.dtype('f8', …)`. @throws PickleProblem on a type that is no number */
export function numpyType([code]: readonly PickleValue[]): NumpyType {
  if (typeof code === 'string' && Object.hasOwn(readers, code)) return new NumpyType(code);
  return refuse('it holds a NumPy value that is not a number');
}

/** The state that NumPy gives a type after making it: `(version, byte order, …)`. @throws PickleProblem */
export function setNumpyState(type: NumpyType, state: PickleValue): void {
  const order = Array.isArray(state) ? state[1] : undefined;
  if (order !== '<' && order !== '|' && order !== '>') refuse('it holds a damaged NumPy type');
  type.littleEndian = order !== '>';
}

/** `numpy.core.multiarray.scalar(dtype, bytes)` as a plain number. @throws PickleProblem */
export function numpyScalar([type, bytes]: readonly PickleValue[]): PickleValue {
  if (!(type instanceof NumpyType) || !(bytes instanceof Uint8Array)) return refuse('it holds a damaged NumPy value');
  const read = readers[type.code];
  if (read === undefined || bytes.length !== Number(type.code.slice(1)))
    return refuse('it holds a damaged NumPy value');
  const ordered = type.littleEndian ? Uint8Array.from(bytes) : Uint8Array.from(bytes).reverse();
  return read(new DataView(ordered.buffer));
}

/** A whole number as `number` where that is exact. */
function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
