import type { TensorMap } from '../executor';
import type { SessionCaller } from './host-session';
import type { WorkerCall } from './protocol';
import type { SessionHost } from './session-host';

/** Performs calls in the caller's own thread. */
export class LocalCaller implements SessionCaller {
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly host: SessionHost) {}

  call(call: WorkerCall): Promise<TensorMap | undefined> {
    const result = this.queue.then(() => performCall(this.host, call));
    this.queue = result.catch(() => undefined);
    return result;
  }
}

/** Runs one call on a host. */
export async function performCall(host: SessionHost, call: WorkerCall): Promise<TensorMap | undefined> {
  switch (call.kind) {
    case 'load':
      await host.load(call.sessionId, call.name, call.source, call.feedback);
      return undefined;
    case 'run':
      return host.run(call);
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
