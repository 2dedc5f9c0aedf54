import type { FastifyReply } from 'fastify';
import type { WaitingEvent } from './protocol';
import type { RequestQueue } from './request-queue';

/** A request that holds a place at the model. */
export interface ModelRequest {
  /** Aborted when the client has left. */
  readonly left: AbortSignal;
  /**
   * The events of `work` once the turn has come, after a word about waiting where it takes a while. `work` is told to stop
   * when the client leaves or its time is up.
   */
  run<Event>(work: (signal: AbortSignal) => AsyncIterable<Event>): AsyncGenerator<Event | WaitingEvent>;
}

/** Takes a place for as long as `serve` runs. @throws RequestError (429) when there is none */
export async function withModelRequest(
  reply: FastifyReply,
  queue: RequestQueue,
  { runMs }: { readonly runMs: number },
  serve: (request: ModelRequest) => Promise<void>,
): Promise<void> {
  const place = queue.enter();
  const leaving = new AbortController();
  const { signal: left } = leaving;
  const onClose = () => leaving.abort();
  reply.raw.once('close', onClose);
  try {
    await serve({
      left,
      async *run(work) {
        const ahead = place.ahead();
        if (ahead > 0) yield { type: 'waiting', ahead };
        await place.turn(left);
        const timeUp = AbortSignal.timeout(runMs);
        try {
          yield* work(AbortSignal.any([left, timeUp]));
        } catch (error) {
          throw timeUp.aborted && !left.aborted ? timeUp.reason : error;
        }
      },
    });
  } finally {
    reply.raw.off('close', onClose);
    place.leave();
  }
}
