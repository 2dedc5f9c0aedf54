import type { Value } from '../../graph/value';
import { cast, div, exp, greater, less, maximum, mul, neg, pow, sub, where } from '../../ops/elementwise';
import { type GradientRule, type GradientRules, perInput, sumTo } from '../rule';

/** Smallest normal float32: `x / max(|x|, this)` is the sign of every normal x, and 0 at 0. */
const SMALLEST_NORMAL = 2 ** -126;

/** Rule of a function of one operand: the operand's gradient from the gradient, the operand and the result. */
const unary = (name: string, derive: (gradient: Value, x: Value, y: Value) => Value): GradientRule =>
  perInput(name, (gradient, { inputs, outputs }) => derive(gradient, inputs[0] as Value, outputs[0] as Value));

type BinaryDerivative = (gradient: Value, a: Value, b: Value, y: Value) => Value;

/** Rule of a function of two operands. The functions sum over broadcast axes themselves, as early as they can. */
const binary = (name: string, deriveA: BinaryDerivative, deriveB?: BinaryDerivative): GradientRule => {
  const [forA, forB] = [deriveA, deriveB].map(
    (derive) =>
      derive &&
      ((gradient: Value, { inputs, outputs }: { inputs: readonly Value[]; outputs: readonly Value[] }) =>
        derive(gradient, inputs[0] as Value, inputs[1] as Value, outputs[0] as Value)),
  );
  return perInput(name, forA, forB);
};

const product = binary(
  'Mul',
  (gradient, a, b) => sumTo(mul(gradient, b), a),
  (gradient, a, b) => sumTo(mul(gradient, a), b),
);

/** Value of an operand that is one number known while tracing. */
function knownNumber({ origin }: Value): number | undefined {
  return origin.kind === 'constant' && origin.tensor.data.length === 1 ? Number(origin.tensor.data[0]) : undefined;
}

/** `gradient · b · a^(b − 1)`. */
function powerOfBase(gradient: Value, a: Value, b: Value): Value {
  const exponent = knownNumber(b);
  if (exponent === 2) return mul(mul(gradient, a), 2);
  const slope = exponent === undefined ? mul(pow(a, sub(b, 1)), b) : mul(pow(a, exponent - 1), exponent);
  return mul(gradient, slope);
}

export const elementwiseRules: GradientRules = {
  Add: binary(
    'Add',
    (gradient, a) => sumTo(gradient, a),
    (gradient, _a, b) => sumTo(gradient, b),
  ),
  Sub: binary(
    'Sub',
    (gradient, a) => sumTo(gradient, a),
    (gradient, _a, b) => neg(sumTo(gradient, b)),
  ),
  Mul: (context) => {
    const [a, b] = context.inputs as [Value, Value];
    // A square passes over memory twice instead of three times.
    if (a === b) return [mul(mul(context.outputGradients[0] as Value, a), 2)];
    return product(context);
  },
  Div: binary(
    'Div',
    (gradient, a, b) => sumTo(div(gradient, b), a),
    // The divisor is usually a statistic of fewer elements, so the sum comes before the division.
    (gradient, _a, b, y) => neg(div(sumTo(mul(gradient, y), b), b)),
  ),
  Pow: binary('Pow', (gradient, a, b) => sumTo(powerOfBase(gradient, a, b), a)),
  Max: binary(
    'Max',
    (gradient, a, b) => sumTo(where(less(a, b), 0, gradient), a),
    (gradient, a, b) => sumTo(where(less(a, b), gradient, 0), b),
  ),
  Min: binary(
    'Min',
    (gradient, a, b) => sumTo(where(greater(a, b), 0, gradient), a),
    (gradient, a, b) => sumTo(where(greater(a, b), gradient, 0), b),
  ),
  Where: perInput(
    'Where',
    undefined,
    (gradient, { inputs: [condition, a] }) => sumTo(where(condition as Value, gradient, 0), a as Value),
    (gradient, { inputs: [condition, , b] }) => sumTo(where(condition as Value, 0, gradient), b as Value),
  ),
  Neg: unary('Neg', (gradient) => neg(gradient)),
  Exp: unary('Exp', (gradient, _x, y) => mul(gradient, y)),
  Log: unary('Log', (gradient, x) => div(gradient, x)),
  Sqrt: unary('Sqrt', (gradient, _x, y) => div(mul(gradient, 0.5), y)),
  // 2/√π · exp(−x²), the constant inside the exponential.
  Erf: unary('Erf', (gradient, x) => mul(gradient, exp(sub(Math.log(2 / Math.sqrt(Math.PI)), mul(x, x))))),
  Tanh: unary('Tanh', (gradient, _x, y) => mul(gradient, sub(1, mul(y, y)))),
  Sigmoid: unary('Sigmoid', (gradient, _x, y) => mul(mul(gradient, y), sub(1, y))),
  Relu: unary('Relu', (gradient, _x, y) => where(greater(y, 0), gradient, 0)),
  Abs: unary('Abs', (gradient, x, y) => mul(gradient, div(x, maximum(y, SMALLEST_NORMAL)))),
  Cast: unary('Cast', (gradient, x) => cast(gradient, x.type)),
};
