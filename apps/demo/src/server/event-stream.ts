import { once } from 'node:events';
import type { FastifyReply } from 'fastify';
import type { ErrorEvent } from '../protocol';
import { replyTo } from './errors';

/** How a stream is sent. */
export interface StreamOptions {
  /** Longest time the reader may leave what was sent unread. */
  readonly stallMs: number;
  /** Aborted when the client has left. */
  readonly left: AbortSignal;
  /** Told about faults of the program. */
  readonly onDefect: (error: unknown) => void;
}

/**
 * Answers with server-sent events, no faster than the client reads. A failure becomes the last event: the status was sent
 * long before. Settles when all is sent or the client is gone; `events` is closed by then.
 */
export async function sendEvents(
  reply: FastifyReply,
  events: AsyncIterable<object>,
  { stallMs, left, onDefect }: StreamOptions,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no', // a proxy in between must not hold events back
  });
  raw.flushHeaders();
  try {
    for await (const event of events) {
      if (raw.destroyed) return;
      if (raw.write(frame(event))) continue;
      await once(raw, 'drain', { signal: AbortSignal.any([left, AbortSignal.timeout(stallMs)]) });
    }
    raw.end();
  } catch (error) {
    if (raw.destroyed) return;
    const { document, isDefect } = replyTo(error);
    if (isDefect) onDefect(error);
    raw.end(frame({ type: 'error', error: document } satisfies ErrorEvent));
    setTimeout(() => raw.destroy(), stallMs).unref(); // a reader who does not read the end, either
  }
}

function frame(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
