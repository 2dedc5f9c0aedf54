import { addDims, type Dim, subtractDims } from '../../graph/dim';
import type { Value } from '../../graph/value';
import type { SliceAttributes } from '../../ops/shape';
import { type AxisPadding, concat, pad, reshape, slice, split, transpose, zerosLike } from '../../ops/shape';
import { type GradientRules, perInput, sumTo } from '../rule';

const at = (shape: readonly Dim[], axis: number): Dim => shape[axis] as Dim;

/** Start of each part when parts of the given sizes follow each other. */
function startsOf(sizes: readonly Dim[]): Dim[] {
  let start: Dim = 0;
  return sizes.map((size) => {
    const own = start;
    start = addDims(start, size);
    return own;
  });
}

/** Puts `step − 1` zeros after every element of an axis. */
function dilate(x: Value, axis: number, step: number): Value {
  const { shape } = x;
  const length = at(shape, axis) as number;
  const columns = reshape(x, [...shape.slice(0, axis + 1), 1, ...shape.slice(axis + 1)]);
  const spread = pad(columns, [{ axis: axis + 1, before: 0, after: step - 1 }]);
  return reshape(spread, [...shape.slice(0, axis), length * step, ...shape.slice(axis + 1)]);
}

export const shapeRules: GradientRules = {
  Reshape: perInput('Reshape', (gradient, { inputs }) => reshape(gradient, (inputs[0] as Value).shape)),
  Transpose: perInput('Transpose', (gradient, { attributes }) => {
    const permutation = attributes.permutation as readonly number[];
    return transpose(
      gradient,
      permutation.map((_, index) => permutation.indexOf(index)),
    );
  }),
  Concat: ({ inputs, outputGradients, attributes, wanted }) => {
    const gradient = outputGradients[0] as Value;
    const axis = attributes.axis as number;
    const sizes = inputs.map(({ shape }) => at(shape, axis));
    if (wanted.every(Boolean)) return split(gradient, axis, sizes);
    return startsOf(sizes).map((start, index) =>
      wanted[index] ? slice(gradient, axis, start, addDims(start, sizes[index] as Dim)) : undefined,
    );
  },
  Split: ({ inputs, outputs, outputGradients, attributes }) => {
    const [x] = inputs as [Value];
    const axis = attributes.axis as number;
    const sizes = attributes.sizes as readonly Dim[];
    const read = outputGradients.flatMap((gradient, index) => (gradient ? [{ gradient, index }] : []));
    const [only] = read;
    if (only && read.length === 1) {
      const before = startsOf(sizes)[only.index] as Dim;
      const after = subtractDims(at(x.shape, axis), addDims(before, sizes[only.index] as Dim));
      return [pad(only.gradient, [{ axis, before, after }])];
    }
    return [
      concat(
        outputs.map((output, index) => outputGradients[index] ?? zerosLike(output)),
        axis,
      ),
    ];
  },
  Slice: perInput('Slice', (gradient, { inputs, attributes }) => {
    const { axis, start, end, step } = attributes as unknown as SliceAttributes;
    const after = subtractDims(at((inputs[0] as Value).shape, axis), end);
    const spread = step === 1 ? gradient : slice(dilate(gradient, axis, step), axis, 0, subtractDims(end, start));
    return pad(spread, [{ axis, before: start, after }]);
  }),
  Pad: perInput('Pad', (gradient, { inputs, attributes }) => {
    const { shape } = inputs[0] as Value;
    return (attributes.padding as readonly AxisPadding[]).reduce(
      (rest, { axis, before }) => slice(rest, axis, before, addDims(before, at(shape, axis))),
      gradient,
    );
  }),
  Expand: perInput('Expand', (gradient, { inputs }) => sumTo(gradient, inputs[0] as Value)),
};
