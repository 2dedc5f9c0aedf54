import { type GradientRule, type GradientRules, notDifferentiable } from '../rule';

const refuse =
  (name: string): GradientRule =>
  () => {
    throw notDifferentiable(`${name}, a product with quantised weights`);
  };

/** Quantised products are for inference. Their lowering passes through integers, where a gradient would silently end. */
export const quantisedRules: GradientRules = Object.fromEntries(
  ['QuantizeLinear', 'MatMulIntegerToFloat', 'MatMulNBits'].map((name) => [name, refuse(name)]),
);
