import type { RunOptions } from '@nano-emox/tensor-contract';
import type { Feedback, OnnxSource, TensorMap } from '../executor';

/** A run as it crosses a thread border: plain data only. */
export interface HostRun {
  readonly sessionId: number;
  readonly stateId: number | undefined;
  readonly inputs: TensorMap;
  readonly outputs: readonly string[] | undefined;
}

/** Holds the sessions and states of one runtime, by number; lives in a worker thread or in the caller's. */
export interface Host<Source = OnnxSource> {
  load(sessionId: number, name: string, source: Source, feedback: Feedback): void | Promise<void>;
  /** A host in the caller's thread may stop in the middle when the signal aborts; signals do not cross thread borders. */
  run(run: HostRun, options?: RunOptions): Promise<TensorMap>;
  createState(stateId: number, initial: TensorMap): void;
  readState(stateId: number): TensorMap | Promise<TensorMap>;
  releaseState(stateId: number): void;
  release(sessionId: number): void | Promise<void>;
  dispose(): void | Promise<void>;
}
