import { addDims, type Dim, multiplyDims } from '../../graph/dim';
import { constantOf } from '../../graph/leaves';
import type { Value } from '../../graph/value';
import { gelu, quickGelu, silu } from '../../ops/activation';
import { dotProductAttention, multiHeadAttention } from '../../ops/attention';
import { batchStatisticsNorm } from '../../ops/batch-norm';
import { columnConvolution } from '../../ops/column-convolution';
import { type ConvolutionAttributes, convolution } from '../../ops/convolution';
import * as elementwise from '../../ops/elementwise';
import { gather, gatherElements, scatterAddElements, scatterAddRows } from '../../ops/indexing';
import { crossEntropy, IGNORED_LABEL } from '../../ops/loss';
import { linear, matmul } from '../../ops/matmul';
import { groupNorm, layerNorm, rmsNorm } from '../../ops/normalization';
import { logSoftmax, max, mean, softmax, sum } from '../../ops/reduce';
import { concat, expand, pad, reshape, slice, split, transpose } from '../../ops/shape';

/** An axis by size, or by name with its size in this run: the graph is then traced without knowing it. */
export type CaseAxis = number | readonly [name: string, size: number];

/** One differentiable expression. Every input is float32 and gets a gradient; integers and masks are constants. */
export interface GradientCase {
  /** The rule under test; a name that is no operation for composite functions. */
  readonly rule: string;
  readonly variant: string;
  readonly inputs: readonly (readonly CaseAxis[])[];
  /** Range of the input values. @default [−1, 1] */
  readonly range?: readonly [low: number, high: number];
  build(values: readonly Value[]): Value;
}

const { add, sub, mul, div, pow, maximum, minimum, where, greater, cast } = elementwise;
const integers = (values: readonly number[], shape: readonly number[] = [values.length]) =>
  constantOf(values, shape, 'int64');
const batch = (size: number): CaseAxis => ['batch', size];
const time = (size: number): CaseAxis => ['time', size];

type Build = (...values: Value[]) => Value;

function gradientCase(
  rule: string,
  variant: string,
  inputs: GradientCase['inputs'],
  build: Build,
  range?: readonly [number, number],
): GradientCase {
  return { rule, variant, inputs, build: (values) => build(...values), ...(range && { range }) };
}

/** The operand shapes every binary operation is tested with. */
function binaryCases(rule: string, build: Build, range?: readonly [number, number]): GradientCase[] {
  const shapes: [string, CaseAxis[], CaseAxis[]][] = [
    ['equal shapes', [2, 3], [2, 3]],
    ['row under matrix', [2, 3], [3]],
    ['column and row', [2, 1], [1, 3]],
    ['scalar', [], [2, 3]],
    ['symbolic axis', [batch(2), 1, 3], [2, 1]],
  ];
  return shapes.map(([variant, a, b]) => gradientCase(rule, variant, [a, b], build, range));
}

const unaryCase = (rule: string, build: Build, range?: readonly [number, number]) =>
  gradientCase(rule, 'of a matrix', [[batch(3), 4]], build, range);

const elementwiseCases: GradientCase[] = [
  ...binaryCases('Add', add),
  ...binaryCases('Sub', sub),
  ...binaryCases('Mul', mul),
  gradientCase('Mul', 'square', [[2, 3]], (x) => mul(x, x)),
  ...binaryCases('Div', div, [0.5, 2]),
  ...binaryCases('Max', maximum),
  ...binaryCases('Min', minimum),
  gradientCase('Max', 'clamp', [[batch(3), 4]], (x) => elementwise.clamp(x, -0.4, 0.3)),
  gradientCase('Pow', 'square', [[2, 3]], (x) => pow(x, 2)),
  gradientCase('Pow', 'fractional exponent', [[2, 3]], (x) => pow(x, -1.5), [0.5, 2]),
  gradientCase('Pow', 'exponents as data', [[2, 1]], (x) => pow(x, constantOf([0.5, 2, 3], [3])), [0.5, 2]),
  unaryCase('Neg', elementwise.neg),
  unaryCase('Exp', elementwise.exp),
  unaryCase('Log', elementwise.log, [0.5, 2]),
  unaryCase('Sqrt', elementwise.sqrt, [0.5, 2]),
  unaryCase('Erf', elementwise.erf, [-2, 2]),
  unaryCase('Tanh', elementwise.tanh, [-2, 2]),
  unaryCase('Sigmoid', elementwise.sigmoid, [-4, 4]),
  unaryCase('Relu', elementwise.relu),
  unaryCase('Abs', elementwise.abs),
  unaryCase('Cast', (x) => cast(cast(x, 'float64'), 'float32')),
  gradientCase('Where', 'broadcast branches', [[2, 3], [3]], (a, b) =>
    where(constantOf([1, 0, 1, 0, 0, 1], [2, 3], 'bool'), a, b),
  ),
  gradientCase('Where', 'broadcast condition', [[batch(2), 3], [batch(2), 1]], (a, b) =>
    where(constantOf([1, 0, 1], [3], 'bool'), a, b),
  ),
  gradientCase('Where', 'condition from the operand', [[2, 3]], (a) => where(greater(a, 0), mul(a, 3), a)),
];

