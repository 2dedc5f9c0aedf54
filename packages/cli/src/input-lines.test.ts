import { PassThrough, Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { type InputLine, inputLines, MAX_LINE_CHARS } from './input-lines';

const live = () => new AbortController().signal;

async function all(lines: AsyncIterable<InputLine>): Promise<InputLine[]> {
  const found: InputLine[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

it('gives every line that is not blank with its number, also where pieces end inside a line or a character', async () => {
  const bytes = Buffer.from('one\r\n\n  \nzwö lf \nlast');
  const pieces = Array.from(bytes, (byte) => Buffer.from([byte]));
  expect(await all(inputLines(Readable.from(pieces, { objectMode: false }), live()))).toEqual([
    { text: 'one', number: 1 },
    { text: 'zwö lf', number: 4 },
    { text: 'last', number: 5 },
  ]);
});

it('refuses a line without end', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(MAX_LINE_CHARS / 4, 'x');
    })(),
    { objectMode: false },
  );
  await expect(all(inputLines(endless, live()))).rejects.toThrow(/line of the input/);
});

it('ends with the signal while it waits', async () => {
  const input = new PassThrough();
  const leaving = new AbortController();
  const lines = all(inputLines(input, leaving.signal));
  input.write('one\n');
  setTimeout(() => leaving.abort(), 20);
  expect(await lines).toEqual([{ text: 'one', number: 1 }]);
});
