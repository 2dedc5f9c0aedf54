// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { defineModule, initializeWeights, linearLayer, mean, mul, sub, traceModule } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { TrainingSession } from '@nano-emox/engine/training';
import { f32, floatTensor } from '@nano-emox/tensor-contract';

// A network is a pure function over symbolic tensors; this one learns y = 2 a - b.
const fit = defineModule({
  name: 'Fit',
  inputs: (_: { inputDim: number }) => ({ x: f32('batch', 'inputDim'), y: f32('batch', 1) }),
  outputs: () => ({ loss: f32() }),
  forward({ x, y }, weights) {
    const error = sub(linearLayer(x, weights.scope('layer'), 1), y); // [batch, 1]
    return { loss: mean(mul(error, error), [0, 1]) };
  },
});

const graph = traceModule(fit, { inputDim: 2 });
const executor = await openExecutor({ threads: 1 });
const session = await TrainingSession.open({
  graph,
  weights: initializeWeights(graph, 1),
  executor,
  groupOf: () => 'all', // every parameter trains, with one learning rate
  optimizer: { weightDecay: 0 },
});
const batch = {
  x: floatTensor(Float32Array.of(1, 0, 0, 1, 1, 1, 2, 1), [4, 2]),
  y: floatTensor(Float32Array.of(2, -1, 1, 3), [4, 1]),
};
for (let step = 0; step < 300; step++) await session.update(batch, { learningRates: { all: 0.1 } });
const [a, b] = (await session.readWeights()).get('layer.weight')?.data ?? [];
console.log(`weights ${a?.toFixed(2)}, ${b?.toFixed(2)}`);
await session.dispose();
await executor.dispose();
