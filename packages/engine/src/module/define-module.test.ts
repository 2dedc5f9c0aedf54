import { f32, i64, ShapeMismatchError } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { add, concat, linear, matmul, reshape, transpose } from '../ops';
import { configAxes, defineModule, traceModule } from './define-module';
import { linearLayer } from './layers';
import { tracingScope } from './weight-scope';

interface ToyConfig {
  readonly inputDim: number;
  readonly outputDim: number;
  readonly kind: string;
}

const config: ToyConfig = { inputDim: 6, outputDim: 4, kind: 'toy' };

const specs = {
  inputs: () => ({ features: f32('batch', 'time', 'inputDim') }),
  outputs: () => ({ tokens: f32('batch', 'time', 'outputDim') }),
};

const toy = defineModule<ToyConfig, 'features', 'tokens'>({
  name: 'Toy',
  ...specs,
  forward: ({ features }, weights, { outputDim }) => ({
    tokens: linearLayer(features, weights.scope('layers', 0), outputDim),
  }),
});

/** What a failing trace throws. */
function failureOf(run: () => unknown): ShapeMismatchError {
  try {
    run();
  } catch (error) {
    if (error instanceof ShapeMismatchError) return error;
    throw error;
  }
  throw new RangeError('nothing was thrown');
}

describe('traceModule', () => {
  it('binds axes named as numeric fields of the configuration, and leaves the others free', () => {
    const graph = traceModule(toy, config);
    expect(graph.inputs.get('features')?.shape.map(String)).toEqual(['batch', 'time', '6']);
    expect(graph.outputs.get('tokens')?.shape.map(String)).toEqual(['batch', 'time', '4']);
    expect(configAxes(config)).toEqual({ inputDim: 6, outputDim: 4 });
  });

  it('binds axes on request', () => {
    const graph = traceModule(toy, config, { axes: { time: 8 } });
    expect(graph.outputs.get('tokens')?.shape.map(String)).toEqual(['batch', '8', '4']);
  });

  it('collects parameters under dotted names, each once', () => {
    const { parameters } = traceModule(toy, config);
    expect([...parameters].map(([name, { shape }]) => [name, shape])).toEqual([
      ['layers.0.weight', [4, 6]],
      ['layers.0.bias', [4]],
    ]);
    const scope = tracingScope();
    expect(scope.get('tied', [2])).toBe(scope.get('tied', [2]));
    expect(() => scope.get('tied', [3])).toThrow('weight tied is asked for as [2] and as [3]');
  });

  it('keeps an input that nothing reads in the signature', () => {
    const module = defineModule({
      name: 'Deaf',
      inputs: (_: ToyConfig) => ({ features: f32('batch', 'inputDim'), ignored: f32('batch') }),
      outputs: () => ({ copy: f32('batch', 'inputDim') }),
      forward: ({ features }) => ({ copy: features }),
    });
    expect([...traceModule(module, config).inputs.keys()]).toEqual(['features', 'ignored']);
  });

  it('refuses an output that breaks its promise, naming the axes', () => {
    const wrong = defineModule<ToyConfig, 'features', 'tokens'>({
      ...toy,
      forward: ({ features }) => ({ tokens: features }),
    });
    const error = failureOf(() => traceModule(wrong, config));
    expect(error).toMatchObject({
      where: 'Toy.forward',
      input: 'output tokens',
      expected: ['batch', 'time', 'outputDim'],
      received: ['batch', 'time', 'inputDim=6'],
    });
    expect(error.message).toContain('[batch, time, inputDim=6], expected [batch, time, outputDim]');
  });

  it('refuses swapped symbolic axes, and another element type', () => {
    const swapped = defineModule<ToyConfig, 'features', 'tokens'>({
      ...toy,
      forward: (inputs, weights, sizes) => ({
        tokens: transpose(toy.forward(inputs, weights, sizes).tokens, [1, 0, 2]),
      }),
    });
    expect(failureOf(() => traceModule(swapped, config)).received).toEqual(['time', 'batch', '4']);
    const integers = defineModule<ToyConfig, 'features', 'tokens'>({
      ...toy,
      outputs: () => ({ tokens: i64('batch', 'time', 'outputDim') }),
    });
    expect(() => traceModule(integers, config)).toThrow(ShapeMismatchError);
  });

  it('names the axes where an operation inside does not fit', () => {
    const broken = (forward: (typeof toy)['forward']) => () =>
      traceModule(defineModule<ToyConfig, 'features', 'tokens'>({ ...toy, forward }), config);
    const product = failureOf(
      broken(({ features }, weights) => ({ tokens: matmul(features, weights.get('wide', [5, 4])) })),
    );
    expect(product.message).toMatch(/inputDim=6/);
    const sum = failureOf(broken(({ features }, weights) => ({ tokens: add(features, weights.get('bias', [5])) })));
    expect(sum.message).toMatch(/inputDim=6/);
    const joined = failureOf(
      broken(({ features }) => ({ tokens: concat([features, transpose(features, [1, 0, 2])], 2) })),
    );
    expect(joined.message).toMatch(/batch.*time|time.*batch/);
    expect(broken(({ features }) => ({ tokens: reshape(features, [5, -1]) }))).toThrow(ShapeMismatchError);
    expect(broken(({ features }, weights) => ({ tokens: linear(features, weights.get('weight', [4, 7])) }))).toThrow(
      /inputDim=6/,
    );
  });
});
