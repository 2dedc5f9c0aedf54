import type { Dim } from '../../graph/dim';
import type { Value } from '../../graph/value';
import { type ColumnAttributes, gatherRows } from '../../ops/column-convolution';
import { flattenRows, matmul } from '../../ops/matmul';
import { sum } from '../../ops/reduce';
import { reshape, transpose } from '../../ops/shape';
import type { GradientRules } from '../rule';

/** For every position of the input, the elements of `sources` that read it: output position · taps + tap. */
function readersOf({ sources, positions }: ColumnAttributes): number[][] {
  const readers = Array.from({ length: positions }, (): number[] => []);
  sources.forEach((position, element) => {
    readers[position]?.push(element);
  });
  return readers;
}

/** With one reader per tap, in the middle of the map at least: again a convolution over columns, those of the gradient. */
function inputGradientByColumns(gradient: Value, weight: Value, { sources, taps, positions }: ColumnAttributes): Value {
  const [batch, outputs, filters] = gradient.shape as [Dim, number, number];
  const channels = (weight.shape[1] as number) / taps;
  const rows = new Array<number>(positions * taps).fill(outputs);
  sources.forEach((position, element) => {
    if (position < positions) rows[position * taps + (element % taps)] = Math.floor(element / taps);
  });
  const byTap = transpose(reshape(weight, [filters, taps, channels]), [1, 0, 2]);
  const product = matmul(flattenRows(gatherRows(gradient, rows, taps)), reshape(byTap, [taps * filters, channels]));
  return reshape(product, [batch, positions, channels]);
}

/** With fewer, as behind a stride: the gradient of the columns, of which every position adds up what read it. */
function inputGradientBySums(
  gradient: Value,
  weight: Value,
  { taps, positions }: ColumnAttributes,
  readers: readonly (readonly number[])[],
): Value {
  const [batch, outputs] = gradient.shape as [Dim, number, number];
  const channels = (weight.shape[1] as number) / taps;
  const most = readers.reduce((largest, { length }) => Math.max(largest, length), 1);
  const columns = reshape(matmul(flattenRows(gradient), weight), [batch, outputs * taps, channels]);
  const rows = Array.from({ length: most }, (_, turn) => readers.map((elements) => elements[turn] ?? outputs * taps));
  const turns = gatherRows(columns, rows.flat(), 1); // [batch, most · positions, channels]
  return sum(reshape(turns, [batch, most, positions, channels]), [1]);
}

/** Columns get no gradient: what depends on them depends on `x`, which gets the whole. */
export const columnConvolutionRules: GradientRules = {
  ColumnConvolution: ({ inputs, attributes, outputGradients, wanted }) => {
    const [, columns, weight] = inputs as [Value, Value, Value];
    const gradient = outputGradients[0] as Value;
    const table = attributes as unknown as ColumnAttributes;
    const inputGradient = () => {
      const readers = readersOf(table);
      return readers.some(({ length }) => length === table.taps)
        ? inputGradientByColumns(gradient, weight, table)
        : inputGradientBySums(gradient, weight, table, readers);
    };
    return [
      wanted[0] ? inputGradient() : undefined,
      undefined,
      wanted[2] ? matmul(flattenRows(gradient), flattenRows(columns), { transposeA: true }) : undefined,
      wanted[3] ? sum(flattenRows(gradient), [0]) : undefined,
    ].slice(0, inputs.length);
  },
};
