import { framePictures } from '@nano-emox/media';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AnalyzeOptions, NanoEmoX } from 'nano-emox';
import type { ClipStore } from './clip-store';
import { dialogueSchema } from './dialogue-schema';
import type { ServerContext } from './emotion-server';
import { RequestError } from './errors';
import { sendEvents } from './event-stream';
import { withModelRequest } from './model-request';
import type { AnalyzeDocument, AnalyzeEvent, DialogueRequest } from './protocol';
import { withUpload } from './receive-upload';
import { wantsDocument } from './wants-document';

/** What the envelope of a multipart body may add to the clip. */
const ENVELOPE_BYTES = 512 * 1024;

/** `POST /api/analyze`: a clip as multipart form data in, the events of its analysis out, or only its end as JSON. */
export function addAnalyzeRoute(app: FastifyInstance, context: ServerContext): void {
  const { model, limits, queue, folder, clips, onDefect } = context;
  const refuseLargeBody = async ({ headers }: FastifyRequest) => {
    const declared = Number(headers['content-length'] ?? 0);
    if (declared > limits.uploadBytes + ENVELOPE_BYTES) throw new RequestError(413, 'TOO_LARGE');
  };
  app.post('/api/analyze', { onRequest: refuseLargeBody }, (request, reply) =>
    withModelRequest(reply, queue, limits, async ({ left, run }) => {
      await withUpload(request, folder, limits, left, async ({ path, words, dialogue }) => {
        const options = { words, ...(dialogue !== undefined && { dialogue: checkDialogue(request, dialogue) }) };
        const events = run((signal) => analyzeEvents(model, path, { ...options, signal }, clips));
        if (wantsDocument(request)) await reply.send(await analysisDocument(events));
        else await sendEvents(reply, events, { stallMs: limits.stallMs, left, onDefect });
      });
    }),
  );
}

async function analysisDocument(events: AsyncIterable<AnalyzeEvent>): Promise<AnalyzeDocument> {
  let clipId = '';
  for await (const event of events) {
    if (event.type === 'clip-encoded') clipId = event.clipId;
    if (event.type === 'analysis-end') return { clipId, result: event.result };
  }
  throw new Error('an analysis ended without a result');
}

/** The events of an analysis as they are sent. */
async function* analyzeEvents(
  model: NanoEmoX,
  path: string,
  options: AnalyzeOptions,
  clips: ClipStore,
): AsyncGenerator<AnalyzeEvent> {
  for await (const event of model.analyze(path, { ...options, timeline: true })) {
    if (event.type === 'clip-read') {
      const { type, evidence, frames } = event;
      yield { type, evidence, frames: frames ? framePictures(frames) : [] };
    } else if (event.type === 'clip-encoded') {
      const { type, clip } = event;
      const { modalities, gate } = clip;
      yield { type, clipId: clips.put(clip), modalities, ...(gate && { gate }) };
    } else {
      yield event;
    }
  }
}

function checkDialogue(request: FastifyRequest, text: string): DialogueRequest {
  let dialogue: unknown;
  try {
    dialogue = JSON.parse(text);
  } catch {
    throw new RequestError(400, 'BAD_REQUEST');
  }
  if (!request.validateInput(dialogue, dialogueSchema)) throw new RequestError(400, 'BAD_REQUEST');
  return dialogue as DialogueRequest;
}
