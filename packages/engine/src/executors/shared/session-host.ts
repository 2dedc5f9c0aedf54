import { DisposedError, ExecutionError, type HostTensor } from '@nano-emox/tensor-contract';
import type { InferenceSession, InferenceSessionFactory, Tensor, TensorConstructor } from 'onnxruntime-common';
import type { Feedback, OnnxSource, TensorMap } from '../executor';
import { appendRows } from './append-rows';
import { checkInput, checkNames, type InputSpec } from './check-inputs';
import type { Host, HostRun } from './host';
import { compact } from './protocol';

/** The part of an onnxruntime binding that the host uses; the native and the WebAssembly package both offer it. */
export interface OnnxRuntime {
  readonly InferenceSession: InferenceSessionFactory;
  readonly Tensor: TensorConstructor;
}

interface LoadedSession {
  readonly name: string;
  readonly session: InferenceSession;
  readonly feedback: ReadonlyMap<string, Feedback[string]>;
  readonly inputs: ReadonlyMap<string, InputSpec>;
}

/** Holds sessions and states of one onnxruntime binding; lives in a worker thread, or in the caller's when there is none. */
export class SessionHost implements Host {
  private readonly sessions = new Map<number, LoadedSession>();
  private readonly states = new Map<number, Map<string, HostTensor>>();

  constructor(
    private readonly runtime: OnnxRuntime,
    private readonly sessionOptions: InferenceSession.SessionOptions,
  ) {}

  async load(sessionId: number, name: string, source: OnnxSource, feedback: Feedback): Promise<void> {
    try {
      const session =
        'path' in source
          ? await this.runtime.InferenceSession.create(source.path, this.sessionOptions)
          : await this.runtime.InferenceSession.create(source.bytes, this.sessionOptions);
      const inputs = new Map<string, InputSpec>();
      for (const entry of session.inputMetadata) if (entry.isTensor) inputs.set(entry.name, entry);
      this.sessions.set(sessionId, { name, session, feedback: new Map(Object.entries(feedback)), inputs });
    } catch (cause) {
      throw new ExecutionError({
        message: `${name}: the runtime refused the model: ${messageOf(cause)}`,
        hint: 'If the weights came from a file, check them; otherwise this is a fault of the graph: please report it.',
        cause,
      });
    }
  }

  async run({ sessionId, stateId, inputs, outputs }: HostRun): Promise<TensorMap> {
    const loaded = this.sessionOf(sessionId);
    const state = stateId === undefined ? undefined : this.stateOf(stateId);
    const feeds: Record<string, Tensor> = {};
    for (const name of loaded.inputs.keys()) {
      const tensor = inputs[name] ?? state?.get(name);
      if (tensor) feeds[name] = this.feed(loaded, name, tensor);
    }
    checkNames(loaded.name, loaded.inputs.keys(), Object.keys(inputs), Object.keys(feeds));
    const fetched = outputs ?? loaded.session.outputNames.filter((name) => !loaded.feedback.has(name));
    const kept = state ? [...loaded.feedback.keys()] : [];
    const results = await this.execute(loaded, feeds, [...new Set([...fetched, ...kept])]);
    if (state)
      for (const name of kept) keep(state, loaded.feedback.get(name) as Feedback[string], results[name] as HostTensor);
    return Object.fromEntries(fetched.map((name) => [name, results[name] as HostTensor]));
  }

  createState(stateId: number, initial: TensorMap): void {
    this.states.set(stateId, new Map(Object.entries(initial)));
  }

  readState(stateId: number): TensorMap {
    return compact(Object.fromEntries(this.stateOf(stateId)));
  }

  releaseState(stateId: number): void {
    this.states.delete(stateId);
  }

  async release(sessionId: number): Promise<void> {
    const loaded = this.sessions.get(sessionId);
    this.sessions.delete(sessionId);
    await loaded?.session.release();
  }

  async dispose(): Promise<void> {
    this.states.clear();
    for (const sessionId of [...this.sessions.keys()]) await this.release(sessionId);
  }

  private async execute(
    loaded: LoadedSession,
    feeds: Record<string, Tensor>,
    fetches: string[],
  ): Promise<Record<string, HostTensor>> {
    try {
      const results = await loaded.session.run(feeds, fetches);
      return Object.fromEntries(
        Object.entries(results).map(([name, { type, dims, data }]) => [
          name,
          { type, dims, data } as unknown as HostTensor,
        ]),
      );
    } catch (cause) {
      const shapes = Object.entries(feeds).map(([name, { type, dims }]) => `${name}: ${type} [${dims}]`);
      throw new ExecutionError({
        message: `${loaded.name}: the runtime failed on ${shapes.join(', ')}: ${messageOf(cause)}`,
        hint: 'Check the sizes against the specs of the component; if they fit, please report the message.',
        cause,
      });
    }
  }

  private feed(loaded: LoadedSession, name: string, tensor: HostTensor): Tensor {
    checkInput(loaded.name, name, tensor, loaded.inputs.get(name) as InputSpec);
    return new this.runtime.Tensor(tensor.type as 'float32', tensor.data as Float32Array, tensor.dims);
  }

  private sessionOf(sessionId: number): LoadedSession {
    const loaded = this.sessions.get(sessionId);
    if (!loaded) throw disposed('session');
    return loaded;
  }

  private stateOf(stateId: number): Map<string, HostTensor> {
    const state = this.states.get(stateId);
    if (!state) throw disposed('state');
    return state;
  }
}

function keep(state: Map<string, HostTensor>, target: Feedback[string], result: HostTensor): void {
  if (typeof target === 'string') {
    state.set(target, result);
    return;
  }
  const held = state.get(target.appendTo);
  state.set(target.appendTo, held ? appendRows(held, result) : result);
}

export function disposed(what: string): DisposedError {
  return new DisposedError({ message: `the ${what} was used after dispose()`, hint: 'Load the model again.' });
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
