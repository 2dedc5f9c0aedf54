import type {
  AnalyzeEvent,
  ErrorDocument,
  ErrorEvent,
  HealthDocument,
  RespondEvent,
  RespondRequest,
  SampleDocument,
} from '@nano-emox/server/protocol';
import { EventSourceParserStream } from 'eventsource-parser/stream';

/** A refusal or a failure that the server told in words. */
export class ServerFault extends Error {
  constructor(readonly document: ErrorDocument) {
    super(document.message);
    this.name = 'ServerFault';
  }
}

/** Sends a clip and reads the events of its analysis. @throws ServerFault */
export function analyze(
  clip: Blob,
  words: string,
  signal: AbortSignal,
): AsyncGenerator<Exclude<AnalyzeEvent, ErrorEvent>> {
  const body = new FormData();
  if (words !== '') body.set('words', words);
  body.set('clip', clip, 'clip'); // the file's own name stays here
  return events<AnalyzeEvent>('/api/analyze', { method: 'POST', body, signal });
}

/** Continues the conversation. @throws ServerFault */
export function respond(
  request: RespondRequest,
  signal: AbortSignal,
): AsyncGenerator<Exclude<RespondEvent, ErrorEvent>> {
  const headers = { 'content-type': 'application/json' };
  return events<RespondEvent>('/api/respond', { method: 'POST', headers, body: JSON.stringify(request), signal });
}

export async function health(): Promise<HealthDocument> {
  return (await (await call('/api/health')).json()) as HealthDocument;
}

/** The sample clip with its words. */
export async function sample(): Promise<{ readonly clip: File; readonly words: string }> {
  const { name, words, clip } = (await (await call('/api/sample')).json()) as SampleDocument;
  const bytes = await (await call(clip)).blob();
  return { clip: new File([bytes], name, { type: bytes.type }), words };
}

async function* events<Event extends { readonly type: string }>(
  address: string,
  request: RequestInit,
): AsyncGenerator<Exclude<Event, ErrorEvent>> {
  const { body } = await call(address, request);
  if (!body) throw new ServerFault(silence);
  const reader = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      const event = JSON.parse(step.value.data) as Event | ErrorEvent;
      if (event.type === 'error') throw new ServerFault((event as ErrorEvent).error);
      yield event as Exclude<Event, ErrorEvent>;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Said by the page where the server says nothing. */
const silence: ErrorDocument = {
  code: 'NO_ANSWER',
  message: 'The server does not answer.',
  hint: 'See whether it still runs in its terminal, then try again.',
};

async function call(address: string, request: RequestInit = {}): Promise<Response> {
  const response = await fetch(address, request).catch((error: unknown) => {
    throw (error as Error).name === 'AbortError' ? error : new ServerFault(silence);
  });
  if (response.ok) return response;
  const answer = (await response.json().catch(() => undefined)) as { error?: ErrorDocument } | undefined;
  throw new ServerFault(answer?.error ?? silence);
}
