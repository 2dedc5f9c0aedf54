import { broadcastStrides, offsetsOf, productOf } from '../../shared/strides';
import { errorFunction } from '../error-function';
import type { Kernel, Kernels } from '../kernel';
import { take } from '../numeric-tensor';

/** Kernel that applies `compute` to the broadcast operands, element by element. */
function elementwise(compute: (...operands: number[]) => number): Kernel {
  return ({ inputs, outputs: [output] }) => {
    const dims = output?.dims ?? [];
    const operands = inputs.map((input) =>
      take(input.data, offsetsOf(dims, broadcastStrides(input.dims, dims.length))),
    );
    const count = productOf(dims);
    return [
      Float64Array.from({ length: count }, (_, index) => compute(...operands.map((data) => data[index] as number))),
    ];
  };
}

const binary = (compute: (a: number, b: number) => number): Kernel =>
  elementwise(compute as (...x: number[]) => number);
const unary = (compute: (x: number) => number): Kernel => elementwise(compute as (...x: number[]) => number);

const isFloat = (type: string | undefined): boolean => type === 'float32' || type === 'float64';

const quotient = binary((a, b) => a / b);
const integerQuotient = binary((a, b) => Math.trunc(a / b));

export const elementwiseKernels: Kernels = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  Div: (context) => (isFloat(context.outputs[0]?.type) ? quotient : integerQuotient)(context),
  Pow: binary((a, b) => a ** b),
  Max: binary((a, b) => Math.max(a, b)),
  Min: binary((a, b) => Math.min(a, b)),
  Mod: binary((a, b) => a - b * Math.floor(a / b)),
  Equal: binary((a, b) => Number(a === b)),
  Less: binary((a, b) => Number(a < b)),
  Greater: binary((a, b) => Number(a > b)),
  And: binary((a, b) => Number(a !== 0 && b !== 0)),
  Or: binary((a, b) => Number(a !== 0 || b !== 0)),
  Not: unary((x) => Number(x === 0)),
  Neg: unary((x) => -x),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Sqrt: unary(Math.sqrt),
  Erf: unary(errorFunction),
  Tanh: unary(Math.tanh),
  Sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  Relu: unary((x) => Math.max(x, 0)),
  Abs: unary(Math.abs),
  Where: elementwise((condition, a, b) => (condition ? a : b) as number),
  Cast: (context) => {
    const type = context.outputs[0]?.type;
    if (isFloat(type)) return unary((x) => x)(context);
    return unary(type === 'bool' ? (x) => Number(x !== 0) : Math.trunc)(context);
  },
};
