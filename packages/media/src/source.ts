import { stat } from 'node:fs/promises';
import { InvalidArgumentError, InvalidMediaError, MissingFileError } from '@nano-emox/tensor-contract';

/** A media file: a path on this machine, or its bytes. */
export type MediaSource = string | URL | Uint8Array;

/** A source that was looked at: where it is, how long it is, what to call it in messages. */
export interface CheckedSource {
  readonly label: string;
  readonly sizeBytes: number;
  readonly path: string | undefined;
  readonly bytes: Uint8Array | undefined;
}

/** @throws MissingFileError, InvalidMediaError for an empty file or a folder, InvalidArgumentError for another type */
export async function checkSource(source: MediaSource, where: string): Promise<CheckedSource> {
  const checked = await locate(source, where);
  if (checked.sizeBytes === 0) {
    throw new InvalidMediaError({
      message: `${where}: ${checked.label} is empty`,
      hint: 'The file has no bytes; copy or download it again.',
      path: checked.label,
    });
  }
  return checked;
}

async function locate(source: MediaSource, where: string): Promise<CheckedSource> {
  if (source instanceof Uint8Array) {
    return { label: '(bytes)', sizeBytes: source.byteLength, path: undefined, bytes: source };
  }
  const isFileUrl = source instanceof URL && source.protocol === 'file:';
  if (!(typeof source === 'string' && source !== '') && !isFileUrl) {
    throw new InvalidArgumentError({
      message: `${where}: source is ${source instanceof URL ? `a ${source.protocol} address` : typeof source}`,
      hint: 'Pass a path, a file: URL, or the bytes of the file as Uint8Array.',
      argument: 'source',
    });
  }
  const path = typeof source === 'string' ? source : (await import('node:url')).fileURLToPath(source);
  const found = await stat(path).catch((cause) => {
    throw new MissingFileError({
      message: `${where}: ${path} cannot be read`,
      hint: 'Check the path and the permissions; addresses are not opened, download the file first.',
      path,
      cause,
    });
  });
  if (!found.isFile()) {
    throw new InvalidMediaError({
      message: `${where}: ${path} is not a regular file`,
      hint: 'Pass the path of a video or audio file.',
      path,
    });
  }
  return { label: path, sizeBytes: found.size, path, bytes: undefined };
}
