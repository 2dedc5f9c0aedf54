import { NanoEmoxError } from '@nano-emox/tensor-contract';
import type { ErrorDocument } from './protocol';

/**
 * Every failure in words for people. The messages of the libraries are for programmers and may name files of this machine;
 * they are not shown.
 */
const wording = {
  BUSY: ['Too many clips are being looked at right now.', 'Try again in a few seconds.'],
  TOO_LARGE: [
    'The clip is larger than this server takes.',
    'Cut it, or save it at a smaller size; a few seconds are enough.',
  ],
  NO_CLIP: ['No clip arrived.', 'Choose a video or audio file.'],
  EMPTY_CLIP: ['The file is empty.', 'Copy or record it again.'],
  NOT_MEDIA: ['This is not a video or audio file.', 'Choose a clip such as MP4, WebM, MOV, MKV, WAV or MP3.'],
  BAD_REQUEST: [
    'The request cannot be understood.',
    'Check it against the interface of the server, or reload the page.',
  ],
  NOT_FOUND: ['There is nothing at this address.', 'Check the address, or start at the first page.'],
  FORBIDDEN: [
    'This server answers programs and pages of its own machine only.',
    'Use the address that it printed when it started.',
  ],
  TOO_LONG: ['These are more words than the model can read at once.', 'Say it in fewer.'],
  INTERRUPTED: ['The clip did not arrive whole.', 'Check the connection and send it again.'],
  TIME_LIMIT: ['Looking at this clip took too long and was stopped.', 'Try a shorter clip or a smaller picture.'],
  INVALID_MEDIA: [
    'The clip cannot be read: it is damaged, or of a kind that is not known.',
    'Play it to check it, or convert it to MP4 with H.264 and AAC.',
  ],
  MISSING_MODALITY: [
    'There is nothing to see, hear or read in this clip.',
    'Choose another clip, or write what is said.',
  ],
  ABORTED: ['The analysis was stopped.', 'Start it again.'],
  INTERNAL: ['Something went wrong on the server.', 'Try again; the terminal of the server says more.'],
} as const satisfies Record<string, readonly [message: string, hint: string]>;

type Code = keyof typeof wording;

/** A request that is refused. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    readonly code: Code,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(wording[code][0]);
    this.name = 'RequestError';
  }
}

/** How an error is answered. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly document: ErrorDocument;
  /** Whether it is a fault of the program, to be reported to whoever runs it. */
  readonly isDefect: boolean;
}

/** Codes of the framework and its plugins that have words of their own. */
const frameworkCodes: Readonly<Record<string, readonly [status: number, code: Code]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'TOO_LONG'],
  FST_REQ_FILE_TOO_LARGE: [413, 'TOO_LARGE'],
  FST_PARTS_LIMIT: [400, 'BAD_REQUEST'],
  FST_FILES_LIMIT: [400, 'BAD_REQUEST'],
  FST_FIELDS_LIMIT: [400, 'BAD_REQUEST'],
  FST_INVALID_MULTIPART_CONTENT_TYPE: [415, 'BAD_REQUEST'],
};

/** What to answer to any thrown value. */
export function replyTo(error: unknown): ErrorReply {
  if (error instanceof RequestError) return reply(error.status, error.code, error.headers);
  if (NanoEmoxError.isInstance(error)) {
    if (error.code === 'INVALID_MEDIA' || error.code === 'MISSING_TRACK') return reply(422, 'INVALID_MEDIA');
    // More words than the model has room for; how many that is depends on the model and the language.
    if ((error as { argument?: string }).argument === 'prompt') return reply(413, 'TOO_LONG');
    if (error.code === 'MISSING_MODALITY' || error.code === 'ABORTED') return reply(422, error.code);
    return reply(500, 'INTERNAL', {}, true);
  }
  const { code, statusCode, name } = error as { code?: string; statusCode?: number; name?: string };
  if (name === 'TimeoutError') return reply(503, 'TIME_LIMIT');
  if (name === 'AbortError') return reply(499, 'ABORTED');
  const known = code === undefined ? undefined : frameworkCodes[code];
  if (known) return reply(...known);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return reply(statusCode, 'BAD_REQUEST');
  return reply(500, 'INTERNAL', {}, true);
}

function reply(status: number, code: Code, headers: ErrorReply['headers'] = {}, isDefect = false): ErrorReply {
  const [message, hint] = wording[code];
  return { status, headers, document: { code, message, hint }, isDefect };
}