const reduceCases: GradientCase[] = [
  gradientCase('ReduceSum', 'inner axes', [[2, 3, 4]], (x) => sum(x, [1, 2])),
  gradientCase('ReduceSum', 'outer axes, kept', [[batch(2), 3, 4]], (x) => sum(x, [0, 2], true)),
  gradientCase('ReduceMean', 'fixed axis', [[2, 3, 4]], (x) => mean(x, [1])),
  gradientCase('ReduceMean', 'symbolic axes', [[batch(2), time(3), 4]], (x) => mean(x, [0, 1], true)),
  gradientCase('ReduceMax', 'last axis', [[batch(2), 5]], (x) => max(x, [-1])),
  gradientCase('ReduceMax', 'two axes, kept', [[3, 2, 4]], (x) => max(x, [0, 2], true)),
  gradientCase('Softmax', 'last axis', [[batch(2), 5]], (x) => softmax(x), [-3, 3]),
  gradientCase('Softmax', 'middle axis', [[2, 3, 2]], (x) => softmax(x, 1), [-3, 3]),
  gradientCase('LogSoftmax', 'last axis', [[batch(2), 5]], (x) => logSoftmax(x), [-3, 3]),
  gradientCase('LogSoftmax', 'first axis', [[4, 2]], (x) => logSoftmax(x, 0), [-3, 3]),
  gradientCase(
    'LogSoftmax',
    'of which one element per row is read',
    [[3, 5]],
    (x) => gatherElements(logSoftmax(x), integers([1, 4, 4], [3, 1]), 1),
    [-3, 3],
  ),
  gradientCase(
    'LogSoftmax',
    'of which elements of some rows are read',
    [[batch(3), 5]],
    (x) => gatherElements(logSoftmax(x), integers([1, 4], [2, 1]), 1),
    [-3, 3],
  ),
  gradientCase(
    'LogSoftmax',
    'of which elements of another axis are read',
    [[3, 5]],
    (x) => gatherElements(logSoftmax(x), integers([1, 0, 2, 2, 1, 0, 1, 1, 2, 0], [2, 5]), 0),
    [-3, 3],
  ),
];

