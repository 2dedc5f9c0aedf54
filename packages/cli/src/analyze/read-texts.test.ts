import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTexts } from './read-texts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-texts-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const live = () => new AbortController().signal;

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What comes of a file with this content. */
async function textsIn(content: string | Uint8Array) {
  const path = join(folder, 'texts');
  await writeFile(path, content);
  return all(readTexts(path, Readable.from([]), live()));
}

describe('readTexts', () => {
  it('takes a text from every line', async () => {
    expect(await textsIn('\uFEFFWe won!\r\n\n  [no JSON]\n{nor this}')).toEqual([
      { text: 'We won!', line: 1 },
      { text: '[no JSON]', line: 3 },
      { text: '{nor this}', line: 4 },
    ]);
  });

  it('takes texts, ids and emotions from objects, whatever else they have', async () => {
    const lines = [{ text: ' a ' }, { text: 'b', id: 7, label: 1 }, { text: 'c', id: 'x', emotion: 'joy' }];
    expect(await textsIn(lines.map((line) => JSON.stringify(line)).join('\n'))).toEqual([
      { text: 'a', line: 1 },
      { text: 'b', line: 2, id: 7 },
      { text: 'c', line: 3, id: 'x', emotion: 'joy' },
    ]);
  });

  it.each(['nope', '[1]', 'null', '{}', '{"text":" "}', '{"text":"a","id":[]}', '{"text":"a","emotion":3}'])(
    'goes on after the line %s',
    async (bad) => {
      const [first, second, third] = await textsIn(`{"text":"a"}\n${bad}\n{"text":"c"}\n`);
      expect([first, third]).toEqual([
        { text: 'a', line: 1 },
        { text: 'c', line: 3 },
      ]);
      expect(second).toMatchObject({ line: 2, error: { code: 'INVALID_FILE', path: join(folder, 'texts') } });
    },
  );

  it.each([
    ['no line', ' \n\n', 'INVALID_FILE'],
    ['no text', Uint8Array.of(1, 0, 2, 10), 'INVALID_FILE'],
    ['a line without end', 'x'.repeat(1_100_000), 'INVALID_ARGUMENT'],
  ])('refuses a file with %s', async (_what, content, code) => {
    await expect(textsIn(content)).rejects.toMatchObject({ code });
  });

  it('refuses a file that is not there, and a folder', async () => {
    const read = (path: string) => all(readTexts(path, Readable.from([]), live()));
    await expect(read(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'MISSING_FILE' });
    await expect(read(folder)).rejects.toMatchObject({ code: 'INVALID_FILE' });
  });

  it('gives a line of standard input before the next has come', async () => {
    const input = new PassThrough();
    const leaving = new AbortController();
    const texts = readTexts('-', input, leaving.signal);
    input.write('first\nsec');
    expect(await texts.next()).toEqual({ done: false, value: { text: 'first', line: 1 } });
    const next = texts.next();
    leaving.abort();
    expect((await next).done).toBe(true);
    expect(input.destroyed).toBe(true);
  });
});
