import { floatTensor, WeightsMismatchError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { graphOf } from '../graph/graph';
import { parameter } from '../graph/leaves';
import { add } from '../ops';
import { bindWeights } from './bind-weights';
import { initializeWeights } from './initialize-weights';
import { fanIn, glorot, normal, ones, zeros } from './weight-scope';

const graph = graphOf({
  y: add(add(parameter('a', [2], zeros), parameter('b', [3, 2], zeros)), parameter('c', [1], zeros)),
});
const tensor = (...dims: number[]) => floatTensor(new Float32Array(dims.reduce((a, b) => a * b, 1)), dims);

describe('bindWeights', () => {
  it('picks what the graph reads', () => {
    const weights = new Map([
      ['a', tensor(2)],
      ['b', tensor(3, 2)],
      ['c', tensor(1)],
    ]);
    expect(bindWeights('Toy', graph, weights)).toEqual(weights);
    const more = new Map([...weights, ['a.position_ids', tensor(512)]]);
    expect(bindWeights('Toy', graph, more, (name) => name.endsWith('position_ids'))).toEqual(weights);
  });

  it('lists everything that is wrong in one error', () => {
    const weights = new Map([
      ['b', tensor(2, 3)],
      ['c', tensor(1)],
      ['d', tensor(1)],
      ['e', tensor(1)],
    ]);
    expect(() => bindWeights('Toy', graph, weights)).toThrow(WeightsMismatchError);
    expect(() => bindWeights('Toy', graph, weights)).toThrow(
      'Toy: weights do not fit: missing a; unexpected d, e; b is [2,3] instead of [3,2]',
    );
  });
});

describe('initializeWeights', () => {
  const many = [40, 50];
  const initializers = { n: normal(0.5), f: fanIn(25), g: glorot(10, 14), o: ones, z: zeros };
  /** Weights called by the first letter of their distribution. */
  const initialized = (seed: number, ...names: string[]) => {
    const parameters = names.map((name) => [name, parameter(name, many, initializers[name[0] as 'n'])] as const);
    return initializeWeights(graphOf(new Map(parameters)), seed);
  };
  const data = (weights: ReturnType<typeof initialized>, name: string) => weights.get(name)?.data as Float32Array;
  const deviation = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / 2000);

  it('draws each weight from the seed and its own name', () => {
    const few = initialized(3, 'n1', 'f1');
    const more = initialized(3, 'f0', 'n1', 'g1', 'f1');
    expect(data(more, 'n1')).toEqual(data(few, 'n1'));
    expect(data(more, 'f1')).toEqual(data(few, 'f1'));
    expect(data(more, 'f0')).not.toEqual(data(few, 'f1'));
    expect(data(initialized(4, 'n1'), 'n1')).not.toEqual(data(few, 'n1'));
  });

  it('follows the named distributions', () => {
    const weights = initialized(1, 'n', 'f', 'g', 'o', 'z');
    expect(deviation(data(weights, 'n'))).toBeCloseTo(0.5, 1);
    expect(Math.max(...data(weights, 'f'))).toBeLessThanOrEqual(0.2);
    expect(deviation(data(weights, 'f'))).toBeCloseTo(0.2 / Math.sqrt(3), 2);
    expect(deviation(data(weights, 'g'))).toBeCloseTo(0.5 / Math.sqrt(3), 2);
    expect([...new Set(data(weights, 'o'))]).toEqual([1]);
    expect([...new Set(data(weights, 'z'))]).toEqual([0]);
  });
});
