import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { inputLines } from '../input-lines';

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

/** Lines of a pipe or a file that are not blank. @throws as {@link inputLines} */
export async function* pipedTurns(input: Readable, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  for await (const { text } of inputLines(input, signal)) yield text;
}
