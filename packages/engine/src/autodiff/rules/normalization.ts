import type { Value } from '../../graph/value';
import { add, div, mul, sqrt, sub } from '../../ops/elementwise';
import { flattenRows, matmul } from '../../ops/matmul';
import { mean } from '../../ops/reduce';
import { reshape } from '../../ops/shape';
import { type GradientRule, type GradientRules, notDifferentiable, sumTo } from '../rule';

/** Mean over the last axis of `x · weight`, as a product: `[…, dim]` and `[dim]` to `[…, 1]` in one read of `x`. */
function weightedMean(x: Value, weight: Value): Value {
  const width = weight.shape[0] as number;
  return matmul(x, reshape(weight, [width, 1]), { alpha: 1 / width });
}

/** Sum over all rows of `x · weight`: `[…, dim]` and `[…, 1]` to `[dim]` in one read of `x`. */
function weightedRowSum(x: Value, weight: Value): Value {
  const total = matmul(flattenRows(weight), flattenRows(x), { transposeA: true }); // [1, dim]
  return reshape(total, [x.shape[x.shape.length - 1] as number]);
}

/** `1 / √(mean(x²) + epsilon)` of each row: `[…, dim]` to `[…, 1]`. */
function inverseDeviationOf(x: Value, epsilon: number): Value {
  return div(1, sqrt(add(mean(mul(x, x), [x.shape.length - 1], true), epsilon)));
}

/**
 * With c = x − mean (or x itself) and r the inverse deviation: ∂x = r · (g·scale − c · r² · mean(g·scale·c) − mean(g·scale)),
 * the last term only where a mean was taken. Means over rows of products are matrix products, so x-sized passes are few.
 */
function normalizationRule(name: string, hasMean: boolean): GradientRule {
  return ({ inputs, outputs, outputGradients, attributes, wanted }) => {
    const [x, scale, bias] = inputs as [Value, Value, Value | undefined];
    const [gradient, ...statistics] = outputGradients;
    if (!gradient || statistics.some(Boolean)) throw notDifferentiable(`${name}, in its row statistics`);
    const inverseDeviation = hasMean ? (outputs[2] as Value) : inverseDeviationOf(x, attributes.epsilon as number); // […, 1]
    const results: (Value | undefined)[] = inputs.map(() => undefined);
    if (wanted[0] || wanted[1]) {
      const centered = hasMean ? sub(x, outputs[1] as Value) : x;
      const weighted = mul(gradient, centered);
      if (wanted[0]) {
        const slope = mul(mul(inverseDeviation, inverseDeviation), weightedMean(weighted, scale)); // […, 1]
        const along = mul(centered, slope);
        const removed = hasMean ? add(along, weightedMean(gradient, scale)) : along;
        results[0] = mul(sub(mul(gradient, scale), removed), inverseDeviation);
      }
      if (wanted[1]) results[1] = weightedRowSum(weighted, inverseDeviation);
    }
    if (wanted[2] && bias) results[2] = sumTo(gradient, bias);
    return results;
  };
}

export const normalizationRules: GradientRules = {
  LayerNormalization: normalizationRule('LayerNormalization', true),
  SimplifiedLayerNormalization: normalizationRule('SimplifiedLayerNormalization', false),
};
