import type { Readable } from 'node:stream';
import { InvalidArgumentError } from '@nano-emox/tensor-contract';

/** Longest line of an input, in characters: a book is no line, and memory is finite. */
export const MAX_LINE_CHARS = 1_000_000;

/** A line that is not blank. */
export interface InputLine {
  /** Trimmed. */
  readonly text: string;
  /** Counts from 1, blank lines too. */
  readonly number: number;
}

/**
 * Lines of a pipe or a file that are not blank, as soon as each has come. Ends with the input or the signal.
 * @throws InvalidArgumentError for a line without end; whatever the input fails with
 */
export async function* inputLines(input: Readable, signal: AbortSignal): AsyncGenerator<InputLine, void, undefined> {
  let rest = '';
  let number = 0;
  const stop = () => input.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of input.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = `${rest}${chunk}`.split(/\r?\n/);
      rest = lines.pop() as string;
      for (const line of lines) {
        number++;
        if (line.trim() !== '') yield { text: line.trim(), number };
      }
      if (rest.length > MAX_LINE_CHARS) throw lineTooLong();
    }
    if (rest.trim() !== '') yield { text: rest.trim(), number: number + 1 };
  } catch (error) {
    if (!signal.aborted) throw error; // else it is the input that was closed above
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function lineTooLong(): InvalidArgumentError {
  return new InvalidArgumentError({
    message: `a line of the input has more than ${MAX_LINE_CHARS} characters`,
    hint: 'Give text with line ends.',
    argument: 'stdin',
  });
}
