import { type ExitCode, exitCodes } from './exit-codes';

/**
 * A signal again within this time is the same request: a terminal and `npx`, or `timeout` and the process group, both deliver
 * what was asked for once.
 */
const SAME_REQUEST_MS = 500;

/** Turns Ctrl-C and a polite kill into an abort signal, so that everything is freed before the program ends. */
export class Interruption {
  private readonly controller = new AbortController();
  private received: { readonly code: ExitCode; readonly atMs: number } | undefined;
  private readonly handlers = [
    ['SIGINT', exitCodes.interrupted],
    ['SIGTERM', exitCodes.terminated],
  ] as const;
  private readonly listeners = this.handlers.map(([name, code]) => {
    const listener = () => this.receive(name, code);
    process.on(name, listener);
    return [name, listener] as const;
  });

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Exit code of the signal that came; undefined when none did. */
  get exitCode(): ExitCode | undefined {
    return this.received?.code;
  }

  /** Gives the signals back to the process. */
  dispose(): void {
    for (const [name, listener] of this.listeners) process.off(name, listener);
  }

  private receive(name: NodeJS.Signals, code: ExitCode): void {
    if (this.received === undefined) {
      this.received = { code, atMs: performance.now() };
      this.controller.abort(name);
      return;
    }
    if (performance.now() - this.received.atMs < SAME_REQUEST_MS) return;
    // Whoever asks twice does not want to wait for an orderly end. Not process.exit(): it takes apart threads that compute.
    this.dispose();
    process.kill(process.pid, name);
  }
}
