import type { FloatTensor, HostTensor, TensorSpec } from '@nano-emox/tensor-contract';
import { gradientsOf, prepareForDifferentiation } from '../autodiff/differentiate';
import { graphOf } from '../graph/graph';
import { type AxisBindings, input } from '../graph/leaves';
import type { Value } from '../graph/value';
import { configAxes, type NetworkModule, traceModule } from '../module/define-module';
import { mul, sum } from '../ops';
import { openExecutor } from '../runtime/node';

/**
 * Gradient of `sum(output · upstream)` in every parameter and input of a module, by name: what another framework gives for
 * `output.backward(upstream)`.
 * @param output name of the output to differentiate
 * @param tensors values of the inputs and weights, and `upstream` of the shape of the output
 * @param axes sizes for axes that would otherwise stay symbolic
 * @throws NotDifferentiableError, WeightsMismatchError
 */
export async function moduleGradients<Config extends object, Inputs extends string, Outputs extends string>(
  module: NetworkModule<Config, Inputs, Outputs>,
  config: Config,
  output: Outputs,
  tensors: {
    readonly inputs: Readonly<Record<string, FloatTensor>>;
    readonly upstream: FloatTensor;
    readonly weights: ReadonlyMap<string, HostTensor>;
  },
  axes: AxisBindings = {},
): Promise<ReadonlyMap<string, FloatTensor>> {
  const graph = traceModule(module, config, { axes });
  const spec: TensorSpec = module.outputs(config)[output];
  const product = mul(graph.outputs.get(output) as Value, input('upstream', spec, { ...configAxes(config), ...axes }));
  const loss = sum(product, [...product.shape.keys()]);
  const wanted = new Map([...graph.inputs, ...graph.parameters]);
  const prepared = prepareForDifferentiation(new Map([['loss', loss]]), [...wanted.values()]);
  const gradients = gradientsOf(prepared.get('loss') as Value, [...wanted.values()]);
  const backward = graphOf(
    new Map([...wanted.keys()].map((name, index) => [`gradient.${name}`, gradients[index] as Value])),
  );

  const known: Readonly<Record<string, FloatTensor>> = { ...tensors.inputs, upstream: tensors.upstream };
  const used = Object.fromEntries([...backward.inputs.keys()].map((name) => [name, known[name] as FloatTensor]));
  const executor = await openExecutor({ workers: 0, threads: 1 });
  try {
    const session = await executor.load({ graph: backward, weights: tensors.weights }, { name: 'gradients' });
    const results = Object.entries(await session.run(used));
    return new Map(results.map(([name, tensor]) => [name.slice('gradient.'.length), tensor as FloatTensor]));
  } finally {
    await executor.dispose();
  }
}
