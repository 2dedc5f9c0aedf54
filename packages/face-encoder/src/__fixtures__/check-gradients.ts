import { add, constantOf, type Graph, graphOf, initializeWeights, mean, mul, Random, sum, type Value, writeModel } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { gradientsOf, prepareForDifferentiation } from '@nano-emox/engine/training';
import { type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';

const STEP = 2e-3;

/**
 * Differentiates the mean square of all outputs in every parameter at once. `slope` is the gradient along one random direction through
 * all weights, `measuredSlope` the central difference along it, `norms` the squared gradient norm of each parameter.
 */
export async function checkGradients(
  graph: Graph,
  inputs: Readonly<Record<string, HostTensor>>,
): Promise<{ slope: number; measuredSlope: number; norms: ReadonlyMap<string, number> }> {
  const names = [...graph.parameters.keys()];
  const outputs = [...prepareForDifferentiation(graph.outputs).values()];
  const loss = outputs.map(meanSquare).reduce((a, b) => add(a, b));
  const gradients = gradientsOf(loss, [...graph.parameters.values()]);
  const random = new Random(7);
  const direction = new Map(
    [...graph.parameters].map(([name, { shape }]) => {
      const dims = shape as readonly number[];
      const count = dims.reduce((product, dim) => product * dim, 1);
      return [name, floatTensor(new Float32Array(count).map(() => random.normal()), dims)];
    }),
  );
  const alongDirection = gradients.map((gradient, index) => {
    const { data, dims } = direction.get(names[index] as string) as FloatTensor;
    return total(mul(gradient, constantOf(data, dims)));
  });
  const norms = Object.fromEntries(gradients.map((gradient, index) => [`norm.${index}`, total(mul(gradient, gradient))]));
  const extended = graphOf({ loss, slope: alongDirection.reduce((a, b) => add(a, b)), ...norms });

  const weights = initializeWeights(graph, 3);
  const executor = await openExecutor({ workers: 0, threads: 1 });
  const evaluate = async (offset: number) => {
    const moved = new Map([...weights].map(([name, tensor]) => [name, shifted(tensor, direction.get(name) as FloatTensor, offset)]));
    const session = await executor.load({ bytes: writeModel(extended, { weights: moved }).model }, { name: 'gradients' });
    const results = await session.run(inputs);
    await session.dispose();
    return (name: string) => Number(results[name]?.data[0]);
  };
  try {
    const [here, after, before] = [await evaluate(0), await evaluate(STEP), await evaluate(-STEP)];
    return {
      slope: here('slope'),
      measuredSlope: (after('loss') - before('loss')) / (2 * STEP),
      norms: new Map(names.map((name, index) => [name, here(`norm.${index}`)])),
    };
  } finally {
    await executor.dispose();
  }
}

const axes = (value: Value): number[] => value.shape.map((_, axis) => axis);
const total = (value: Value): Value => sum(value, axes(value));
const meanSquare = (value: Value): Value => mean(mul(value, value), axes(value));

function shifted(tensor: FloatTensor, direction: FloatTensor, offset: number): FloatTensor {
  return { ...tensor, data: tensor.data.map((value, index) => value + offset * (direction.data[index] as number)) };
}
