// biome-ignore-all lint/suspicious/noConsole: an example shows what it does
import { defineModule, initializeWeights, linearLayer, mean, mul, sub, traceModule } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { type DataSet, type Phase, trainPhase } from '@nano-emox/p2e';
import { f32, floatTensor } from '@nano-emox/tensor-contract';

const fit = defineModule({
  name: 'Fit',
  inputs: () => ({ x: f32('batch', 1), y: f32('batch', 1) }),
  outputs: () => ({ loss: f32() }),
  forward({ x, y }, weights) {
    const error = sub(linearLayer(x, weights.scope('adapter'), 1), y);
    return { loss: mean(mul(error, error), [0, 1]) };
  },
});
const graph = traceModule(fit, {});
const column = (values: readonly number[]) => floatTensor(Float32Array.from(values), [values.length, 1]);
const model = {
  graph,
  weights: initializeWeights(graph, 1),
  collate: (xs: readonly number[]) => ({ x: column(xs), y: column(xs.map((x) => 3 * x + 1)) }),
};
const small: DataSet<number> = { name: 'small', length: 50, get: (index) => index / 50 };
const large: DataSet<number> = { name: 'large', length: 20, get: (index) => 1 + index / 20 };

const phase: Phase = {
  name: 'perception',
  mixture: { small: 0.7, large: 0.3 }, // sampling weights; a batch comes from one data set
  trainable: [{ match: 'adapter.', group: 'adapters' }], // what no rule fits stays frozen
  learningRates: { adapters: { initial: 0.3, minimum: 0.001, warmup: 0.001 } },
  steps: 300,
  batchSize: 8,
  warmupSteps: 10,
  weightDecay: 0,
};
const executor = await openExecutor({ threads: 1 });
const { weights, steps } = await trainPhase({
  model,
  phase,
  dataSets: [small, large],
  executor,
  seed: 1,
  onEvent: (event) => {
    if (event.type === 'phase-start') console.log(`${event.phase}: ${event.trainedParameters} values train`);
  },
});
const value = (name: string) => Number(weights.get(name)?.data[0]).toFixed(1);
console.log(`after ${steps} steps: y = ${value('adapter.weight')} x + ${value('adapter.bias')}`);
await executor.dispose();
