import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-common';
import type { TensorMap } from '../executor';
import { toPlainError } from '../shared/error-transport';
import { performCall } from '../shared/local-caller';
import { buffersOf, type WorkerReply, type WorkerRequest } from '../shared/protocol';
import { SessionHost } from '../shared/session-host';
import { loadBinding } from './binding';

/** A worker thread that owns sessions: `run()` of the native runtime blocks its thread, and this one may block. */
const port = parentPort;
if (port) {
  const ready = loadBinding().then(
    (runtime) => new SessionHost(runtime, workerData as InferenceSession.SessionOptions),
  );
  // One call at a time, in order: a state must not be read while a run replaces it.
  let queue: Promise<unknown> = Promise.resolve();
  port.on('message', (request: WorkerRequest) => {
    queue = queue.then(async () => {
      try {
        const { call } = request;
        const raw = await performCall(await ready, call);
        const result = call.kind === 'run' && call.stateId !== undefined ? copied(raw) : raw;
        const moved = call.kind === 'run' && result ? buffersOf(result) : [];
        port.postMessage({ id: request.id, result } satisfies WorkerReply, moved);
      } catch (error) {
        port.postMessage({ id: request.id, error: toPlainError(error) } satisfies WorkerReply);
      }
    });
  });
}

/** Results that may also live on in a state are copied before their buffers move to the caller. */
function copied(results: TensorMap | undefined): TensorMap | undefined {
  if (!results) return undefined;
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [name, { ...tensor, data: tensor.data.slice() }]),
  ) as TensorMap;
}
