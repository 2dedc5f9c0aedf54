import { NotDifferentiableError } from '@nano-emox/tensor-contract';
import type { Attributes, TensorType, Value } from '../graph/value';
import { sum } from '../ops/reduce';
import { reshape } from '../ops/shape';

/** What a rule sees of one node. */
export interface GradientContext {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Gradient of the loss in each output; `undefined` where the loss does not read that output. At least one is given. */
  readonly outputGradients: readonly (Value | undefined)[];
  readonly attributes: Attributes;
  /** Which inputs need a gradient. A rule returns nothing for the others and spends no node on them. */
  readonly wanted: readonly boolean[];
}

/** Gradient of the loss in each input, in the type and shape of that input; `undefined` where none is wanted. */
export type GradientRule = (context: GradientContext) => readonly (Value | undefined)[];

/** Rules by the name of the operation. */
export type GradientRules = Readonly<Record<string, GradientRule>>;

/** Gradient of one input, given the gradient of the first output. */
export type InputGradient = (gradient: Value, context: GradientContext) => Value;

/** Rule of an operation of one (differentiated) output: one function per input, called only where the input is wanted. */
export function perInput(name: string, ...gradients: readonly (InputGradient | undefined)[]): GradientRule {
  return (context) => {
    const { outputGradients, wanted } = context;
    const [gradient, ...statistics] = outputGradients;
    if (gradient === undefined || statistics.some((statistic) => statistic !== undefined)) {
      throw notDifferentiable(`${name}, in an output other than its first`);
    }
    return wanted.map((isWanted, index) => {
      if (!isWanted) return undefined;
      const inputGradient = gradients[index];
      if (!inputGradient) throw notDifferentiable(`${name}, in input ${index}`);
      return inputGradient(gradient, context);
    });
  };
}

export function notDifferentiable(operation: string): NotDifferentiableError {
  return new NotDifferentiableError({
    message: `gradientsOf: the loss depends on the asked values through ${operation}, which has no gradient`,
    hint: 'Lower composites with prepareForDifferentiation first, or keep the operation off the path to the loss.',
    operation,
  });
}

/** Sums `gradient` over the axes along which `target` was broadcast. */
export function sumTo(gradient: Value, target: TensorType): Value {
  const extra = gradient.shape.length - target.shape.length;
  const axes = gradient.shape.flatMap((dim, index) =>
    index < extra || (target.shape[index - extra] === 1 && dim !== 1) ? [index] : [],
  );
  return reshape(sum(gradient, axes), target.shape);
}
