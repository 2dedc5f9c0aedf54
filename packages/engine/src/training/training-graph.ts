import { f32, InvalidArgumentError } from '@nano-emox/tensor-contract';
import { gradientsOf, prepareForDifferentiation } from '../autodiff/differentiate';
import type { Graph } from '../graph/graph';
import { input } from '../graph/leaves';
import { rewriteGraph } from '../graph/rewrite';
import type { Value } from '../graph/value';
import { add, div, minimum, mul, reshape, split, sqrt, sum } from '../ops';
import { type AdamWOptions, adamWUpdate } from '../optimizers/adamw';

/** Parameters that share a learning rate and either all decay or all do not; kept as one vector. */
export interface ParameterGroup {
  readonly name: string;
  readonly decays: boolean;
  readonly members: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly offset: number;
    readonly count: number;
  }[];
  readonly count: number;
}

export interface TrainingGraphOptions {
  /** Group of a trainable parameter; `undefined` freezes it. Groups are what learning rates are given for. */
  readonly groupOf: (parameterName: string) => string | undefined;
  /** Whether a parameter decays. @default the paper's rule: not below two axes, not biases and norms */
  readonly decays?: (name: string, shape: readonly number[]) => boolean;
  readonly optimizer: Required<AdamWOptions>;
  /** Largest Euclidean norm of the whole gradient; absent: no clipping, as in the released code. */
  readonly clipNorm?: number;
}

/** One training step as one graph: loss, gradients and update. */
export interface TrainingGraph {
  readonly graph: Graph;
  readonly groups: readonly ParameterGroup[];
  /** Outputs that are the next step's inputs. */
  readonly feedback: Readonly<Record<string, string>>;
}

/** Names of the tensors a group keeps between steps. */
export const stateNames = ['parameters', 'firstMoment', 'secondMoment'] as const;
/** Names of the scalars a group is fed with each step. */
export const scalarNames = ['stepSize', 'secondCorrection', 'retention'] as const;

/** No decay below two axes, for biases and for norms (fact: released optimiser groups). */
export function decaysByDefault(name: string, shape: readonly number[]): boolean {
  return shape.length >= 2 && !/bias|norm|(^|[._])(ln|bn)/i.test(name);
}

/** Sorts the trainable parameters of `graph` into groups, one per learning rate and decay. */
export function groupParameters(
  graph: Graph,
  { groupOf, decays = decaysByDefault }: TrainingGraphOptions,
): ParameterGroup[] {
  const groups = new Map<string, { decays: boolean; members: ParameterGroup['members'][number][]; count: number }>();
  for (const [name, { shape }] of graph.parameters) {
    const group = groupOf(name);
    if (group === undefined) continue;
    const sizes = shape as readonly number[];
    const doesDecay = decays(name, sizes);
    const key = doesDecay ? group : `${group}/no-decay`;
    const entry = groups.get(key) ?? { decays: doesDecay, members: [], count: 0 };
    const count = sizes.reduce((product, size) => product * size, 1);
    entry.members.push({ name, shape: sizes, offset: entry.count, count });
    entry.count += count;
    groups.set(key, entry);
  }
  return [...groups].map(([name, group]) => ({ name, ...group }));
}

/**
 * Builds the training step of a graph whose output `loss` is one number. Trainable parameters of a group live in one vector,
 * so that an update is a handful of long elementwise passes instead of thousands of short ones.
 * @throws InvalidArgumentError when nothing is trainable or there is no `loss`; NotDifferentiableError
 */
export function buildTrainingGraph(forward: Graph, options: TrainingGraphOptions): TrainingGraph {
  const groups = groupParameters(forward, options);
  if (groups.length === 0 || !forward.outputs.has('loss')) {
    throw new InvalidArgumentError({
      message:
        'buildTrainingGraph: nothing to train: no parameter is in a group, or the graph has no output called loss',
      hint: 'Return a group for at least one parameter, and a scalar loss.',
      argument: 'graph',
    });
  }
  const inputs = new Map(forward.inputs);
  const feed = (name: string, ...axes: number[]): Value => {
    const value = input(name, f32(...axes));
    inputs.set(name, value);
    return value;
  };

  const pieces = new Map<Value, Value>();
  const vectors = groups.map((group) => {
    const vector = feed(`${group.name}.parameters`, group.count);
    const parts = split(
      vector,
      0,
      group.members.map(({ count }) => count),
    );
    group.members.forEach(({ name, shape }, index) => {
      pieces.set(forward.parameters.get(name) as Value, reshape(parts[index] as Value, shape));
    });
    return vector;
  });

  const replaced = rewriteGraph(forward.outputs, () => undefined, pieces);
  const prepared = prepareForDifferentiation(replaced, vectors);
  const loss = prepared.get('loss') as Value;
  const raw = gradientsOf(loss, vectors);
  const norm = sqrt(raw.map((gradient) => sum(mul(gradient, gradient), [0])).reduce((total, part) => add(total, part)));
  const gradients =
    options.clipNorm === undefined
      ? raw
      : raw.map((gradient) => mul(gradient, clipFactor(norm, options.clipNorm as number)));

  const outputs = new Map<string, Value>([...prepared, ['gradientNorm', norm]]);
  const feedback: Record<string, string> = {};
  groups.forEach((group, index) => {
    const state = {
      parameters: vectors[index] as Value,
      firstMoment: feed(`${group.name}.firstMoment`, group.count),
      secondMoment: feed(`${group.name}.secondMoment`, group.count),
    };
    const scalars = {
      stepSize: feed(`${group.name}.stepSize`),
      secondCorrection: feed(`${group.name}.secondCorrection`),
      retention: feed(`${group.name}.retention`),
    };
    const next = adamWUpdate(state, gradients[index] as Value, scalars, options.optimizer);
    for (const name of stateNames) {
      outputs.set(`next.${group.name}.${name}`, next[name]);
      feedback[`next.${group.name}.${name}`] = `${group.name}.${name}`;
    }
  });

  const frozen = new Map([...forward.parameters].filter(([name]) => options.groupOf(name) === undefined));
  return { graph: { inputs, parameters: frozen, outputs }, groups, feedback };
}

/** min(1, clipNorm / norm), as `torch.nn.utils.clip_grad_norm_`. */
function clipFactor(norm: Value, clipNorm: number): Value {
  return minimum(div(clipNorm, add(norm, 1e-6)), 1);
}
