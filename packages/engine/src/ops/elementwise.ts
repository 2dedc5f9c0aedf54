import type { DataType } from '@nano-emox/tensor-contract';
import { scalar } from '../graph/leaves';
import { apply, type Emitter, type Operation } from '../graph/operation';
import type { GraphNode, Value } from '../graph/value';
import { broadcast, requireSameType, requireType } from './inference';

/** An operand of an elementwise function: a number stands for a scalar of the other operand's type. */
export type Operand = Value | number;

const emitPlain =
  (type: string) =>
  (emitter: Emitter, node: GraphNode, outputs: readonly string[]): void => {
    emitter.node(type, node.inputs.map(emitter.name), {}, { outputs });
  };

function unary(name: string, types: DataType[] = ['float32']): Operation {
  return {
    name,
    infer: ([x]) => {
      requireType(name, x as Value, ...types);
      return [x as Value];
    },
    emit: emitPlain(name),
  };
}

function binary(name: string, resultType?: DataType, types?: DataType[]): Operation {
  return {
    name,
    infer: ([a, b]) => {
      if (types) requireType(name, a as Value, ...types);
      requireSameType(name, a as Value, b as Value);
      return [{ ...broadcast(name, a as Value, b as Value), type: resultType ?? (a as Value).type }];
    },
    emit: emitPlain(name),
  };
}

const addOp = binary('Add');
const subOp = binary('Sub');
const mulOp = binary('Mul');
const divOp = binary('Div');
const powOp = binary('Pow');
const maximumOp = binary('Max');
const minimumOp = binary('Min');
const equalOp = binary('Equal', 'bool');
const lessOp = binary('Less', 'bool');
const greaterOp = binary('Greater', 'bool');
const andOp = binary('And', 'bool', ['bool']);
const orOp = binary('Or', 'bool', ['bool']);
const moduloOp = binary('Mod', undefined, ['int64']);
const negOp = unary('Neg', ['float32', 'int64']);
const expOp = unary('Exp');
const logOp = unary('Log');
const sqrtOp = unary('Sqrt');
const erfOp = unary('Erf');
const tanhOp = unary('Tanh');
const sigmoidOp = unary('Sigmoid');
const reluOp = unary('Relu');
const absOp = unary('Abs', ['float32', 'int64']);
const notOp = unary('Not', ['bool']);

const castOp: Operation = {
  name: 'Cast',
  infer: ([x], { to }) => [{ ...(x as Value), type: to as DataType }],
  emit: (emitter, node, outputs) => {
    emitter.node('Cast', node.inputs.map(emitter.name), { to: node.attributes.to }, { outputs });
  },
};

const whereOp: Operation = {
  name: 'Where',
  infer: ([condition, a, b]) => {
    requireType('Where', condition as Value, 'bool');
    requireSameType('Where', a as Value, b as Value);
    const branches = { ...(a as Value), ...broadcast('Where', a as Value, b as Value) };
    return [{ ...broadcast('Where', branches, condition as Value), type: (a as Value).type }];
  },
  emit: emitPlain('Where'),
};

function operands(a: Operand, b: Operand): [Value, Value] {
  const type = typeof a !== 'number' ? a.type : typeof b !== 'number' ? b.type : 'float32';
  return [typeof a === 'number' ? scalar(a, type) : a, typeof b === 'number' ? scalar(b, type) : b];
}

/** Elementwise `a + b` with numpy broadcasting. */
export const add = (a: Operand, b: Operand): Value => apply(addOp, operands(a, b));
/** Elementwise `a − b`. */
export const sub = (a: Operand, b: Operand): Value => apply(subOp, operands(a, b));
/** Elementwise `a · b`. */
export const mul = (a: Operand, b: Operand): Value => apply(mulOp, operands(a, b));
/** Elementwise `a / b`. */
export const div = (a: Operand, b: Operand): Value => apply(divOp, operands(a, b));
/** Elementwise `a ** b`; the exponent is data and gets no gradient. */
export const pow = (a: Operand, b: Operand): Value => apply(powOp, operands(a, b));
/** Elementwise larger value; at ties the gradient goes to `a`. */
export const maximum = (a: Operand, b: Operand): Value => apply(maximumOp, operands(a, b));
/** Elementwise smaller value; at ties the gradient goes to `a`. */
export const minimum = (a: Operand, b: Operand): Value => apply(minimumOp, operands(a, b));
export const equal = (a: Operand, b: Operand): Value => apply(equalOp, operands(a, b));
export const less = (a: Operand, b: Operand): Value => apply(lessOp, operands(a, b));
export const greater = (a: Operand, b: Operand): Value => apply(greaterOp, operands(a, b));
export const logicalAnd = (a: Value, b: Value): Value => apply(andOp, [a, b]);
export const logicalOr = (a: Value, b: Value): Value => apply(orOp, [a, b]);
/** Remainder of int64 division, with the sign of the divisor. */
export const modulo = (a: Operand, b: Operand): Value => apply(moduloOp, operands(a, b));
export const neg = (x: Value): Value => apply(negOp, [x]);
export const exp = (x: Value): Value => apply(expOp, [x]);
/** Natural logarithm. */
export const log = (x: Value): Value => apply(logOp, [x]);
export const sqrt = (x: Value): Value => apply(sqrtOp, [x]);
/** Gauss error function. */
export const erf = (x: Value): Value => apply(erfOp, [x]);
export const tanh = (x: Value): Value => apply(tanhOp, [x]);
export const sigmoid = (x: Value): Value => apply(sigmoidOp, [x]);
export const relu = (x: Value): Value => apply(reluOp, [x]);
export const abs = (x: Value): Value => apply(absOp, [x]);
export const not = (x: Value): Value => apply(notOp, [x]);
/** Element type change; from float to int64 it truncates. */
export const cast = (x: Value, to: DataType): Value => (x.type === to ? x : apply(castOp, [x], { to }));
/** `condition ? a : b` per element. */
export const where = (condition: Value, a: Operand, b: Operand): Value =>
  apply(whereOp, [condition, ...operands(a, b)]);
/** Clamps to `[low, high]`; the gradient is zero outside. */
export const clamp = (x: Value, low: number, high: number): Value => minimum(maximum(x, low), high);
