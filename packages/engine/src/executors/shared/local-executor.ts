import type { Executor, ExecutorSession, ExecutorUsage, LoadOptions, ModelSource } from '../executor';
import type { Host } from './host';
import { openSession, SessionLedger } from './host-session';
import { LocalCaller } from './local-caller';
import { disposed } from './session-host';

/** An executor whose runtime lives in the caller's thread. */
export class LocalExecutor<Source> implements Executor {
  private readonly ledger = new SessionLedger();
  private readonly caller: LocalCaller<Source>;
  private live = true;

  /** @param prepare turns what users load into what the host loads */
  constructor(
    readonly device: string,
    readonly warnings: readonly string[],
    host: Host<Source>,
    private readonly prepare: (source: ModelSource, options: LoadOptions) => Source | Promise<Source>,
  ) {
    this.caller = new LocalCaller(host);
  }

  async load(source: ModelSource, options: LoadOptions): Promise<ExecutorSession> {
    if (!this.live) throw disposed('executor');
    return openSession(this.caller, this.ledger, await this.prepare(source, options), options);
  }

  usage(): ExecutorUsage {
    return this.ledger.usage();
  }

  async dispose(): Promise<void> {
    if (!this.live) return;
    this.live = false;
    await this.caller.dispose();
  }
}
