import {
  type AxisBindings,
  configAxes,
  graphOf,
  input,
  mul,
  type NetworkModule,
  sum,
  traceModule,
  type Value,
  writeModel,
} from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { gradientsOf, prepareForDifferentiation } from '@nano-emox/engine/training';
import type { FloatTensor, HostTensor, TensorSpec } from '@nano-emox/tensor-contract';

/**
 * Gradient of `sum(output * upstream)` in every parameter and float input of a module, by name. `upstream` has the shape of
 * the output.
 */
export async function moduleGradients<Config extends object, Inputs extends string, Outputs extends string>(
  module: NetworkModule<Config, Inputs, Outputs>,
  config: Config,
  output: Outputs,
  tensors: { inputs: Readonly<Record<string, FloatTensor>>; upstream: FloatTensor; weights: ReadonlyMap<string, HostTensor> },
  axes: AxisBindings = {},
): Promise<ReadonlyMap<string, FloatTensor>> {
  const graph = traceModule(module, config, { axes });
  const value = graph.outputs.get(output) as Value;
  const spec: TensorSpec = module.outputs(config)[output];
  const product = mul(value, input('upstream', spec, { ...configAxes(config), ...axes }));
  const loss = sum(product, product.shape.map((_, axis) => axis));
  const wanted = new Map([...graph.inputs, ...graph.parameters]);
  const prepared = prepareForDifferentiation(new Map([['loss', loss]]), [...wanted.values()]);
  const gradients = gradientsOf(prepared.get('loss') as Value, [...wanted.values()]);
  const named = new Map([...wanted.keys()].map((name, index) => [`gradient.${name}`, gradients[index] as Value]));
  const executor = await openExecutor({ workers: 0 });
  try {
    const backward = graphOf(named);
    const session = await executor.load({ bytes: writeModel(backward, { weights: tensors.weights }).model }, { name: 'gradients' });
    const known: Readonly<Record<string, FloatTensor>> = { ...tensors.inputs, upstream: tensors.upstream };
    const results = await session.run(Object.fromEntries([...backward.inputs.keys()].map((name) => [name, known[name] as FloatTensor])));
    await session.dispose();
    return new Map(Object.entries(results).map(([name, tensor]) => [name.slice('gradient.'.length), tensor as FloatTensor]));
  } finally {
    await executor.dispose();
  }
}

/** Reproducible values in [−1, 1]. */
export function ramp(...dims: number[]): FloatTensor {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return { type: 'float32', dims, data: Float32Array.from({ length: count }, (_, index) => Math.sin(index * 0.7 + index * index * 0.013)) };
}
