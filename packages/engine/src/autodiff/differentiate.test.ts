import { f32, floatTensor, InvalidArgumentError, i64, NotDifferentiableError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { evaluateReference } from '../executors/reference';
import { shapesEqual } from '../graph/dim';
import { topologicalNodes } from '../graph/graph';
import { constantOf, input, parameter } from '../graph/leaves';
import type { Value } from '../graph/value';
import { gelu } from '../ops/activation';
import { multiHeadAttention } from '../ops/attention';
import { convolution, convolutionTranspose } from '../ops/convolution';
import { abs, add, cast, maximum, minimum, mul, pow, relu } from '../ops/elementwise';
import { gather } from '../ops/indexing';
import { crossEntropy } from '../ops/loss';
import { linear } from '../ops/matmul';
import { layerNorm } from '../ops/normalization';
import { argMax, max, sum } from '../ops/reduce';
import { gradientsOf, prepareForDifferentiation } from './differentiate';

const zeros = { kind: 'constant', value: 0 } as const;
const names = (values: readonly Value[]) => topologicalNodes(values).map(({ op }) => op.name);

/** Gradients of `loss` in `wrt` on float32 inputs given as flat lists. */
function gradientValues(loss: Value, wrt: readonly Value[], inputs: Record<string, number[]>): number[][] {
  const outputs = new Map(gradientsOf(loss, wrt).map((value, index) => [String(index), value]));
  const feeds = Object.entries(inputs).map(([name, data]) => [
    name,
    floatTensor(Float32Array.from(data), [data.length]),
  ]);
  const results = evaluateReference(outputs, { inputs: Object.fromEntries(feeds) });
  return [...results.values()].map(({ data }) => Array.from(data as Float32Array));
}

/** A block with one low-rank update on a layer whose own weights may be frozen, as adapters are trained. */
function adaptedBlock() {
  const x = input('x', f32('rows', 4));
  const weight = parameter('weight', [4, 4], zeros);
  const bias = parameter('bias', [4], zeros);
  const scale = parameter('scale', [4], zeros);
  const down = parameter('down', [2, 4], zeros);
  const up = parameter('up', [4, 2], zeros);
  const adapted = add(linear(x, weight, bias), linear(linear(x, down), up));
  const y = layerNorm(gelu(adapted), scale, bias, 1e-5);
  return { loss: sum(y, [0, 1]), frozen: [weight, bias, scale], trained: [down, up], x };
}

describe('gradientsOf', () => {
  it('gives gradients of the type and shape of what was asked for, also of symbolic shape', () => {
    const { loss, frozen, trained, x } = adaptedBlock();
    const wrt = [...frozen, ...trained, x];
    gradientsOf(loss, wrt).forEach((gradient, index) => {
      expect(gradient.type).toBe('float32');
      expect(shapesEqual(gradient.shape, (wrt[index] as Value).shape)).toBe(true);
    });
  });

  it('spends no node on frozen parameters', () => {
    const { loss, frozen, trained } = adaptedBlock();
    const backwardNodes = (wrt: readonly Value[]) => topologicalNodes(gradientsOf(loss, wrt)).length;
    // The same network with the frozen parameters as constants cannot have gradients for them at all.
    const x = input('x', f32('rows', 4));
    const [weight, bias, scale] = frozen.map(({ shape }) =>
      constantOf(new Float32Array(shape.reduce<number>((n, size) => n * (size as number), 1)), shape as number[]),
    ) as [Value, Value, Value];
    const [down, up] = trained as [Value, Value];
    const adapted = add(linear(x, weight, bias), linear(linear(x, down), up));
    const constantLoss = sum(layerNorm(gelu(adapted), scale, bias, 1e-5), [0, 1]);
    expect(backwardNodes(trained)).toBe(topologicalNodes(gradientsOf(constantLoss, trained)).length);
    expect(backwardNodes(trained)).toBeLessThan(backwardNodes([...frozen, ...trained]));
  });

  it('adds no node at all below the first trained layer', () => {
    const x = input('x', f32('rows', 4));
    let hidden = x;
    for (let layer = 0; layer < 5; layer++) hidden = gelu(linear(hidden, parameter(`w${layer}`, [4, 4], zeros)));
    const head = parameter('head', [1, 4], zeros);
    const loss = sum(linear(hidden, head), [0, 1]);
    const forward = new Set(topologicalNodes([loss]));
    const added = topologicalNodes(gradientsOf(loss, [head])).filter((node) => !forward.has(node));
    expect(added.map(({ op }) => op.name).sort()).toEqual(['Expand', 'MatMul', 'Reshape']);
  });

  it('adds up the gradients of a value that is used several times', () => {
    const x = input('x', f32('n'));
    expect(gradientValues(sum(add(mul(x, 3), mul(x, x)), [0]), [x], { x: [1, -2] })).toEqual([[5, -1]]);
  });

  it('differentiates in values inside the graph, and through them', () => {
    const x = input('x', f32('n'));
    const inner = mul(x, 2);
    const loss = sum(mul(inner, inner), [0]);
    expect(gradientValues(loss, [inner, x], { x: [1, -2] })).toEqual([
      [4, -8],
      [8, -16],
    ]);
  });

  it('gives one for the loss itself', () => {
    const x = input('x', f32(1));
    expect(gradientValues(x, [x], {})).toEqual([[1]]);
  });

  it('gives zeros for what does not influence the loss', () => {
    const x = input('x', f32(2));
    const other = parameter('other', [2, 2], zeros);
    expect(gradientValues(sum(x, [0]), [other], { x: [1, 2] })).toEqual([[0, 0, 0, 0]]);
  });

  it('gives zeros where only integers lead to the loss', () => {
    const x = input('x', f32(2));
    const loss = add(cast(argMax(x), 'float32'), sum(mul(x, 0), [0]));
    expect(gradientValues(loss, [x], { x: [1, 2] })).toEqual([[0, 0]]);
  });

  it('differentiates a gradient again', () => {
    const x = input('x', f32(3));
    const [slope] = gradientsOf(sum(mul(mul(x, x), x), [0]), [x]) as [Value];
    const [curvature] = gradientValues(sum(slope, [0]), [x], { x: [1, -2, 0.5] });
    expect(curvature).toEqual([6, -12, 3]);
  });

  it('works through a graph deeper than the call stack', () => {
    const x = input('x', f32(1));
    let y = x;
    for (let depth = 0; depth < 20_000; depth++) y = add(y, x);
    const [gradient] = gradientsOf(y, [x]) as [Value];
    expect(topologicalNodes([gradient])).toHaveLength(20_000);
  });

  it('throws the name of a needed operation without rule', () => {
    const x = input('x', f32('batch', 1, 4));
    const weight = parameter('weight', [1, 1, 3], zeros);
    const geometry = { strides: [1], padsBefore: [0], padsAfter: [0], dilations: [1], groups: 1, outputPadding: [0] };
    const loss = sum(convolutionTranspose(x, weight, geometry), [0, 1, 2]);
    expect(() => gradientsOf(loss, [weight])).toThrow(NotDifferentiableError);
    expect(() => gradientsOf(loss, [weight])).toThrow(/ConvTranspose/);
    const bias = parameter('bias', [], zeros);
    expect(() => gradientsOf(add(loss, bias), [bias])).not.toThrow();
  });

  it('refuses a gradient in an exponent rather than leaving it out', () => {
    const exponent = input('exponent', f32());
    expect(() => gradientsOf(pow(2, exponent), [exponent])).toThrow(/Pow, in input 1/);
  });

  it('refuses the input of a strided convolution whose size is not known', () => {
    const x = input('x', f32('batch', 1, 'time'));
    const weight = parameter('weight', [1, 1, 3], zeros);
    const loss = sum(convolution(x, weight, undefined, { strides: [2] }), [0, 1, 2]);
    expect(() => gradientsOf(loss, [x])).toThrow(InvalidArgumentError);
    expect(() => gradientsOf(loss, [weight])).not.toThrow();
  });

  it('refuses a loss that is not one floating-point number', () => {
    const x = input('x', f32('batch', 2));
    expect(() => gradientsOf(x, [x])).toThrow(/\[batch, 2\].*Reduce it/);
    const index = input('index', i64());
    expect(() => gradientsOf(index, [index])).toThrow(InvalidArgumentError);
  });
});

describe('gradients where a function has a kink', () => {
  const x = input('x', f32(3));
  const y = input('y', f32(3));

  it('go to the first operand at ties of maximum and minimum', () => {
    const feeds = { x: [1, 2, 3], y: [1, 3, 2] };
    expect(gradientValues(sum(maximum(x, y), [0]), [x, y], feeds)).toEqual([
      [1, 0, 1],
      [0, 1, 0],
    ]);
    expect(gradientValues(sum(minimum(x, y), [0]), [x, y], feeds)).toEqual([
      [1, 1, 0],
      [0, 0, 1],
    ]);
  });

  it('are shared by ties of a reduction', () => {
    expect(gradientValues(max(x, [0]), [x], { x: [2, 1, 2] })).toEqual([[0.5, 0, 0.5]]);
  });

  it('are zero at zero for relu and abs', () => {
    expect(gradientValues(sum(relu(x), [0]), [x], { x: [-1, 0, 2] })).toEqual([[0, 0, 1]]);
    expect(gradientValues(sum(abs(x), [0]), [x], { x: [-1, 0, 2] })).toEqual([[-1, 0, 1]]);
  });
});

describe('the cost of hot paths', () => {
  it('of a linear layer is two products and one sum, without a transposed copy', () => {
    const x = input('x', f32('batch', 'time', 4));
    const [weight, bias] = [parameter('weight', [3, 4], zeros), parameter('bias', [3], zeros)];
    const loss = sum(linear(x, weight, bias), [0, 1, 2]);
    const added = names(gradientsOf(loss, [x, weight, bias]));
    expect(added.filter((name) => name === 'MatMul')).toHaveLength(2);
    expect(added).not.toContain('Transpose');
  });

  it('of cross-entropy never spreads the gradient over the classes before it is added', () => {
    const logits = input('logits', f32('rows', 7));
    const labels = input('labels', i64('rows'));
    const [gradient] = gradientsOf(crossEntropy(logits, labels), [logits]) as [Value];
    const added = topologicalNodes([gradient]);
    const spread = added.filter(({ op, outputs }) => op.name === 'Expand' && outputs[0]?.shape.includes(7));
    expect(added.filter(({ op }) => op.name === 'ScatterElements')).toHaveLength(1);
    expect(spread).toEqual([]);
  });

  it('of an embedding is one scatter', () => {
    const table = parameter('table', [9, 4], zeros);
    const loss = sum(gather(table, input('ids', i64('batch', 'time'))), [0, 1, 2]);
    expect(names(gradientsOf(loss, [table])).filter((name) => name.startsWith('Scatter'))).toHaveLength(1);
  });
});

describe('prepareForDifferentiation', () => {
  const x = input('x', f32('batch', 3, 4));
  const weight = parameter('weight', [4, 4], zeros);
  const attended = multiHeadAttention(x, x, x, { heads: 2 });
  const loss = sum(gelu(linear(attended, weight)), [0, 1, 2]);

  it('lowers composites without a rule and keeps those with one', () => {
    const prepared = prepareForDifferentiation(new Map([['loss', loss]])).get('loss') as Value;
    expect(names([prepared])).not.toContain('Attention');
    expect(names([prepared])).toEqual(expect.arrayContaining(['Softmax', 'Linear', 'Gelu']));
    expect(() => gradientsOf(loss, [x])).toThrow(/Attention/);
    expect(() => gradientsOf(prepared, [x])).not.toThrow();
  });

  it('keeps the composites of the frozen part when told what is trained', () => {
    const prepared = prepareForDifferentiation(new Map([['loss', loss]]), [weight]).get('loss') as Value;
    expect(prepared).toBe(loss);
    const both = prepareForDifferentiation(new Map([['loss', loss]]), [x]).get('loss') as Value;
    expect(names([both])).not.toContain('Attention');
  });
});
