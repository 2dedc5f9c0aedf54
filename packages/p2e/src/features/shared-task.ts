import { type RunOptions, throwIfAborted } from '@nano-emox/tensor-contract';

/** Work that several callers wait for. It runs once, and is told to stop when the last of them has given up. */
export class SharedTask<Result> {
  private readonly controller = new AbortController();
  private readonly result: Promise<Result>;
  private waiting = 0;
  private isSettled = false;

  constructor(
    private readonly where: string,
    work: (signal: AbortSignal) => Promise<Result>,
  ) {
    this.result = work(this.controller.signal).finally(() => {
      this.isSettled = true;
    });
    this.result.catch(() => undefined); // whoever waited has heard of it, or nobody wants to
  }

  /** Whether it was told to stop; then it is too late to wait for it. */
  get isAborted(): boolean {
    return this.controller.signal.aborted;
  }

  /** Resolves when the work has ended, well or not. */
  async ended(): Promise<void> {
    await this.result.catch(() => undefined);
  }

  /** Tells the work to stop; who waits gets its error. */
  abort(): void {
    if (!this.isSettled) this.controller.abort();
  }

  /** The result. @throws AbortedError at once when `signal` is aborted, and whatever the work throws */
  async wait({ signal }: RunOptions): Promise<Result> {
    throwIfAborted(signal, this.where);
    this.waiting++;
    let giveUp = () => {};
    const givenUp = new Promise<void>((resolve) => {
      giveUp = resolve;
      signal?.addEventListener('abort', giveUp);
    });
    try {
      const result = await Promise.race([this.result, givenUp]);
      throwIfAborted(signal, this.where);
      return result as Result;
    } finally {
      signal?.removeEventListener('abort', giveUp);
      this.waiting--;
      if (this.waiting === 0) this.abort();
    }
  }
}
