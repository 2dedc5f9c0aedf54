import { elementCount, type FloatTensor, floatTensor, type HostTensor } from '@nano-emox/tensor-contract';
import { gradientsOf, prepareForDifferentiation } from '../autodiff/differentiate';
import { type Graph, graphOf } from '../graph/graph';
import { constantOf } from '../graph/leaves';
import type { Value } from '../graph/value';
import { initializeWeights } from '../module/initialize-weights';
import { add, mean, mul, sum } from '../ops';
import { Random } from '../random';
import { openExecutor } from '../runtime/node';

export interface GradientCheckOptions {
  /** How far weights move to either side, in units of the direction's elements, which are N(0, 1). @default 2e-3 */
  readonly step?: number;
  /** Seed of the weights and of the direction. @default 3 */
  readonly seed?: number;
}

/** One direction through all weights, differentiated in two ways. */
export interface DirectionalGradient {
  /** Gradient along the direction, by differentiation. */
  readonly slope: number;
  /** The same by central difference. */
  readonly measuredSlope: number;
  /** Squared norm of the gradient of every parameter. 0 means that the parameter does not learn. */
  readonly norms: ReadonlyMap<string, number>;
}

/**
 * Differentiates the mean squares of all outputs of a graph in every parameter at once, and compares along one random direction through
 * all fresh weights: a wrong gradient anywhere tilts the slope.
 * @param graph as `traceModule` gives it; all its sizes but those of inputs have to be known
 * @throws NotDifferentiableError
 * @example
 * const { slope, measuredSlope, norms } = await directionalGradient(traceModule(module, config), { features });
 * expect(Math.abs(slope - measuredSlope)).toBeLessThan(0.02 * Math.abs(slope));
 * expect([...norms].filter(([, norm]) => !(norm > 0))).toEqual([]);
 */
export async function directionalGradient(
  graph: Graph,
  inputs: Readonly<Record<string, HostTensor>>,
  { step = 2e-3, seed = 3 }: GradientCheckOptions = {},
): Promise<DirectionalGradient> {
  const weights = initializeWeights(graph, seed);
  const direction = randomDirection(weights, seed);
  const extended = withSlope(graph, direction);
  const executor = await openExecutor({ workers: 0, threads: 1 });
  const evaluate = async (offset: number) => {
    const source = { graph: extended, weights: moved(weights, direction, offset) };
    const session = await executor.load(source, { name: 'gradients' });
    const results = await session.run(inputs);
    await session.dispose();
    return (name: string) => Number(results[name]?.data[0]);
  };
  try {
    const [here, after, before] = [await evaluate(0), await evaluate(step), await evaluate(-step)];
    return {
      slope: here('slope'),
      measuredSlope: (after('loss') - before('loss')) / (2 * step),
      norms: new Map([...weights.keys()].map((name) => [name, here(`norm.${name}`)])),
    };
  } finally {
    await executor.dispose();
  }
}

/** A graph of the loss, its slope along `direction`, and the squared norm of each gradient. */
function withSlope(graph: Graph, direction: ReadonlyMap<string, FloatTensor>): Graph {
  const outputs = [...prepareForDifferentiation(graph.outputs).values()];
  const loss = outputs.map(meanSquare).reduce((a, b) => add(a, b));
  const names = [...graph.parameters.keys()];
  const gradients = gradientsOf(loss, [...graph.parameters.values()]);
  const along = gradients.map((gradient, index) => {
    const { data, dims } = direction.get(names[index] as string) as FloatTensor;
    return total(mul(gradient, constantOf(data, dims)));
  });
  const norms = gradients.map((gradient, index) => [`norm.${names[index]}`, total(mul(gradient, gradient))]);
  return graphOf({ loss, slope: along.reduce((a, b) => add(a, b)), ...Object.fromEntries(norms) });
}

const axesOf = (value: Value): number[] => [...value.shape.keys()];
const total = (value: Value): Value => sum(value, axesOf(value));
const meanSquare = (value: Value): Value => mean(mul(value, value), axesOf(value));

function randomDirection(weights: ReadonlyMap<string, FloatTensor>, seed: number): ReadonlyMap<string, FloatTensor> {
  const random = new Random(seed);
  const draw = (dims: readonly number[]) => new Float32Array(elementCount(dims)).map(() => random.normal());
  return new Map([...weights].map(([name, { dims }]) => [name, floatTensor(draw(dims), dims)]));
}

function moved(
  weights: ReadonlyMap<string, FloatTensor>,
  direction: ReadonlyMap<string, FloatTensor>,
  offset: number,
): ReadonlyMap<string, FloatTensor> {
  const along = (name: string, index: number) => offset * (direction.get(name)?.data[index] as number);
  return new Map(
    [...weights].map(([name, { data, dims }]) => [
      name,
      floatTensor(
        data.map((value, index) => value + along(name, index)),
        dims,
      ),
    ]),
  );
}
