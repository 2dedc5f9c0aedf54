import {
  type FloatTensor,
  type HostTensor,
  InvalidArgumentError,
  NonFiniteError,
  type RunOptions,
} from '@nano-emox/tensor-contract';
import type { Executor, ExecutorSession, SessionState, TensorMap } from '../executors/executor';
import type { Graph } from '../graph/graph';
import { writeModel } from '../onnx/write-model';
import { type AdamWOptions, adamWDefaults, adamWScalars } from '../optimizers/adamw';
import { buildTrainingGraph, type ParameterGroup, stateNames, type TrainingGraphOptions } from './training-graph';

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
  /** Vectors by name: parameters and moments of each group. */
  readonly tensors: TensorMap;
}

export interface StepOptions extends RunOptions {
  /** Learning rate of each group name that `groupOf` returns. */
  readonly learningRates: Readonly<Record<string, number>>;
}

export interface StepResult {
  readonly loss: number;
  /** Euclidean norm of the whole gradient, before clipping. */
  readonly gradientNorm: number;
  /** Other outputs of the forward graph. */
  readonly outputs: TensorMap;
}

/** A model in training: parameters and moments stay with the runtime between steps. Dispose it when done. */
export class TrainingSession {
  private step_: number;

  private constructor(
    private readonly session: ExecutorSession,
    private readonly state: SessionState,
    private readonly groups: readonly ParameterGroup[],
    private readonly optimizer: Required<AdamWOptions>,
    step: number,
  ) {
    this.step_ = step;
  }

  /** Differentiates, compiles and loads. @throws WeightsMismatchError, NotDifferentiableError, InvalidArgumentError */
  static async open(options: TrainingSessionOptions): Promise<TrainingSession> {
    const optimizer = { ...adamWDefaults, ...options.optimizer };
    const { graph, groups, feedback } = buildTrainingGraph(options.graph, { ...options, optimizer });
    const { model } = writeModel(graph, { weights: options.weights });
    const session = await options.executor.load(
      { bytes: model },
      { name: 'training step', feedback, signal: options.signal },
    );
    const initial = options.resume?.tensors ?? initialTensors(groups, options.weights);
    const state = await session.createState(initial);
    return new TrainingSession(session, state, groups, optimizer, options.resume?.step ?? 0);
  }

  /** Updates made so far. */
  get step(): number {
    return this.step_;
  }

  /** Number of trained values. */
  get parameterCount(): number {
    return this.groups.reduce((sum, { count }) => sum + count, 0);
  }

  /** One update on one batch. @throws InvalidArgumentError when a group has no rate; NonFiniteError when the loss is not a number; the state is then spoilt: resume from a checkpoint */
  async update(batch: TensorMap, { learningRates, signal }: StepOptions): Promise<StepResult> {
    const scalars: Record<string, HostTensor> = {};
    for (const group of this.groups) {
      const rate = rateOf(group, learningRates);
      for (const [name, value] of Object.entries(adamWScalars(this.step_ + 1, rate, group.decays, this.optimizer))) {
        scalars[`${group.name}.${name}`] = { type: 'float32', dims: [], data: Float32Array.of(value) };
      }
    }
    const { loss, gradientNorm, ...outputs } = await this.session.run(
      { ...batch, ...scalars },
      { state: this.state, signal },
    );
    this.step_++;
    const lossValue = (loss as FloatTensor).data[0] as number;
    if (!Number.isFinite(lossValue)) {
      throw new NonFiniteError({
        message: `the loss of step ${this.step_} is ${lossValue}`,
        hint: 'Lower the learning rate or set clipNorm, and resume from the last checkpoint.',
      });
    }
    return { loss: lossValue, gradientNorm: (gradientNorm as FloatTensor).data[0] as number, outputs };
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
    return { step: this.step_, tensors: await this.state.read() };
  }

  /** Frees the session. Idempotent. */
  async dispose(): Promise<void> {
    await this.state.dispose();
    await this.session.dispose();
  }
}

function rateOf({ name }: ParameterGroup, learningRates: Readonly<Record<string, number>>): number {
  const group = name.replace(/\/no-decay$/, '');
  const rate = learningRates[group];
  if (rate !== undefined) return rate;
  throw new InvalidArgumentError({
    message: `TrainingSession.update: group ${group} has no learning rate; given: [${Object.keys(learningRates)}]`,
    hint: 'Give every group that groupOf returns a rate; 0 lets its parameters be.',
    argument: 'learningRates',
  });
}

function initialTensors(groups: readonly ParameterGroup[], weights: ReadonlyMap<string, HostTensor>): TensorMap {
  const tensors: Record<string, HostTensor> = {};
  for (const group of groups) {
    for (const name of stateNames) {
      tensors[`${group.name}.${name}`] = { type: 'float32', dims: [group.count], data: new Float32Array(group.count) };
    }
    const { data } = tensors[`${group.name}.parameters`] as FloatTensor;
    for (const { name, offset } of group.members) data.set((weights.get(name) as FloatTensor).data, offset);
  }
  return tensors;
}
