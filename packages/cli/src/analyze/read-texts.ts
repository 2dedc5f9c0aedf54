import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { fileError } from '@nano-emox/engine/weights';
import { InvalidFileError } from '@nano-emox/tensor-contract';
import { type InputLine, inputLines } from '../input-lines';

/** A text, and what its line says besides. */
export interface TextRequest {
  readonly text: string;
  /** From its line, for whoever joins results with something. */
  readonly id?: string | number;
  readonly emotion?: string;
  /** Where it stands in its file, from 1. */
  readonly line?: number;
}

/** A line that holds no text. */
export interface UnreadText {
  readonly line: number;
  readonly error: InvalidFileError;
}

/**
 * Texts of a file, one a line; of JSON Lines where the first line begins with `{`: objects with `text` and perhaps `id`, `emotion`.
 * Each comes as soon as its line has been read. A line of JSON that holds no text does not end it.
 * @param file `-` for standard input
 * @throws MissingFileError; InvalidFileError for a file that is no text or holds none, InvalidArgumentError for a line without end
 */
export async function* readTexts(
  file: string,
  stdin: Readable,
  signal: AbortSignal,
): AsyncGenerator<TextRequest | UnreadText, void, undefined> {
  const name = file === '-' ? 'standard input' : file;
  const input = file === '-' ? stdin : createReadStream(file);
  let isJson: boolean | undefined;
  try {
    for await (const line of inputLines(input, signal)) {
      if (line.text.includes('\0')) throw unreadable(name, `${name}, line ${line.number}, is no text`);
      const text = line.text.replace(/^\uFEFF/, '');
      isJson ??= text.startsWith('{');
      yield isJson ? requestOf({ ...line, text }, name) : { text, line: line.number };
    }
  } catch (error) {
    throw fileError(error, name, 'read');
  } finally {
    input.destroy(); // a terminal that is still being read would keep the program alive
  }
  if (isJson === undefined && !signal.aborted) throw unreadable(name, `${name} holds no text`);
}

function requestOf({ text: content, number: line }: InputLine, name: string): TextRequest | UnreadText {
  const fields = parsed(content);
  if (!fields) return { line, error: unreadable(name, `${name}, line ${line}, is no JSON object`) };
  const { text, id, emotion } = fields;
  const isId = id === undefined || typeof id === 'string' || typeof id === 'number';
  if (
    typeof text !== 'string' ||
    text.trim() === '' ||
    !isId ||
    !(emotion === undefined || typeof emotion === 'string')
  )
    return { line, error: unreadable(name, `${name}, line ${line}, has no "text", or an id or emotion that is none`) };
  return { text: text.trim(), line, ...(id !== undefined && { id }), ...(emotion !== undefined && { emotion }) };
}

function parsed(content: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(content);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function unreadable(path: string, message: string): InvalidFileError {
  return new InvalidFileError({
    message,
    hint: 'Give a text a line, or a JSON object a line: {"text": "…"}, if need be with "id" and "emotion".',
    path,
  });
}