const shapeCases: GradientCase[] = [
  gradientCase('Reshape', 'symbolic axis', [[batch(2), 6]], (x) => reshape(x, [-1, 3])),
  gradientCase('Transpose', 'three axes', [[2, 3, 4]], (x) => transpose(x, [2, 0, 1])),
  gradientCase('Concat', 'two parts', [[2, 3], [2, 2]], (a, b) => concat([a, b], 1)),
  gradientCase('Concat', 'of which one is frozen', [[2, 3]], (a) =>
    concat([constantOf([1, 2], [2, 1]), a, constantOf([5, 6], [2, 1])], 1),
  ),
  gradientCase('Concat', 'symbolic parts', [[batch(2), time(3)], [batch(2), 2]], (a, b) => concat([b, a, b], 1)),
  gradientCase('Split', 'every part', [[2, 6]], (x) => {
    const [a, b, c] = split(x, 1, [1, 2, 3]) as [Value, Value, Value];
    return mul(mul(a, b), sum(c, [1], true));
  }),
  gradientCase('Split', 'one part', [[2, 6]], (x) => split(x, 1, [1, 2, 3])[1] as Value),
  gradientCase('Split', 'two parts of three', [[batch(2), 6]], (x) => {
    const [a, , c] = split(x, 1, [1, 2, 3]) as [Value, Value, Value];
    return mul(a, c);
  }),
  gradientCase('Slice', 'inside', [[2, 5]], (x) => slice(x, 1, 1, 4)),
  gradientCase('Slice', 'symbolic end', [[2, time(5)]], (x) => slice(x, 1, 2)),
  gradientCase('Slice', 'of a symbolic length', [[2, time(5)]], (x) => slice(x, 1, 0, addDims(x.shape[1] as Dim, -1))),
  gradientCase('Slice', 'step 2 that ends on an element', [[batch(2), 7]], (x) => slice(x, 1, 0, 7, 2)),
  gradientCase('Slice', 'step 2 that overhangs', [[2, 6, 2]], (x) => slice(x, 1, 1, 6, 2)),
  gradientCase('Slice', 'step 3 inside', [[9, 2]], (x) => slice(x, 0, 2, 7, 3)),
  gradientCase('Pad', 'two axes', [[2, batch(3)]], (x) =>
    pad(x, [
      { axis: 0, before: 1, after: 2 },
      { axis: 1, before: 0, after: 1 },
    ]),
  ),
  gradientCase('Expand', 'inner and new axes', [[2, 1, 3]], (x) => expand(x, [4, 2, 5, 3])),
];

const matMulCases: GradientCase[] = [
  ...[false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) =>
      gradientCase(
        'MatMul',
        `transposeA ${transposeA}, transposeB ${transposeB}`,
        [transposeA ? [3, 2] : [2, 3], transposeB ? [4, 3] : [3, 4]],
        (a, b) => matmul(a, b, { transposeA, transposeB, alpha: 0.7 }),
      ),
    ),
  ),
  ...[false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) =>
      gradientCase(
        'MatMul',
        `one matrix under many, transposeA ${transposeA}, transposeB ${transposeB}`,
        [[batch(2), 2, ...(transposeA ? [3, 2] : [2, 3])], transposeB ? [4, 3] : [3, 4]],
        (a, b) => matmul(a, b, { transposeA, transposeB, alpha: 1.3 }),
      ),
    ),
  ),
  gradientCase('MatMul', 'broadcast batch axes', [[2, 1, 2, 3], [3, 3, 2]], (a, b) => matmul(a, b)),
  gradientCase('MatMul', 'many under one matrix', [[2, 3], [2, 3, 2]], (a, b) => matmul(a, b)),
  gradientCase('Linear', 'matrix', [[batch(3), 4], [2, 4], [2]], linear),
  gradientCase('Linear', 'batch of sequences', [[batch(2), time(3), 4], [2, 4], [2]], linear),
  gradientCase('Linear', 'without bias', [[2, 2, 3], [2, 3]], (x, weight) => linear(x, weight)),
];

const indexingCases: GradientCase[] = [
  gradientCase('Gather', 'repeated rows', [[4, 3]], (x) => gather(x, integers([1, 3, 1, 1, 0]))),
  gradientCase('Gather', 'matrix of rows', [[4, 2]], (x) => gather(x, integers([1, 3, 1, 2], [2, 2]))),
  gradientCase('Gather', 'one row', [[4, 2]], (x) => gather(x, integers([2], []))),
  gradientCase('Gather', 'middle axis', [[batch(2), 4, 3]], (x) => gather(x, integers([3, 0, 3, 1, 2, 2], [3, 2]), 1)),
  gradientCase('Gather', 'last axis', [[2, 3]], (x) => gather(x, integers([2, 0, 2]), -1)),
  gradientCase('Gather', 'one element of the last axis', [[2, 2, 3]], (x) => gather(x, integers([1], []), 2)),
  gradientCase('GatherElements', 'repeated', [[3, 4]], (x) =>
    gatherElements(x, integers([0, 0, 2, 1, 3, 3], [2, 3]), 1),
  ),
  gradientCase('GatherElements', 'first axis', [[3, 2]], (x) => gatherElements(x, integers([2, 2], [1, 2]), 0)),
  gradientCase('ScatterElements', 'base and updates', [[3, 4], [3, 2]], (base, updates) =>
    scatterAddElements(base, integers([0, 0, 2, 1, 3, 0], [3, 2]), updates, 1),
  ),
  gradientCase('ScatterND', 'base and updates', [[batch(4), 3], [3, 3]], (base, updates) =>
    scatterAddRows(base, integers([2, 0, 2]), updates),
  ),
];

