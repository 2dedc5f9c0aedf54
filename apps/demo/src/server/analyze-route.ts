import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AnalyzeOptions, NanoEmoX } from 'nano-emox';
import type { AnalyzeEvent, DialogueRequest } from '../protocol';
import type { ClipStore } from './clip-store';
import type { DemoContext } from './demo-server';
import { dialogueSchema } from './dialogue-schema';
import { RequestError } from './errors';
import { sendEvents } from './event-stream';
import { framePictures } from './frame-pictures';
import { withModelRequest } from './model-request';
import { withUpload } from './receive-upload';

/** What the envelope of a multipart body may add to the clip. */
const ENVELOPE_BYTES = 512 * 1024;

/** `POST /api/analyze`: a clip as multipart form data in, the events of its analysis out. */
export function addAnalyzeRoute(app: FastifyInstance, context: DemoContext): void {
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
        await sendEvents(reply, events, { stallMs: limits.stallMs, left, onDefect });
      });
    }),
  );
}

/** The events of an analysis as they are sent. */
async function* analyzeEvents(
  model: NanoEmoX,
  path: string,
  options: AnalyzeOptions,
  clips: ClipStore,
): AsyncGenerator<AnalyzeEvent> {
  for await (const event of model.analyze(path, options)) {
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
