import { AbortedError } from '@nano-emox/tensor-contract';
import type { AnalysisEvent } from './events';
import type { AnalysisResult } from './result';

/**
 * A running analysis: iterate it for its events, or await it for its result. It begins when either is first done, and runs
 * once: iterate or await, and await again as often as you like.
 */
export class AnalysisRun implements AsyncIterable<AnalysisEvent>, PromiseLike<AnalysisResult> {
  private iterated: AsyncGenerator<AnalysisEvent, void, undefined> | undefined;
  private result: Promise<AnalysisResult> | undefined;
  private finish: ((result: AnalysisResult) => void) | undefined;
  private fail: ((error: unknown) => void) | undefined;

  constructor(
    private readonly start: () => AsyncGenerator<AnalysisEvent, void, undefined>,
    private readonly onEvent: ((event: AnalysisEvent) => void) | undefined,
  ) {}

  /** Events in order. Leaving the loop early stops the work. */
  [Symbol.asyncIterator](): AsyncGenerator<AnalysisEvent, void, undefined> {
    this.iterated ??= this.relay();
    return this.iterated;
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting a run is its purpose
  then<Value = AnalysisResult, Reason = never>(
    onFulfilled?: ((result: AnalysisResult) => Value | PromiseLike<Value>) | null,
    onRejected?: ((reason: unknown) => Reason | PromiseLike<Reason>) | null,
  ): Promise<Value | Reason> {
    const isFirst = this.iterated === undefined;
    const result = this.promise();
    if (isFirst) void this.drain();
    return result.then(onFulfilled, onRejected);
  }

  private promise(): Promise<AnalysisResult> {
    this.result ??= new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    return this.result;
  }

  private async drain(): Promise<void> {
    try {
      for await (const _ of this);
    } catch {
      // The promise carries the error.
    }
  }

  private async *relay(): AsyncGenerator<AnalysisEvent, void, undefined> {
    const result = this.promise();
    // Whoever iterates sees the error in the loop; an unread promise must not become an unhandled rejection.
    result.catch(() => undefined);
    try {
      for await (const event of this.start()) {
        this.onEvent?.(event);
        if (event.type === 'analysis-end') this.finish?.(event.result);
        yield event;
      }
    } catch (error) {
      this.fail?.(error);
      throw error;
    } finally {
      // Has no effect on a promise that is settled; otherwise the loop was left and nobody will bring the result.
      this.fail?.(
        new AbortedError({
          message: 'analyze: the loop over its events was left before the end',
          hint: 'Read all events, or await the run instead.',
        }),
      );
    }
  }
}
