import {
  type FloatTensor,
  type HostTensor,
  InvalidArgumentError,
  NonFiniteError,
  type RunOptions,
} from '@nano-emox/tensor-contract';
import type { Executor, ExecutorSession, SessionState, TensorMap } from '../executors/executor';
import type { Graph } from '../graph/graph';
import { type AdamWOptions, adamWDefaults, adamWScalars } from '../optimizers/adamw';
import {
  buildTrainingGraph,
  GRADIENT_SUM,
  IS_UPDATE,
  type ParameterGroup,
  scheduleOf,
  stateNames,
  type TrainingGraphOptions,
} from './training-graph';

export interface TrainingSessionOptions extends RunOptions, Omit<TrainingGraphOptions, 'optimizer'> {
  /** Forward graph with an output `loss`. */
  readonly graph: Graph;
  /** Values of all parameters of the graph, trainable and frozen. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  readonly executor: Executor;
  readonly optimizer?: AdamWOptions;
  /** State to continue from, as {@link TrainingSession.readState} gave it. */
  readonly resume?: TrainingState;
}

/** Everything the optimiser needs to continue bit for bit. */
export interface TrainingState {
  /** Updates made so far. */
  readonly step: number;
  /** Batches since the last update whose gradients are summed. @default 0 */
  readonly accumulated?: number;
  /** Vectors by name: parameters and moments of each group, and the gradient sums where there are any. */
  readonly tensors: TensorMap;
}

export interface StepOptions extends RunOptions {
  /** Learning rate of each group name that `groupOf` returns. */
  readonly learningRates: Readonly<Record<string, number>>;
}

export interface StepResult {
  /** Loss of this batch. */
  readonly loss: number;
  /** Whether the batch completed an update; always, unless gradients are accumulated. */
  readonly isUpdate: boolean;
  /** Euclidean norm of the whole gradient, before clipping; where gradients are accumulated, of their sum so far over all. */
  readonly gradientNorm: number;
  /** Other outputs of the forward graph. */
  readonly outputs: TensorMap;
}

/** A model in training: parameters and moments stay with the runtime between steps. Dispose it when done. */
export class TrainingSession {
  private step_: number;
  private accumulated_: number;

  private constructor(
    private readonly session: ExecutorSession,
    private readonly state: SessionState,
    private readonly groups: readonly ParameterGroup[],
    private readonly optimizer: Required<AdamWOptions>,
    private readonly accumulationSteps: number,
    { step, accumulated = 0 }: Omit<TrainingState, 'tensors'>,
  ) {
    this.step_ = step;
    this.accumulated_ = accumulated;
  }

  /** Differentiates, compiles and loads. @throws WeightsMismatchError, NotDifferentiableError, InvalidArgumentError */
  static async open(options: TrainingSessionOptions): Promise<TrainingSession> {
    const { accumulationSteps = 1, resume } = options;
    requireAccumulation(accumulationSteps, resume?.accumulated ?? 0);
    const optimizer = { ...adamWDefaults, ...options.optimizer };
    const { graph, groups, feedback } = buildTrainingGraph(options.graph, { ...options, optimizer });
    const session = await options.executor.load(
      { graph, weights: options.weights },
      { name: 'training step', feedback, signal: options.signal },
    );
    const kept = accumulationSteps === 1 ? stateNames : [...stateNames, GRADIENT_SUM];
    const initial = resume?.tensors ?? initialTensors(groups, kept, options.weights);
    const state = await session.createState(initial);
    return new TrainingSession(session, state, groups, optimizer, accumulationSteps, resume ?? { step: 0 });
  }

  /** Updates made so far. */
  get step(): number {
    return this.step_;
  }

  /** Batches since the last update: 0 … `accumulationSteps` − 1. */
  get accumulated(): number {
    return this.accumulated_;
  }

  /** Number of trained values. */
  get parameterCount(): number {
    return this.groups.reduce((sum, { count }) => sum + count, 0);
  }

