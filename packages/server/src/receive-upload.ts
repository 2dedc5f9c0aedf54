import { type FileHandle, open, rm } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { fileTypeFromFile } from 'file-type';
import { RequestError } from './errors';
import { type Limits, WORDS_CHARS } from './limits';
import type { PrivateFolder } from './private-folder';

/** Other than video and audio, what file-type calls files that hold one or the other. */
const otherMediaTypes = new Set(['application/ogg', 'application/mxf', 'application/vnd.ms-asf']);
/** A dialogue as JSON, with room for characters that take several bytes. */
const FIELD_BYTES = 128 * 1024;

/** A clip that arrived, and what came with it. */
export interface Upload {
  readonly path: string;
  /** What is said in the clip; '' when nothing was given. */
  readonly words: string;
  /** Text of the field `dialogue`, unchecked. */
  readonly dialogue: string | undefined;
}

/**
 * Receives the parts `clip`, `words` and `dialogue`, and lends them to `use`. The clip lies under a random name in the
 * private folder and is gone when the promise settles, whatever happened.
 * @throws RequestError when the clip is missing, empty, too large, or by its content neither video nor audio
 */
export async function withUpload(
  request: FastifyRequest,
  folder: PrivateFolder,
  limits: Limits,
  signal: AbortSignal,
  use: (upload: Upload) => Promise<void>,
): Promise<void> {
  const path = folder.newFile();
  try {
    const fields = await receive(request, path, limits, signal);
    await checkKind(path);
    await use({ path, words: fields.get('words')?.trim() ?? '', dialogue: fields.get('dialogue') });
  } finally {
    await rm(path, { force: true, maxRetries: 3 });
  }
}

async function receive(
  request: FastifyRequest,
  path: string,
  { uploadBytes }: Limits,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const fields = new Map<string, string>();
  let sizeBytes: number | undefined;
  const parts = request.parts({
    limits: { fileSize: uploadBytes, files: 1, fields: 2, parts: 3, fieldSize: FIELD_BYTES },
  });
  for await (const part of parts) {
    if (part.type === 'file') {
      if (part.fieldname !== 'clip') throw new RequestError(400, 'BAD_REQUEST');
      sizeBytes = await store(addAbortSignal(signal, part.file), path);
      if (part.file.truncated) throw new RequestError(413, 'TOO_LARGE');
    } else {
      fields.set(part.fieldname, checkField(part));
    }
  }
  if (sizeBytes === undefined) throw new RequestError(400, 'NO_CLIP');
  if (sizeBytes === 0) throw new RequestError(422, 'EMPTY_CLIP');
  return fields;
}

function checkField(part: { fieldname: string; value: unknown; valueTruncated: boolean }): string {
  const { fieldname, value, valueTruncated } = part;
  if ((fieldname !== 'words' && fieldname !== 'dialogue') || typeof value !== 'string') {
    throw new RequestError(400, 'BAD_REQUEST');
  }
  if (valueTruncated || (fieldname === 'words' && value.length > WORDS_CHARS)) throw new RequestError(413, 'TOO_LONG');
  return value;
}

async function store(stream: Readable, path: string): Promise<number> {
  let handle: FileHandle | undefined;
  let sizeBytes = 0;
  try {
    handle = await open(path, 'wx', 0o600);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      await handle.write(chunk);
      sizeBytes += chunk.length;
    }
    return sizeBytes;
  } finally {
    await handle?.close();
  }
}

/** By what the file holds: its name and the type that was declared say nothing. */
async function checkKind(path: string): Promise<void> {
  const kind = await fileTypeFromFile(path);
  if (kind && (/^(video|audio)\//.test(kind.mime) || otherMediaTypes.has(kind.mime))) return;
  throw new RequestError(415, 'NOT_MEDIA');
}
