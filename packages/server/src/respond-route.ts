import type { FastifyInstance } from 'fastify';
import { respondSchema } from './dialogue-schema';
import type { ServerContext } from './emotion-server';
import { sendEvents } from './event-stream';
import { withModelRequest } from './model-request';
import type { RespondDocument, RespondEvent, RespondRequest } from './protocol';
import { wantsDocument } from './wants-document';

/** Body of the longest conversation, with room for characters that take several bytes. */
const BODY_BYTES = 128 * 1024;

/** `POST /api/respond`: a conversation in, the chain of empathy and then the response out, or both as one JSON document. */
export function addRespondRoute(app: FastifyInstance, context: ServerContext): void {
  const { limits, queue, onDefect } = context;
  app.post<{ Body: RespondRequest }>(
    '/api/respond',
    { schema: { body: respondSchema }, bodyLimit: BODY_BYTES },
    (request, reply) =>
      withModelRequest(reply, queue, limits, async ({ left, run }) => {
        const events = run((signal) => respondEvents(context, request.body, signal));
        if (wantsDocument(request)) await reply.send(await respondDocument(events));
        else await sendEvents(reply, events, { stallMs: limits.stallMs, left, onDefect });
      }),
  );
}

async function respondDocument(events: AsyncIterable<RespondEvent>): Promise<RespondDocument> {
  let withClip = false;
  for await (const event of events) {
    if (event.type === 'respond-start') withClip = event.withClip;
    if (event.type === 'respond-end') return { withClip, outcome: event.outcome };
  }
  throw new Error('an answer ended without an outcome');
}

async function* respondEvents(
  { model, clips }: ServerContext,
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
