import { crossEntropy, defineModule, linearLayer, traceModule } from '@nano-emox/engine';
import { f32, i64 } from '@nano-emox/tensor-contract';
import { describe, expect, it } from 'vitest';
import { trainingFlops } from './training-flops';

const classifier = defineModule({
  name: 'Classifier',
  inputs: (_sizes: object) => ({ x: f32('batch', 5), targets: i64('batch') }),
  outputs: () => ({ loss: f32() }),
  forward({ x, targets }, weights) {
    const hidden = linearLayer(x, weights.scope('first'), 7, { bias: false });
    return { loss: crossEntropy(linearLayer(hidden, weights.scope('second'), 3, { bias: false }), targets) };
  },
});

describe('trainingFlops', () => {
  const graph = traceModule(classifier, {}, { axes: { batch: 4 } });
  const [first, second] = [2 * 4 * 5 * 7, 2 * 4 * 7 * 3];

  it('counts each product forward, for its weight and for what it reads', () => {
    expect(trainingFlops(graph, () => true)).toBe(2 * first + 3 * second);
  });

  it('counts no gradient that nothing trained needs', () => {
    expect(trainingFlops(graph, (name) => name.startsWith('second'))).toBe(first + 2 * second);
    expect(trainingFlops(graph, (name) => name.startsWith('first'))).toBe(2 * first + 2 * second);
  });
});
