import type { Value } from '../../graph/value';
import type { MatMulAttributes } from '../../ops/matmul';
import { flattenRows, matmul } from '../../ops/matmul';
import { sum } from '../../ops/reduce';
import { type GradientRules, perInput, sumTo } from '../rule';

/** Transposes stay options of the product: a transposed copy would be one more pass over memory. */
export const matMulRules: GradientRules = {
  MatMul: perInput(
    'MatMul',
    (gradient, { inputs, attributes }) => {
      const [a, b] = inputs as [Value, Value];
      const { transposeA, transposeB, alpha } = attributes as unknown as MatMulAttributes;
      const full = transposeA
        ? matmul(b, gradient, { transposeA: transposeB, transposeB: true, alpha })
        : matmul(gradient, b, { transposeB: !transposeB, alpha });
      return sumTo(full, a);
    },
    (gradient, { inputs, attributes }) => {
      const [a, b] = inputs as [Value, Value];
      const { transposeA, transposeB, alpha } = attributes as unknown as MatMulAttributes;
      // One matrix under many: the sum over the leading axes is part of the product when they join the rows.
      const shared = b.shape.length === 2 && a.shape.length > 2 && !transposeA;
      const [left, right] = shared ? [flattenRows(a), flattenRows(gradient)] : [a, gradient];
      const full = transposeB
        ? matmul(right, left, { transposeA: true, transposeB: transposeA, alpha })
        : matmul(left, right, { transposeA: !transposeA, alpha });
      return sumTo(full, b);
    },
  ),
  Linear: perInput(
    'Linear',
    (gradient, { inputs: [, weight] }) => matmul(gradient, weight as Value),
    (gradient, { inputs: [x] }) => matmul(flattenRows(gradient), flattenRows(x as Value), { transposeA: true }),
    (gradient) => sum(flattenRows(gradient), [0]),
  ),
};
