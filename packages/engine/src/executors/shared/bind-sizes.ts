import { ShapeMismatchError } from '@nano-emox/tensor-contract';
import { type Dim, evaluateDim } from '../../graph/dim';
import { describeAxes, type Value } from '../../graph/value';
import { productOf } from './strides';

/** Name of an input or parameter for messages. */
export const leafName = ({ origin }: Value): string => ('name' in origin ? origin.name : 'a constant');

/** Name of the axis when a size is that axis alone. */
function axisName(dim: Dim): string | undefined {
  if (typeof dim === 'number' || dim.terms.length !== 1) return undefined;
  const [{ coefficient, atoms }] = dim.terms as [(typeof dim.terms)[number]];
  return coefficient === 1 && atoms.length === 1 && atoms[0]?.kind === 'axis' ? atoms[0].key : undefined;
}

/**
 * Sizes of the named axes, from the leaves whose shape names them; every leaf is then checked against them.
 * @throws ShapeMismatchError
 */
export function bindSizes(
  where: string,
  leaves: ReadonlyMap<Value, { readonly dims: readonly number[]; readonly data: { readonly length: number } }>,
): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const [{ shape }, { dims }] of leaves) {
    shape.forEach((dim, index) => {
      const name = axisName(dim);
      if (name !== undefined && !sizes.has(name) && dims[index] !== undefined) sizes.set(name, dims[index]);
    });
  }
  for (const [leaf, { dims, data }] of leaves) {
    const expected = leaf.shape.map((dim) => evaluateDim(dim, sizes));
    const fits = expected.length === dims.length && expected.every((size, index) => size === dims[index]);
    if (fits && data.length === productOf(dims)) continue;
    const input = leafName(leaf);
    const hint = 'Axes of one name have one size in a call, and dims must account for every element.';
    throw new ShapeMismatchError({ where, input, expected: describeAxes(leaf), received: dims, hint });
  }
  return sizes;
}
