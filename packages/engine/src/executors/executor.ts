import type { HostTensor, RunOptions } from '@nano-emox/tensor-contract';
import type { Graph } from '../graph/graph';
import type { Precision } from '../precision/precision';

/** Where a graph runs. `auto` takes the best that works and reports what it skipped; any other never falls back. */
export type Device = 'auto' | 'cpu' | 'cuda' | 'webgpu' | 'wasm' | 'tfjs';

/** Tensors by name. */
export type TensorMap = Readonly<Record<string, HostTensor>>;

/** A graph and the values of its parameters; weights that the graph does not name are left out. */
export interface GraphSource {
  readonly graph: Graph;
  readonly weights: ReadonlyMap<string, HostTensor>;
}

/** A model in the ONNX format: bytes, or the path of a file whose weights lie beside it. */
export type OnnxSource = { readonly bytes: Uint8Array } | { readonly path: string };

/** What an executor loads. Every executor runs graphs, each in its own way; ONNX files are for ONNX Runtime alone. */
export type ModelSource = GraphSource | OnnxSource;

/**
 * Outputs that are the next run's inputs, by the name of the output: an input that the output replaces, or one behind whose rows
 * (first axis) the rows of the output are put, in memory that grows and is not copied from run to run.
 */
export type Feedback = Readonly<Record<string, string | { readonly appendTo: string }>>;

export interface LoadOptions extends RunOptions {
  /** Name for messages. */
  readonly name: string;
  /**
   * Outputs that are the next run's inputs: parameters of a training step, a key-value cache. They stay where the runtime is
   * and are not copied to the caller.
   */
  readonly feedback?: Feedback;
  /** A session of the same executor whose states this one reads and updates, too. */
  readonly beside?: ExecutorSession;
  /** How products with the weights of a graph are computed; the weights given stay as they are. @default 'float32' */
  readonly precision?: Precision;
}

export interface SessionRunOptions extends RunOptions {
  /** State to run on and to update; only for sessions loaded with `feedback`. */
  readonly state?: SessionState;
  /** Outputs wanted. @default all that are not fed back */
  readonly outputs?: readonly string[];
}

/** Tensors kept by the executor between runs. Owned by whoever created it. */
export interface SessionState {
  /** Copies the current tensors to the caller, by input name. */
  read(): Promise<TensorMap>;
  /** Frees the tensors. Idempotent. */
  dispose(): Promise<void>;
}

/** A loaded model. Owned by whoever loaded it. */
export interface ExecutorSession {
  /** Runs the model. Inputs are copied, results belong to the caller. @throws ShapeMismatchError, ExecutionError, DisposedError, AbortedError */
  run(inputs: TensorMap, options?: SessionRunOptions): Promise<TensorMap>;
  /** Starts a state with the given tensors, by input name. */
  createState(initial: TensorMap): Promise<SessionState>;
  /** Frees the session. Idempotent. */
  dispose(): Promise<void>;
}

/** What an executor holds, for leak checks and reports. */
export interface ExecutorUsage {
  readonly sessions: number;
  readonly states: number;
}

/** A runtime that loads and runs models. */
export interface Executor {
  /** Runtime and device in use, e.g. `onnxruntime-node cpu, 2 threads`. */
  readonly device: string;
  /** Why better devices were not used, if any. */
  readonly warnings: readonly string[];
  /** @throws WeightsMismatchError, ExecutionError, InvalidArgumentError (a precision that the device or the source cannot have) */
  load(source: ModelSource, options: LoadOptions): Promise<ExecutorSession>;
  usage(): ExecutorUsage;
  /** Frees all sessions and threads. Idempotent. */
  dispose(): Promise<void>;
}