  /**
   * Learns from one batch: an update, or with `accumulationSteps` above 1 a share of one; every so many batches the mean of
   * their gradients is applied.
   * @throws InvalidArgumentError when a group has no rate; NonFiniteError when the loss is not a number; the state is then
   *   spoilt: resume from a checkpoint
   */
  async update(batch: TensorMap, { learningRates, signal }: StepOptions): Promise<StepResult> {
    const scalars: Record<string, HostTensor> = {};
    for (const group of this.groups) {
      const rate = rateOf(group, learningRates);
      for (const [name, value] of Object.entries(adamWScalars(this.step_ + 1, rate, group.decays, this.optimizer))) {
        scalars[`${scheduleOf(group)}.${name}`] = { type: 'float32', dims: [], data: Float32Array.of(value) };
      }
    }
    const isUpdate = this.accumulated_ + 1 === this.accumulationSteps;
    if (this.accumulationSteps > 1) {
      scalars[IS_UPDATE] = { type: 'bool', dims: [], data: Uint8Array.of(isUpdate ? 1 : 0) };
    }
    const { loss, gradientNorm, ...outputs } = await this.session.run(
      { ...batch, ...scalars },
      { state: this.state, signal },
    );
    this.accumulated_ = isUpdate ? 0 : this.accumulated_ + 1;
    if (isUpdate) this.step_++;
    const lossValue = (loss as FloatTensor).data[0] as number;
    if (!Number.isFinite(lossValue)) {
      throw new NonFiniteError({
        message: `the loss of step ${isUpdate ? this.step_ : this.step_ + 1} is ${lossValue}`,
        hint: 'Lower the learning rate or set clipNorm, and resume from the last checkpoint.',
      });
    }
    return { loss: lossValue, isUpdate, gradientNorm: (gradientNorm as FloatTensor).data[0] as number, outputs };
  }

  /** Current values of the trained parameters. */
  async readWeights(): Promise<Map<string, FloatTensor>> {
    const tensors = await this.state.read();
    const weights = new Map<string, FloatTensor>();
    for (const group of this.groups) {
      const { data } = tensors[`${group.name}.parameters`] as FloatTensor;
      for (const { name, shape, offset, count } of group.members) {
        weights.set(name, { type: 'float32', dims: shape, data: data.slice(offset, offset + count) });
      }
    }
    return weights;
  }

  /** Everything needed to continue exactly. */
  async readState(): Promise<TrainingState> {
    const position = { step: this.step_, ...(this.accumulated_ > 0 && { accumulated: this.accumulated_ }) };
    return { ...position, tensors: await this.state.read() };
  }

  /** Frees the session. Idempotent. */
  async dispose(): Promise<void> {
    await this.state.dispose();
    await this.session.dispose();
  }
}

function rateOf({ rate }: ParameterGroup, learningRates: Readonly<Record<string, number>>): number {
  const learningRate = learningRates[rate];
  if (learningRate !== undefined) return learningRate;
  throw new InvalidArgumentError({
    message: `TrainingSession.update: group ${rate} has no learning rate; given: [${Object.keys(learningRates)}]`,
    hint: 'Give every group that groupOf returns a rate; 0 lets its parameters be.',
    argument: 'learningRates',
  });
}

function requireAccumulation(steps: number, accumulated: number): void {
  if (Number.isInteger(steps) && steps >= 1 && accumulated < steps) return;
  throw new InvalidArgumentError({
    message: `TrainingSession: accumulationSteps is ${steps}, with ${accumulated} batches summed already`,
    hint: 'Give a whole number of at least 1, the one the saved state was made with.',
    argument: 'accumulationSteps',
  });
}

function initialTensors(
  groups: readonly ParameterGroup[],
  kept: readonly string[],
  weights: ReadonlyMap<string, HostTensor>,
): TensorMap {
  const tensors: Record<string, HostTensor> = {};
  for (const group of groups) {
    for (const name of kept) {
      tensors[`${group.name}.${name}`] = { type: 'float32', dims: [group.count], data: new Float32Array(group.count) };
    }
    const { data } = tensors[`${group.name}.parameters`] as FloatTensor;
    for (const { name, offset } of group.members) data.set((weights.get(name) as FloatTensor).data, offset);
  }
  return tensors;
}
