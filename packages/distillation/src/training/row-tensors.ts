import {
  elementCount,
  type FloatTensor,
  floatTensor,
  type HostTensor,
  InvalidArgumentError,
  NonFiniteError,
  ShapeMismatchError,
} from '@nano-emox/tensor-contract';

/** Copies the rows `indices` of the first axis. */
export function takeRows<T extends HostTensor<'float32'> | HostTensor<'int64'>>(
  tensor: T,
  indices: ArrayLike<number>,
): T {
  const [, ...rest] = tensor.dims;
  const size = elementCount(rest);
  const data =
    tensor.type === 'int64' ? new BigInt64Array(indices.length * size) : new Float32Array(indices.length * size);
  for (let row = 0; row < indices.length; row++) {
    const start = (indices[row] as number) * size;
    (data as Float32Array).set((tensor.data as Float32Array).subarray(start, start + size), row * size);
  }
  return { ...tensor, dims: [indices.length, ...rest], data };
}

/** Tensors of equal columns below one another. */
export function joinRows(parts: readonly FloatTensor[]): FloatTensor {
  const rows = parts.reduce((sum, { dims }) => sum + (dims[0] as number), 0);
  const rest = parts[0]?.dims.slice(1) ?? [];
  const joined = floatTensor(new Float32Array(parts.reduce((sum, { data }) => sum + data.length, 0)), [rows, ...rest]);
  let offset = 0;
  for (const { data } of parts) {
    joined.data.set(data, offset);
    offset += data.length;
  }
  return joined;
}

/** `[rows, dim]` as rows of one token, `[rows, 1, dim]`; other ranks unchanged. */
export function asTokens(features: FloatTensor): FloatTensor {
  const { dims } = features;
  return dims.length === 2 ? { ...features, dims: [dims[0] as number, 1, dims[1] as number] } : features;
}

/** Checks that a tensor has `rows` rows. @throws ShapeMismatchError */
export function requireRows({ dims }: HostTensor, rows: number, where: string, input: string): void {
  if (dims[0] === rows) return;
  throw new ShapeMismatchError({
    where,
    input,
    expected: [rows, ...dims.slice(1)],
    received: dims,
    hint: `Give ${input} one row for each label.`,
  });
}

/** Checks that there is something to learn from. @throws InvalidArgumentError */
export function requireSomeRows(rows: number, where: string, argument: string): void {
  if (rows > 0) return;
  throw new InvalidArgumentError({
    message: `${where}: ${argument} is empty`,
    hint: 'Give at least one row.',
    argument,
  });
}

/** Checks that all values are finite, and otherwise names the first row with one that is not. @throws NonFiniteError */
export function requireFinite({ dims, data }: FloatTensor, where: string, input: string): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const row = Math.floor(at / elementCount(dims.slice(1)));
  throw new NonFiniteError({
    message: `${where}: ${input} holds ${data[at]} in row ${row}`,
    hint: 'Drop the row, or find out why what made it overflows.',
  });
}
