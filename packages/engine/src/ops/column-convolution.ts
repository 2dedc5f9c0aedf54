import type { Dim } from '../graph/dim';
import { constantOf } from '../graph/leaves';
import { apply, type Operation } from '../graph/operation';
import type { Value } from '../graph/value';
import type { ConvolutionAttributes } from './convolution';
import { gather } from './indexing';
import { linear } from './matmul';
import { pad, reshape, transpose } from './shape';

/** What the gradient of a convolution over columns has to know of its geometry. */
export interface ColumnAttributes {
  /** Position of the input that each tap of each output position reads; `positions` where it reads padding. */
  readonly sources: readonly number[];
  /** Taps of the kernel. */
  readonly taps: number;
  /** Positions of the input. */
  readonly positions: number;
}

/**
 * Product of columns and a matrix that knows what the columns were made of. Inputs: `x` `[batch, positions, channels]`, its columns
 * `[batch, output positions, taps · channels]`, the kernel `[filters, taps · channels]` and perhaps a bias `[filters]`. Only columns,
 * kernel and bias are computed with; `x` is there to get the gradient, past the columns.
 */
const columnConvolutionOp: Operation = {
  name: 'ColumnConvolution',
  infer: ([, columns, weight]) => {
    const [batch, positions] = (columns as Value).shape as [Dim, Dim, Dim];
    const filters = (weight as Value).shape[0] as Dim;
    return [{ type: (columns as Value).type, shape: [batch, positions, filters], labels: [] }];
  },
  lower: ([, columns, weight, bias]) => [linear(columns as Value, weight as Value, bias)],
};

/**
 * Rows of `x` `[batch, positions, channels]` side by side: `[batch, rows / perRow, perRow · channels]`. The row of number `positions`
 * is one of zeros.
 */
export function gatherRows(x: Value, rows: readonly number[], perRow: number): Value {
  const [batch, positions, channels] = x.shape as [Dim, number, number];
  const padded = rows.includes(positions) ? pad(x, [{ axis: 1, before: 0, after: 1 }]) : x;
  const chosen = gather(padded, constantOf(rows, [rows.length], 'int64'), 1);
  return reshape(chosen, [batch, rows.length / perRow, perRow * channels]);
}

const productOf = (sizes: readonly number[]) => sizes.reduce((product, size) => product * size, 1);

/** Every place of a grid of the given sizes, the last axis fastest. */
function placesOf(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (places, size) => places.flatMap((place) => Array.from({ length: size }, (_, index) => [...place, index])),
    [[]],
  );
}

/** {@link ColumnAttributes.sources} of a convolution. */
function sourcesOf(
  space: readonly number[],
  outputSpace: readonly number[],
  kernel: readonly number[],
  { strides, dilations, padsBefore }: ConvolutionAttributes,
): number[] {
  const padding = productOf(space);
  const taps = placesOf(kernel);
  const at = (list: readonly number[], axis: number) => list[axis] as number;
  return placesOf(outputSpace).flatMap((output) =>
    taps.map((tap) =>
      space.reduce((position, size, axis) => {
        const place = at(output, axis) * at(strides, axis) + at(tap, axis) * at(dilations, axis) - at(padsBefore, axis);
        return position === padding || place < 0 || place >= size ? padding : position * size + place;
      }, 0),
    ),
  );
}

/** Sizes of the result of a convolution over fixed sizes. */
function outputSpaceOf(
  space: readonly number[],
  kernel: readonly number[],
  { strides, dilations, padsBefore, padsAfter }: ConvolutionAttributes,
): number[] {
  return space.map((size, axis) => {
    const span = ((kernel[axis] as number) - 1) * (dilations[axis] as number) + 1;
    const room = size + (padsBefore[axis] as number) + (padsAfter[axis] as number) - span;
    return Math.floor(room / (strides[axis] as number)) + 1;
  });
}

/**
 * A convolution of one group with channels last, as one matrix product for the whole batch over columns that its gradient reuses.
 * @param x `[batch, space…, channels]`, all sizes but the batch fixed
 * @param weight `[filters, channels, kernel…]`
 * @returns `[batch, space…, filters]`
 */
export function columnConvolution(
  x: Value,
  weight: Value,
  bias: Value | undefined,
  attributes: ConvolutionAttributes,
): Value {
  const [batch, ...space] = x.shape.slice(0, -1) as [Dim, ...number[]];
  const [filters, channels, ...kernel] = weight.shape as [number, number, ...number[]];
  const outputSpace = outputSpaceOf(space, kernel, attributes);
  const sources = sourcesOf(space, outputSpace, kernel, attributes);
  const [positions, taps] = [productOf(space), productOf(kernel)];
  const rows = reshape(x, [batch, positions, channels]);
  const tapByTap = transpose(weight, [0, ...kernel.map((_, axis) => axis + 2), 1]);
  const operands = [rows, gatherRows(rows, sources, taps), reshape(tapByTap, [filters, taps * channels])];
  const table: ColumnAttributes = { sources, taps, positions };
  const y = apply(columnConvolutionOp, bias ? [...operands, bias] : operands, { ...table });
  return reshape(y, [batch, ...outputSpace, filters]);
}