/** Input, weight and bias of a convolution over one axis of 9 or two axes of 7 × 6. */
function convolutionCases(): GradientCase[] {
  const options: [string, number, Parameters<typeof convolution>[3]][] = [
    ['plain', 1, {}],
    ['stride 2, padding 1', 1, { strides: [2], padsBefore: [1] }],
    ['stride 3, uneven padding', 1, { strides: [3], padsBefore: [2], padsAfter: [1] }],
    ['dilation 2', 1, { dilations: [2] }],
    ['groups 2', 2, { groups: 2, padsBefore: [1] }],
    ['groups 2, stride 2, dilation 2, padding 2', 2, { groups: 2, strides: [2], dilations: [2], padsBefore: [2] }],
    ['depthwise', 4, { groups: 4, strides: [2], padsBefore: [1] }],
  ];
  const twice = (list?: readonly number[]) => list?.flatMap((entry) => [entry, entry]);
  return options.flatMap(([variant, groups, option = {}]) => {
    const wide = Object.fromEntries(
      Object.entries(option).map(([name, entry]) => [name, Array.isArray(entry) ? twice(entry) : entry]),
    );
    return [
      gradientCase('Conv', `1-D, ${variant}`, [[batch(2), 4, 9], [4, 4 / groups, 3], [4]], (x, weight, bias) =>
        convolution(x, weight, bias, option),
      ),
      gradientCase('Conv', `2-D, ${variant}`, [[batch(2), 4, 7, 6], [4, 4 / groups, 3, 2]], (x, weight) =>
        convolution(x, weight, undefined, wide),
      ),
    ];
  });
}

/** Input with channels last, weight and bias; a map of 5 × 6, or 6 positions. */
function columnConvolutionCases(): GradientCase[] {
  const [plain, one] = [{ strides: [1, 1], dilations: [1, 1], groups: 1 }, { strides: [1], dilations: [1], groups: 1 }];
  const cases: [string, CaseAxis[], CaseAxis[], ConvolutionAttributes][] = [
    ['same size', [batch(2), 5, 6, 3], [4, 3, 3, 3], { ...plain, padsBefore: [1, 1], padsAfter: [1, 1] }],
    ['map of one place', [batch(2), 1, 1, 2], [3, 2, 3, 3], { ...plain, padsBefore: [1, 1], padsAfter: [1, 1] }],
    ['uneven padding', [batch(2), 5, 6, 2], [3, 2, 2, 3], { ...plain, padsBefore: [2, 0], padsAfter: [0, 1] }],
    ['dilation', [2, 5, 6, 2], [3, 2, 2, 2], { ...plain, dilations: [2, 3], padsBefore: [0, 0], padsAfter: [1, 0] }],
    ['stride 2', [batch(2), 5, 6, 2], [3, 2, 3, 3], { ...plain, strides: [2, 2], padsBefore: [1, 1], padsAfter: [1, 1] }],
    ['patches that leave a rest', [2, 5, 6, 2], [3, 2, 2, 2], { ...plain, strides: [2, 2], padsBefore: [0, 0], padsAfter: [0, 0] }],
    ['one tap', [batch(2), 6, 3], [4, 3, 1], { ...one, padsBefore: [0], padsAfter: [0] }],
    ['1-D, stride 3', [batch(2), 6, 3], [4, 3, 2], { ...one, strides: [3], padsBefore: [1], padsAfter: [0] }],
  ];
  return cases.map(([variant, x, weight, attributes]) =>
    gradientCase('ColumnConvolution', variant, [x, weight, [weight[0] as number]], (input, kernel, bias) =>
      columnConvolution(input as Value, kernel as Value, bias, attributes),
    ),
  );
}

