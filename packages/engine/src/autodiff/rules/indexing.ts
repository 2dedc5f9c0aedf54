import type { TensorType, Value } from '../../graph/value';
import { gather, gatherElements, scatterAddElements, scatterAddRows } from '../../ops/indexing';
import { transpose, zerosLike } from '../../ops/shape';
import { type GradientRules, perInput } from '../rule';

const axesUpTo = (rank: number): number[] => Array.from({ length: rank }, (_, index) => index);

/** Gradient of `gather` along any axis: the axis is moved to the front, where rows can be added. */
function gatherGradient(gradient: Value, table: Value, indices: Value, axis: number): Value {
  if (axis === 0) return scatterAddRows(zerosLike(table), indices, gradient);
  const indexAxes = axesUpTo(indices.shape.length).map((index) => index + axis);
  const others = axesUpTo(gradient.shape.length).filter((index) => !indexAxes.includes(index));
  const rows = transpose(gradient, [...indexAxes, ...others]);
  const order = [axis, ...axesUpTo(table.shape.length).filter((index) => index !== axis)];
  const moved: TensorType = {
    type: table.type,
    shape: order.map((index) => table.shape[index] as TensorType['shape'][number]),
    labels: order.map((index) => table.labels[index]),
  };
  const summed = scatterAddRows(zerosLike(moved), indices, rows);
  return transpose(
    summed,
    axesUpTo(order.length).map((index) => order.indexOf(index)),
  );
}

export const indexingRules: GradientRules = {
  Gather: perInput('Gather', (gradient, { inputs: [table, indices], attributes }) =>
    gatherGradient(gradient, table as Value, indices as Value, attributes.axis as number),
  ),
  GatherElements: perInput('GatherElements', (gradient, { inputs: [x, indices], attributes }) =>
    scatterAddElements(zerosLike(x as Value), indices as Value, gradient, attributes.axis as number),
  ),
  ScatterElements: perInput(
    'ScatterElements',
    (gradient) => gradient,
    undefined,
    (gradient, { inputs: [, indices], attributes }) =>
      gatherElements(gradient, indices as Value, attributes.axis as number),
  ),
  ScatterND: perInput(
    'ScatterND',
    (gradient) => gradient,
    undefined,
    (gradient, { inputs: [, indices] }) => gather(gradient, indices as Value),
  ),
};
