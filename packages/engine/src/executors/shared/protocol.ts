import type { HostTensor } from '@nano-emox/tensor-contract';
import type { Feedback, OnnxSource, TensorMap } from '../executor';
import type { PlainError } from './error-transport';
import type { HostRun } from './host';

/** What the caller's thread may ask of a worker. */
export type WorkerCall<Source = OnnxSource> =
  | {
      readonly kind: 'load';
      readonly sessionId: number;
      readonly name: string;
      readonly source: Source;
      readonly feedback: Feedback;
    }
  | ({ readonly kind: 'run' } & HostRun)
  | { readonly kind: 'create-state'; readonly stateId: number; readonly initial: TensorMap }
  | { readonly kind: 'read-state'; readonly stateId: number }
  | { readonly kind: 'release-state'; readonly stateId: number }
  | { readonly kind: 'release'; readonly sessionId: number };

export interface WorkerRequest {
  readonly id: number;
  readonly call: WorkerCall;
}

export type WorkerReply =
  | { readonly id: number; readonly result: TensorMap | undefined }
  | { readonly id: number; readonly error: PlainError };

/** A copy that owns exactly its bytes: cloning a view would copy the whole buffer behind it. */
export function compact(tensors: TensorMap): TensorMap {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => {
      const { data } = tensor;
      const whole = data.byteLength === data.buffer.byteLength;
      return [name, { type: tensor.type, dims: [...tensor.dims], data: whole ? data : data.slice() } as HostTensor];
    }),
  );
}

/** Buffers to move instead of copying, each once. */
export function buffersOf(tensors: TensorMap): ArrayBuffer[] {
  return [...new Set(Object.values(tensors).map(({ data }) => data.buffer as ArrayBuffer))];
}
