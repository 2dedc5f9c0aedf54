import { Worker } from 'node:worker_threads';
import { ExecutionError } from '@nano-emox/tensor-contract';
import type { InferenceSession } from 'onnxruntime-common';
import type { TensorMap } from '../executor';
import { fromPlainError } from '../shared/error-transport';
import type { SessionCaller } from '../shared/host-session';
import type { WorkerCall, WorkerReply, WorkerRequest } from '../shared/protocol';

interface Pending {
  readonly resolve: (result: TensorMap | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** The caller's end of one worker thread. The thread does not keep the process alive while it is idle. */
export class WorkerClient implements SessionCaller {
  private readonly worker: Worker;
  private readonly pending = new Map<number, Pending>();
  private nextId = 0;
  private failure: Error | undefined;

  constructor(script: URL, sessionOptions: InferenceSession.SessionOptions) {
    // Flags of the process are not for this script: `node --input-type=module -e …` would refuse to load a file.
    this.worker = new Worker(script, { workerData: sessionOptions, execArgv: [] });
    this.worker.unref();
    this.worker.on('message', (reply: WorkerReply) => this.settle(reply));
    this.worker.on('error', (cause) =>
      this.fail(`the worker thread crashed: ${cause instanceof Error ? cause.message : cause}`, cause),
    );
    this.worker.on('exit', (code) => this.fail(`the worker thread ended with code ${code}`));
  }

  call(call: WorkerCall): Promise<TensorMap | undefined> {
    if (this.failure) return Promise.reject(this.failure);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      this.worker.ref();
      this.worker.postMessage({ id, call } satisfies WorkerRequest);
    });
  }

  async dispose(): Promise<void> {
    this.failure ??= new ExecutionError({
      message: 'the worker thread was stopped',
      hint: 'The executor was disposed; open a new one.',
    });
    await this.worker.terminate();
  }

  /** Whether the thread died on its own. */
  get crashed(): boolean {
    return this.failure !== undefined;
  }

  private settle(reply: WorkerReply): void {
    const waiting = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (this.pending.size === 0) this.worker.unref();
    if ('error' in reply) waiting?.reject(fromPlainError(reply.error));
    else waiting?.resolve(reply.result);
  }

  private fail(message: string, cause?: unknown): void {
    this.failure ??= new ExecutionError({
      message,
      hint: 'Load the model again; a new thread is started for it.',
      cause,
    });
    for (const { reject } of this.pending.values()) reject(this.failure);
    this.pending.clear();
  }
}
