import { multiplyDims } from '../../graph/dim';
import type { Value } from '../../graph/value';
import { alongAxis, channelSum } from '../../ops/batch-norm';
import { add, div, mul, sqrt, sub } from '../../ops/elementwise';
import { dimValue } from '../../ops/shape';
import { type GradientRules, notDifferentiable } from '../rule';

/**
 * With c = x − mean, r the inverse deviation and n the values per channel:
 * ∂x = scale · r · (g − c · r² · Σ(g·c) / n − Σg / n). Everything but x, g and c has one value per channel.
 */
export const batchNormRules: GradientRules = {
  BatchStatisticsNorm: ({ inputs, outputs, outputGradients, attributes, wanted }) => {
    const [x, scale] = inputs as [Value, Value];
    const [, mean, variance] = outputs as [Value, Value, Value];
    const [gradient, ...statistics] = outputGradients;
    if (!gradient || statistics.some(Boolean)) throw notDifferentiable('BatchStatisticsNorm, in its statistics');
    const axis = attributes.axis as number;
    const inverse = div(1, sqrt(add(variance, attributes.epsilon as number))); // [channels]
    const centered = sub(x, alongAxis(mean, x, axis)); // the one of the forward pass, which a runtime finds again
    const total = channelSum(gradient, axis);
    const along = channelSum(mul(gradient, centered), axis); // Σ(g·c)
    const inputGradient = () => {
      const count = dimValue(multiplyDims(...x.shape.filter((_, index) => index !== axis)), x.type);
      const slope = mul(scale, inverse);
      const pull = div(mul(slope, mul(along, mul(inverse, inverse))), count);
      const shift = div(mul(slope, total), count);
      const whole = mul(gradient, alongAxis(slope, x, axis));
      return sub(sub(whole, mul(centered, alongAxis(pull, x, axis))), alongAxis(shift, x, axis));
    };
    return [
      wanted[0] ? inputGradient() : undefined,
      wanted[1] ? mul(along, inverse) : undefined,
      wanted[2] ? total : undefined,
    ];
  },
};
