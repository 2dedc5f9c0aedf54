import { bool, f32, InvalidArgumentError, type TensorSpec } from '@nano-emox/tensor-contract';
import { gradientsOf, prepareForDifferentiation } from '../autodiff/differentiate';
import type { Graph } from '../graph/graph';
import { input } from '../graph/leaves';
import { rewriteGraph } from '../graph/rewrite';
import type { Value } from '../graph/value';
import { add, div, minimum, mul, reshape, split, sqrt, sum, where } from '../ops';
import { type AdamWOptions, type AdamWScalars, adamWUpdate } from '../optimizers/adamw';
import { withColumnConvolutions } from './column-convolutions';

/** Parameters that share a learning rate and either all decay or all do not; kept as one vector. */
export interface ParameterGroup {
  /** Unique; that of its tensors. */
  readonly name: string;
  /** What learning rates are given for; several groups may share one. */
  readonly rate: string;
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
  /**
   * Values of one group, unless a single parameter has more. An update is about fifteen passes over its vectors: as short as
   * this they stay in the cache of the processor from one pass to the next. @default 2²⁰
   */
  readonly valuesPerGroup?: number;
  /** Batches whose mean gradient makes one update. With 1 the graph holds no sum and no choice. @default 1 */
  readonly accumulationSteps?: number;
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
/** Name of the tensor a group keeps besides, where gradients are accumulated: their sum since the last update. */
export const GRADIENT_SUM = 'gradientSum';
/** Input that tells, where gradients are accumulated, whether this batch completes an update. */
export const IS_UPDATE = 'isUpdate';

/** No decay below two axes, for biases and for norms (fact: released optimiser groups). */
export function decaysByDefault(name: string, shape: readonly number[]): boolean {
  return shape.length >= 2 && !/bias|norm|(^|[._])(ln|bn)/i.test(name);
}

const defaultValuesPerGroup = 2 ** 20;

/** A group that still grows. */
interface OpenGroup extends ParameterGroup {
  members: ParameterGroup['members'][number][];
  count: number;
}

/** Sorts the trainable parameters of `graph` into groups by learning rate, decay and size. */
export function groupParameters(graph: Graph, options: Omit<TrainingGraphOptions, 'optimizer'>): ParameterGroup[] {
  const { groupOf, decays = decaysByDefault, valuesPerGroup = defaultValuesPerGroup } = options;
  const kinds = new Map<string, OpenGroup[]>();
  for (const [name, { shape }] of graph.parameters) {
    const rate = groupOf(name);
    if (rate === undefined) continue;
    const sizes = shape as readonly number[];
    const count = sizes.reduce((product, size) => product * size, 1);
    const kind = { rate, decays: decays(name, sizes) };
    const schedule = scheduleOf(kind);
    const groups = kinds.get(schedule) ?? [];
    kinds.set(schedule, groups);
    if (groups.length === 0 || (groups.at(-1) as OpenGroup).count + count > valuesPerGroup) {
      const part = groups.length === 0 ? '' : `#${groups.length + 1}`;
      groups.push({ ...kind, name: `${schedule}${part}`, members: [], count: 0 });
    }
    const group = groups.at(-1) as OpenGroup;
    group.members.push({ name, shape: sizes, offset: group.count, count });
    group.count += count;
  }
  return [...kinds.values()].flat();
}

/** Name of the scalars that all groups of one rate and decay are fed with. */
export const scheduleOf = ({ rate, decays }: Pick<ParameterGroup, 'rate' | 'decays'>): string =>
  decays ? rate : `${rate}/no-decay`;

/**
 * Builds the training step of a graph whose output `loss` is one number. Trainable parameters of a group live in one vector,
 * so that an update is a few long elementwise passes instead of thousands of short ones.
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
  const feed: Feed = (name, spec) => {
    const value = input(name, spec);
    inputs.set(name, value);
    return value;
  };

  const pieces = new Map<Value, Value>();
  const vectors = groups.map((group) => {
    const vector = feed(`${group.name}.parameters`, f32(group.count));
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
  const prepared = prepareForDifferentiation(withColumnConvolutions(replaced, vectors), vectors);
  const loss = prepared.get('loss') as Value;
  const batchGradients = gradientsOf(loss, vectors);
  const { gradients, accumulation } = accumulate(batchGradients, groups, options.accumulationSteps ?? 1, feed);
  const norm = sqrt(
    gradients.map((gradient) => sum(mul(gradient, gradient), [0])).reduce((total, part) => add(total, part)),
  );
  const { clipNorm } = options;
  const clip = clipNorm === undefined ? undefined : clipFactor(norm, clipNorm);

  const outputs = new Map<string, Value>([...prepared, ['gradientNorm', norm]]);
  const feedback: Record<string, string> = {};
  const keep = (group: ParameterGroup, name: string, value: Value) => {
    outputs.set(`next.${group.name}.${name}`, value);
    feedback[`next.${group.name}.${name}`] = `${group.name}.${name}`;
  };
  const scalarsOf = scalarFeeds(feed);
  groups.forEach((group, index) => {
    const state = {
      parameters: vectors[index] as Value,
      firstMoment: feed(`${group.name}.firstMoment`, f32(group.count)),
      secondMoment: feed(`${group.name}.secondMoment`, f32(group.count)),
    };
    const gradient = gradients[index] as Value;
    const next = adamWUpdate(state, clip ? mul(gradient, clip) : gradient, scalarsOf(group), options.optimizer);
    for (const name of stateNames) {
      keep(group, name, accumulation ? where(accumulation.isUpdate, next[name], state[name]) : next[name]);
    }
    if (accumulation) keep(group, GRADIENT_SUM, where(accumulation.isUpdate, 0, accumulation.sums[index] as Value));
  });

  const frozen = new Map([...forward.parameters].filter(([name]) => options.groupOf(name) === undefined));
  return { graph: { inputs, parameters: frozen, outputs }, groups, feedback };
}

/** Declares an input of the training step. */
type Feed = (name: string, spec: TensorSpec) => Value;

/** The scalars of a group, fed once for all groups that share them. */
function scalarFeeds(feed: Feed): (group: ParameterGroup) => AdamWScalars {
  const known = new Map<string, AdamWScalars>();
  return (group) => {
    const schedule = scheduleOf(group);
    const scalars = known.get(schedule) ?? {
      stepSize: feed(`${schedule}.stepSize`, f32()),
      secondCorrection: feed(`${schedule}.secondCorrection`, f32()),
      retention: feed(`${schedule}.retention`, f32()),
    };
    known.set(schedule, scalars);
    return scalars;
  };
}

/**
 * What an update works on: the gradients, or the mean of `steps` of them, for which one more vector per group holds their
 * sum. Every batch computes an update, a few elementwise passes; only one with `isUpdate` keeps it, so that clipping and
 * moments see the mean as if all samples had been one batch, and otherwise parameters and moments stay to the last bit.
 */
function accumulate(gradients: readonly Value[], groups: readonly ParameterGroup[], steps: number, feed: Feed) {
  if (steps === 1) return { gradients };
  const sums = groups.map(({ name, count }, index) =>
    add(feed(`${name}.${GRADIENT_SUM}`, f32(count)), gradients[index] as Value),
  );
  return {
    gradients: sums.map((total) => mul(total, 1 / steps)),
    accumulation: { isUpdate: feed(IS_UPDATE, bool()), sums },
  };
}

/** min(1, clipNorm / norm), as `torch.nn.utils.clip_grad_norm_`. */
function clipFactor(norm: Value, clipNorm: number): Value {
  return minimum(div(clipNorm, add(norm, 1e-6)), 1);
}
