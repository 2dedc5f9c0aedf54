import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { InvalidFileError, MissingFileError } from '@nano-emox/tensor-contract';
import { subtitleText } from './subtitle-text';

/** The words of a clip and where they are from. */
export interface ClipWords {
  /** '' when there are none. */
  readonly text: string;
  readonly source: 'none' | 'option' | 'file' | 'sidecar' | 'sample';
  /** The file they were read from. */
  readonly path?: string;
}

/** Sidecar formats, the best source first. */
const formats = ['vtt', 'srt', 'txt'] as const;
type Format = (typeof formats)[number];

/** Hours of speech fit into this; a larger file is something else. */
const MAX_SIZE_BYTES = 2_000_000;

/**
 * Words from a file that the user named.
 * @throws MissingFileError, InvalidFileError when it is no text, holds no words, or is none of .txt, .srt, .vtt
 */
export async function wordsFromFile(path: string): Promise<ClipWords> {
  const format = extname(path).slice(1).toLowerCase() as Format;
  if (!formats.includes(format)) {
    throw new InvalidFileError({
      message: `${path} is no words file`,
      hint: 'Pass a .txt, .srt or .vtt file.',
      path,
    });
  }
  const text = await readWords(path, format);
  if (text !== '') return { text, source: 'file', path };
  throw new InvalidFileError({
    message: `${path} holds no words`,
    hint: `Check that it is a ${format} file with text, or leave --words-file out.`,
    path,
  });
}

/** Words from a file of the same base name beside the clip (`talk.mp4`, `talk.srt`), if there is one with words in it. */
export async function wordsFromSidecar(clipPath: string): Promise<ClipWords> {
  const base = clipPath.slice(0, clipPath.length - extname(clipPath).length);
  for (const format of formats) {
    const path = `${base}.${format}`;
    if (path === clipPath) continue;
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) continue;
    const text = await readWords(path, format);
    if (text !== '') return { text, source: 'sidecar', path };
  }
  return { text: '', source: 'none' };
}

async function readWords(path: string, format: Format): Promise<string> {
  const found = await stat(path).catch((cause) => {
    throw new MissingFileError({
      message: `${path} cannot be read`,
      hint: 'Check the path and the permissions.',
      path,
      cause,
    });
  });
  const isText = found.isFile() && found.size <= MAX_SIZE_BYTES;
  const bytes = isText ? await readFile(path) : undefined;
  const content = bytes && decodeText(bytes);
  if (content !== undefined) return subtitleText(content, format);
  throw new InvalidFileError({
    message: `${path} is no text file of at most ${MAX_SIZE_BYTES / 1e6} MB`,
    hint: 'Save the words as UTF-8 text, or pass them with --words.',
    path,
  });
}

/** UTF-8, or UTF-16 where a byte order mark says so; undefined for anything that is neither. */
function decodeText(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
