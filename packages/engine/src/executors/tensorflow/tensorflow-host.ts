import type { DataType, HostTensor, RunOptions } from '@nano-emox/tensor-contract';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Value } from '../../graph/value';
import type { Feedback, GraphSource, TensorMap } from '../executor';
import { bindSizes } from '../shared/bind-sizes';
import { checkInput, checkNames } from '../shared/check-inputs';
import type { Host, HostRun } from '../shared/host';
import { disposed } from '../shared/session-host';
import { CompiledGraph } from './compiled-graph';
import { toDevice, toHost } from './device-tensor';
import type { TensorFlow } from './kernel';
import { runPlan } from './run-plan';

interface LoadedGraph {
  readonly name: string;
  readonly graph: CompiledGraph;
  readonly feedback: ReadonlyMap<string, Feedback[string]>;
}

/** A tensor on the device under the type it has in the graph. */
interface Held {
  readonly type: DataType;
  readonly tensor: Tensor;
}

type State = Map<string, Held>;

/** Runs graphs node by node with TensorFlow.js. States stay on the device between runs. */
export class TensorFlowHost implements Host<GraphSource> {
  private readonly sessions = new Map<number, LoadedGraph>();
  private readonly states = new Map<number, State>();

  constructor(private readonly tf: TensorFlow) {}

  load(sessionId: number, name: string, source: GraphSource, feedback: Feedback): void {
    const graph = CompiledGraph.create(this.tf, name, source);
    this.sessions.set(sessionId, { name, graph, feedback: new Map(Object.entries(feedback)) });
  }

  async run(run: HostRun, { signal }: RunOptions = {}): Promise<TensorMap> {
    const session = this.sessions.get(run.sessionId);
    if (!session) throw disposed('session');
    const state = run.stateId === undefined ? undefined : this.stateOf(run.stateId);
    const { graph, feedback, name } = session;
    const fetched = run.outputs ?? graph.outputNames.filter((output) => !feedback.has(output));
    const kept = state ? [...feedback.keys()] : [];
    const plan = graph.planFor([...new Set([...fetched, ...kept])]);
    const sizes = checkFeeds(session, run.inputs, state);
    const uploaded = this.upload(session, run.inputs);
    const leaves = new Map([...graph.tensors, ...leavesOf(graph, state), ...uploaded]);
    try {
      const results = await runPlan(plan, leaves, { tf: this.tf, name, sizes, signal });
      try {
        const outputOf = (output: string): Held => {
          const value = plan.outputs.get(output) as Value;
          return { type: value.type, tensor: (results.get(value) ?? leaves.get(value)) as Tensor };
        };
        const answer: Record<string, HostTensor> = {};
        for (const output of fetched) answer[output] = await read(outputOf(output));
        for (const output of kept)
          this.keep(state as State, feedback.get(output) as Feedback[string], outputOf(output));
        return answer;
      } finally {
        disposeAll(results.values());
      }
    } finally {
      disposeAll(uploaded.values());
    }
  }

  createState(stateId: number, initial: TensorMap): void {
    const state: State = new Map();
    try {
      for (const [name, tensor] of Object.entries(initial)) {
        state.set(name, { type: tensor.type, tensor: toDevice(this.tf, tensor, name) });
      }
    } catch (error) {
      clear(state);
      throw error;
    }
    this.states.set(stateId, state);
  }

  async readState(stateId: number): Promise<TensorMap> {
    const result: Record<string, HostTensor> = {};
    for (const [name, held] of this.stateOf(stateId)) result[name] = await read(held);
    return result;
  }

  releaseState(stateId: number): void {
    clear(this.states.get(stateId) ?? new Map());
    this.states.delete(stateId);
  }

  release(sessionId: number): void {
    this.sessions.get(sessionId)?.graph.dispose();
    this.sessions.delete(sessionId);
  }

  dispose(): void {
    for (const stateId of [...this.states.keys()]) this.releaseState(stateId);
    for (const sessionId of [...this.sessions.keys()]) this.release(sessionId);
  }

  /** Copies what the caller gave to the device; the run disposes of it. */
  private upload({ name: where, graph }: LoadedGraph, given: TensorMap): Map<Value, Tensor> {
    const tensors = new Map<Value, Tensor>();
    try {
      for (const [name, tensor] of Object.entries(given)) {
        tensors.set(graph.inputs.get(name) as Value, toDevice(this.tf, tensor, `${where}: ${name}`));
      }
      return tensors;
    } catch (error) {
      disposeAll(tensors.values());
      throw error;
    }
  }

  /** Another handle on the result, as the run disposes of its own, or the rows so far with it behind them. */
  private keep(state: State, target: Feedback[string], { type, tensor }: Held): void {
    const name = typeof target === 'string' ? target : target.appendTo;
    const held = typeof target === 'string' ? undefined : state.get(name);
    const next = held ? this.tf.concat([held.tensor, tensor], 0) : this.tf.clone(tensor);
    state.get(name)?.tensor.dispose();
    state.set(name, { type, tensor: next });
  }

  private stateOf(stateId: number): State {
    const state = this.states.get(stateId);
    if (!state) throw disposed('state');
    return state;
  }
}

const read = ({ tensor, type }: Held): Promise<HostTensor> => toHost(tensor, type);

function disposeAll(tensors: Iterable<Tensor>): void {
  for (const tensor of tensors) tensor.dispose();
}

function clear(state: State): void {
  for (const { tensor } of state.values()) tensor.dispose();
}

/** The inputs that a state holds. */
function* leavesOf(graph: CompiledGraph, state: State = new Map()): Iterable<[Value, Tensor]> {
  for (const [name, { tensor }] of state) {
    const value = graph.inputs.get(name);
    if (value) yield [value, tensor];
  }
}

/** Checks what a run is fed, from the caller or else from the state. @returns sizes of the named axes */
function checkFeeds({ name: where, graph }: LoadedGraph, given: TensorMap, state: State | undefined) {
  const feeds = new Map<Value, { dims: readonly number[]; data: { length: number } }>();
  const names: string[] = [];
  for (const [name, spec] of graph.specs) {
    const held = state?.get(name);
    const feed = given[name] ?? (held && describe(held));
    if (!feed) continue;
    checkInput(where, name, feed, spec);
    names.push(name);
    feeds.set(graph.inputs.get(name) as Value, feed);
  }
  checkNames(where, graph.inputs.keys(), Object.keys(given), names);
  return bindSizes(where, feeds);
}

const describe = ({ type, tensor }: Held) => ({ type, dims: tensor.shape, data: { length: tensor.size } });
