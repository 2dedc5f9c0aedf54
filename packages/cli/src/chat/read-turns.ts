import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** Longest line of a pipe, in characters: a book is no turn, and memory is finite. */
export const MAX_LINE_CHARS = 1_000_000;

/**
 * What is typed at a terminal, line by line, with a prompt and line editing. Ends with Ctrl-D or the signal; Ctrl-C reaches the
 * program as SIGINT, as it would without line editing.
 */
export async function* typedTurns(
  input: Readable,
  output: Writable,
  prompt: string,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const lines = createInterface({ input, output, prompt, terminal: true });
  const close = () => lines.close();
  signal.addEventListener('abort', close, { once: true });
  lines.on('SIGINT', () => process.emit('SIGINT'));
  const typed = lines[Symbol.asyncIterator]();
  try {
    for (;;) {
      if (signal.aborted) return;
      lines.prompt();
      const { done, value } = await typed.next();
      if (done) return;
      if (value.trim() !== '') yield value.trim();
    }
  } finally {
    signal.removeEventListener('abort', close);
    close();
  }
}

/** Lines of a pipe or a file that are not blank. Ends with the input or the signal. @throws InvalidArgumentError for a line without end */
export async function* pipedTurns(input: Readable, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  let rest = '';
  const stop = () => input.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of input.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = `${rest}${chunk}`.split(/\r?\n/);
      rest = lines.pop() as string;
      for (const line of lines) if (line.trim() !== '') yield line.trim();
      if (rest.length > MAX_LINE_CHARS) throw lineTooLong();
    }
    if (rest.trim() !== '') yield rest.trim();
  } catch (error) {
    if (!signal.aborted) throw error; // else it is the input that was closed above
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function lineTooLong(): InvalidArgumentError {
  return new InvalidArgumentError({
    message: `a line of the input has more than ${MAX_LINE_CHARS} characters`,
    hint: 'Give text, one turn a line.',
    argument: 'stdin',
  });
}
