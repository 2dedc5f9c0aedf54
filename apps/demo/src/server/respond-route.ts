import type { FastifyInstance } from 'fastify';
import type { RespondEvent, RespondRequest } from '../protocol';
import type { DemoContext } from './demo-server';
import { respondSchema } from './dialogue-schema';
import { sendEvents } from './event-stream';
import { withModelRequest } from './model-request';

/** Body of the longest conversation, with room for characters that take several bytes. */
const BODY_BYTES = 128 * 1024;

/** `POST /api/respond`: a conversation in, the chain of empathy and then the response out. */
export function addRespondRoute(app: FastifyInstance, context: DemoContext): void {
  const { limits, queue, onDefect } = context;
  app.post<{ Body: RespondRequest }>(
    '/api/respond',
    { schema: { body: respondSchema }, bodyLimit: BODY_BYTES },
    ({ body }, reply) =>
      withModelRequest(reply, queue, limits, async ({ left, run }) => {
        const events = run((signal) => respondEvents(context, body, signal));
        await sendEvents(reply, events, { stallMs: limits.stallMs, left, onDefect });
      }),
  );
}

async function* respondEvents(
  { model, clips }: DemoContext,
  { clipId, dialogue }: RespondRequest,
  signal: AbortSignal,
): AsyncGenerator<RespondEvent> {
  const clip = clipId === undefined ? undefined : clips.get(clipId);
  yield { type: 'respond-start', withClip: clip !== undefined };
  const answer = model.respond(dialogue, { signal, ...(clip && { clip }) });
  try {
    let step = await answer.next();
    for (; !step.done; step = await answer.next()) yield { type: 'respond-delta', ...step.value };
    yield { type: 'respond-end', outcome: step.value };
  } finally {
    await answer.return(undefined as never); // a reader who left: frees what the answer holds
  }
}
