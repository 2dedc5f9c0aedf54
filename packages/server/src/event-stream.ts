import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import { replyTo } from './errors';
import type { ErrorEvent } from './protocol';

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
    end(raw, stallMs);
  } catch (error) {
    if (raw.destroyed) return;
    const { document, isDefect } = replyTo(error);
    if (isDefect) onDefect(error);
    end(raw, stallMs, frame({ type: 'error', error: document } satisfies ErrorEvent));
  }
}

/** Ends the answer; a reader who leaves the rest unread is cut off. */
function end(raw: ServerResponse, stallMs: number, last = ''): void {
  const cutOff = setTimeout(() => raw.destroy(), stallMs);
  raw.once('close', () => clearTimeout(cutOff));
  raw.end(last);
}

function frame(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
