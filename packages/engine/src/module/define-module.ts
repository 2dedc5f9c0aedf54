import { ShapeMismatchError, type TensorSpec } from '@nano-emox/tensor-contract';
import { axis, type Dim, dimsEqual } from '../graph/dim';
import { type Graph, graphOf } from '../graph/graph';
import { type AxisBindings, input } from '../graph/leaves';
import { describeAxes, type Value } from '../graph/value';
import { tracingScope, type WeightScope } from './weight-scope';

/** Named specs of the inputs or outputs of a module. */
export type Specs<Names extends string = string> = Readonly<Record<Names, TensorSpec>>;
/** Symbolic tensors by name. */
export type Values<Names extends string = string> = Readonly<Record<Names, Value>>;

/**
 * A network part, defined once: pure, without I/O or state. The same object is traced for inference and for training.
 * Axis names in the specs that are numeric fields of the configuration stand for that number; the others stay symbolic.
 */
export interface NetworkModule<Config extends object, Inputs extends string, Outputs extends string> {
  /** Name for messages, e.g. `FusionExperts`. */
  readonly name: string;
  readonly inputs: (config: Config) => Specs<Inputs>;
  readonly outputs: (config: Config) => Specs<Outputs>;
  readonly forward: (inputs: Values<Inputs>, weights: WeightScope, config: Config) => Values<Outputs>;
  /** Names of tensors that upstream checkpoints carry and `forward` never reads under this configuration. */
  readonly ignores?: (name: string, config: Config) => boolean;
}

/** Declares a network part; only fixes the types. */
export function defineModule<Config extends object, Inputs extends string, Outputs extends string>(
  definition: NetworkModule<Config, Inputs, Outputs>,
): NetworkModule<Config, Inputs, Outputs> {
  return definition;
}

/** Numeric fields of a configuration, as sizes of the axes of the same name. */
export function configAxes(config: object): AxisBindings {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => typeof value === 'number')) as AxisBindings;
}

export interface TraceOptions {
  /** Sizes for axes that would otherwise stay symbolic. */
  readonly axes?: AxisBindings;
  /** Root of the weight names. @default a new root */
  readonly weights?: WeightScope;
}

/** Runs `forward` on symbolic inputs and checks the results against the output specs. @throws ShapeMismatchError */
export function traceModule<Config extends object, Inputs extends string, Outputs extends string>(
  module: NetworkModule<Config, Inputs, Outputs>,
  config: Config,
  options: TraceOptions = {},
): Graph {
  const axes = { ...configAxes(config), ...options.axes };
  const inputs = Object.fromEntries(
    Object.entries<TensorSpec>(module.inputs(config)).map(([name, spec]) => [name, input(name, spec, axes)]),
  ) as Values<Inputs>;
  const outputs = module.forward(inputs, options.weights ?? tracingScope(), config);
  // An axis means the same in inputs and outputs; one that only outputs name is bound where it first occurs.
  const named = Object.values<TensorSpec>(module.inputs(config)).flatMap((spec) => spec.axes);
  const symbolic = named.flatMap((name) => (typeof name === 'string' ? [[name, axis(name)] as const] : []));
  const sizes: Record<string, Dim> = { ...Object.fromEntries(symbolic), ...axes };
  for (const [name, spec] of Object.entries<TensorSpec>(module.outputs(config))) {
    checkOutput(module.name, name, outputs[name as Outputs], spec, sizes);
  }
  const graph = graphOf(outputs);
  // Inputs the outputs do not depend on stay part of the signature.
  return { ...graph, inputs: new Map(Object.entries<Value>(inputs)) };
}

function checkOutput(module: string, name: string, value: Value, spec: TensorSpec, sizes: Record<string, Dim>): void {
  const fits =
    value.type === spec.type &&
    value.shape.length === spec.axes.length &&
    spec.axes.every((name, index) => {
      const dim = value.shape[index] as Dim;
      if (typeof name === 'number') return dimsEqual(dim, name);
      sizes[name] ??= dim;
      return dimsEqual(dim, sizes[name]);
    });
  if (fits) return;
  throw new ShapeMismatchError({
    where: `${module}.forward`,
    input: `output ${name}`,
    expected: spec.axes,
    received: describeAxes(value),
    hint: 'The module computes another shape than its output spec promises.',
  });
}
