import type { Value } from '../../graph/value';
import { add, erf, exp, mul, sigmoid, sub } from '../../ops/elementwise';
import { type GradientRules, perInput } from '../rule';

/**
 * `½(1 + erf t) + x·φ(x)` with t = x/√2. As x·φ(x) = t·exp(−t²)/√π, everything is built from t, and constants go into the
 * exponential and the last factor: each operation here is a pass over the widest activation of a transformer.
 */
function geluGradient(gradient: Value, x: Value): Value {
  const t = mul(x, Math.SQRT1_2);
  const bell = exp(sub(Math.log(2 / Math.sqrt(Math.PI)), mul(t, t)));
  const twice = add(add(erf(t), mul(t, bell)), 1);
  return mul(mul(gradient, twice), 0.5);
}

/** With s = σ(αx) and y = x·s: `s + αy(1 − s) = s(1 − αy) + αy`. */
function quickGeluGradient(gradient: Value, x: Value, y: Value, alpha: number): Value {
  const scaled = (value: Value) => (alpha === 1 ? value : mul(value, alpha));
  const alphaY = scaled(y);
  return mul(gradient, add(mul(sigmoid(scaled(x)), sub(1, alphaY)), alphaY));
}

export const activationRules: GradientRules = {
  Gelu: perInput('Gelu', (gradient, { inputs }) => geluGradient(gradient, inputs[0] as Value)),
  QuickGelu: perInput('QuickGelu', (gradient, { inputs, outputs, attributes }) =>
    quickGeluGradient(gradient, inputs[0] as Value, outputs[0] as Value, attributes.alpha as number),
  ),
};
