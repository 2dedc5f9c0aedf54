import { type ExitCode, exitCodes } from './exit-codes';

/** Turns Ctrl-C and a polite kill into an abort signal, so that everything is freed before the program ends. */
export class Interruption {
  private readonly controller = new AbortController();
  private received: ExitCode | undefined;
  private readonly handlers = [
    ['SIGINT', exitCodes.interrupted],
    ['SIGTERM', exitCodes.terminated],
  ] as const;
  private readonly listeners = this.handlers.map(([name, code]) => {
    const listener = () => {
      // Whoever asks twice does not want to wait for an orderly end.
      if (this.received !== undefined) process.exit(code);
      this.received = code;
      this.controller.abort(name);
    };
    process.on(name, listener);
    return [name, listener] as const;
  });

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Exit code of the signal that came; undefined when none did. */
  get exitCode(): ExitCode | undefined {
    return this.received;
  }

  /** Gives the signals back to the process. */
  dispose(): void {
    for (const [name, listener] of this.listeners) process.off(name, listener);
  }
}