const normalizationCases: GradientCase[] = [
  gradientCase('BatchStatisticsNorm', 'channels second', [[batch(3), 2, 4], [2], [2]], (x, scale, bias) =>
    batchStatisticsNorm(x as Value, { scale: scale as Value, bias: bias as Value }, 1e-3)[0],
  ),
  gradientCase('BatchStatisticsNorm', 'channels last', [[batch(3), 2, 2, 3], [3], [3]], (x, scale, bias) =>
    batchStatisticsNorm(x as Value, { scale: scale as Value, bias: bias as Value }, 1e-3, 3)[0],
  ),
  gradientCase('BatchStatisticsNorm', 'features with a frozen scale', [[batch(4), 3]], (x) => {
    const fixed = { scale: constantOf([1, 0.5, 2], [3]), bias: constantOf([0, 1, 0], [3]) };
    return batchStatisticsNorm(x as Value, fixed, 1e-3)[0];
  }),
  gradientCase('LayerNormalization', 'sequences', [[batch(2), 3, 4], [4], [4]], (x, scale, bias) =>
    layerNorm(x, scale, bias, 1e-5),
  ),
  gradientCase('LayerNormalization', 'frozen scale', [[3, 4]], (x) =>
    layerNorm(x, constantOf([1, 0.5, 2, 1], [4]), constantOf([0, 1, 0, 1], [4]), 1e-5),
  ),
  gradientCase('LayerNormalization', 'frozen input', [[4], [4]], (scale, bias) =>
    layerNorm(constantOf([1, 2, 0.5, -1, 0, 2, 1, 1], [2, 4]), scale, bias, 1e-5),
  ),
  gradientCase('SimplifiedLayerNormalization', 'sequences', [[batch(2), time(3), 4], [4]], (x, scale) =>
    rmsNorm(x, scale, 1e-6),
  ),
  gradientCase('Gelu', 'of a matrix', [[batch(3), 4]], gelu, [-3, 3]),
  gradientCase('QuickGelu', 'alpha 1.702', [[batch(3), 4]], quickGelu, [-3, 3]),
  gradientCase('QuickGelu', 'alpha 1', [[3, 4]], silu, [-3, 3]),
];

const compositeCases: GradientCase[] = [
  gradientCase(
    'multiHeadAttention',
    'with bias',
    [[batch(2), 2, 4], [batch(2), 3, 4], [batch(2), 3, 4], [2, 2, 3]],
    (query, key, value, bias) => multiHeadAttention(query, key, value, { heads: 2, bias }),
  ),
  gradientCase(
    'dotProductAttention',
    'grouped queries',
    [[batch(1), 4, time(2), 2], [batch(1), 2, 3, 2], [batch(1), 2, 3, 2]],
    (query, key, value) => dotProductAttention(query, key, value),
  ),
  gradientCase('groupNorm', 'two groups', [[batch(2), 4, 3], [4], [4]], (x, scale, bias) =>
    groupNorm(x, scale, bias, 2, 1e-5),
  ),
  gradientCase('crossEntropy', 'ignored labels', [[4, 5]], (logits) =>
    crossEntropy(logits, integers([1, IGNORED_LABEL, 4, 0])),
  ),
  gradientCase('crossEntropy', 'smoothing', [[3, 5]], (logits) =>
    crossEntropy(logits, integers([1, IGNORED_LABEL, 4]), 0.1),
  ),
  gradientCase('low-rank update', 'of a linear layer', [[batch(2), 2, 4], [2, 4], [3, 2]], (x, down, up) =>
    add(linear(x, constantOf([1, 0, 2, 0, 1, 1, 0, 3, 1, 1, 1, 1], [3, 4])), mul(linear(linear(x, down), up), 2)),
  ),
  gradientCase('mean of squares', 'over symbolic axes', [[batch(2), time(3)]], (x) => {
    const flat = reshape(x, [multiplyDims(...x.shape)]);
    return mean(mul(flat, flat), [0]);
  }),
];

/** Every case. Each rule of the table has at least one; a test asserts that. */
export const gradientCases: readonly GradientCase[] = [
  ...elementwiseCases,
  ...reduceCases,
  ...shapeCases,
  ...matMulCases,
  ...indexingCases,
  ...convolutionCases(),
  ...columnConvolutionCases(),
  ...normalizationCases,
  ...compositeCases,
];
