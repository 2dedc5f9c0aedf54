import { PassThrough, Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { MAX_LINE_CHARS, pipedTurns } from './read-turns';

const live = () => new AbortController().signal;

async function all(turns: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const turn of turns) found.push(turn);
  return found;
}

it('makes a turn of every line that is not blank, also where pieces end inside a line or a character', async () => {
  const bytes = Buffer.from('one\r\n\n  \nzwö lf \nlast');
  const pieces = Array.from(bytes, (byte) => Buffer.from([byte]));
  expect(await all(pipedTurns(Readable.from(pieces, { objectMode: false }), live()))).toEqual([
    'one',
    'zwö lf',
    'last',
  ]);
});

it('refuses a line without end', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(MAX_LINE_CHARS / 4, 'x');
    })(),
    { objectMode: false },
  );
  await expect(all(pipedTurns(endless, live()))).rejects.toThrow(/line of the input/);
});

it('ends with the signal while it waits', async () => {
  const input = new PassThrough();
  const leaving = new AbortController();
  const turns = all(pipedTurns(input, leaving.signal));
  input.write('one\n');
  setTimeout(() => leaving.abort(), 20);
  expect(await turns).toEqual(['one']);
});
