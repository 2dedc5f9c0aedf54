import type { OnnxSource, TensorMap } from '../executor';
import type { Host } from './host';
import type { SessionCaller } from './host-session';
import type { WorkerCall } from './protocol';

/** Performs calls in the caller's own thread, one after the other. */
export class LocalCaller<Source = OnnxSource> implements SessionCaller<Source> {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly host: Host<Source>) {}

  call(call: WorkerCall<Source>, signal?: AbortSignal): Promise<TensorMap | undefined> {
    const result = this.queue.then(() => performCall(this.host, call, signal));
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Frees everything after the calls that were made before. */
  async dispose(): Promise<void> {
    await this.queue;
    await this.host.dispose();
  }
}

/** Runs one call on a host. */
export async function performCall<Source>(
  host: Host<Source>,
  call: WorkerCall<Source>,
  signal?: AbortSignal,
): Promise<TensorMap | undefined> {
  switch (call.kind) {
    case 'load':
      await host.load(call.sessionId, call.name, call.source, call.feedback);
      return undefined;
    case 'run':
      return host.run(call, { signal });
    case 'create-state':
      host.createState(call.stateId, call.initial);
      return undefined;
    case 'read-state':
      return host.readState(call.stateId);
    case 'release-state':
      host.releaseState(call.stateId);
      return undefined;
    case 'release':
      await host.release(call.sessionId);
      return undefined;
  }
}
