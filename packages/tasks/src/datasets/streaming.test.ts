import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { tree } from './__fixtures__/tree';
import { indexDataSet } from './index-data-set';
import { openDataSet } from './open-data-set';
import { tableDataSet } from './table-data-set';

const mebibyte = 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Live bytes of heap and typed arrays. Buffers that are let go are freed by another thread, on a busy machine some time later. */
async function liveBytes(): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 3; look++) {
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
    await setTimeout(20);
  }
  return least;
}

const row = (at: number) => ({
  id: `clip_${at}`,
  text: `a sentence of our own, number ${at}`,
  emotion: at % 2 ? 'happy' : 'sad',
});

interface Writer {
  readonly rowCount: number;
  readonly first?: string;
  readonly row: (at: number) => string;
  readonly last?: string;
}

const writers: Record<string, Writer> = {
  'rows.jsonl': { rowCount: 200_000, row: (at) => `${JSON.stringify(row(at))}\n` },
  'rows.csv': {
    rowCount: 30_000,
    first: 'id,text,emotion\n',
    row: (at) => `${row(at).id},"${row(at).text}",${row(at).emotion}\n`,
  },
  'rows.json': {
    rowCount: 30_000,
    first: '[',
    row: (at) => `${at > 0 ? ',\n' : ''}${JSON.stringify(row(at))}`,
    last: ']',
  },
};

function* content({ first = '', row: line, last = '' }: Writer, count: number) {
  yield first;
  const perChunk = 1000;
  for (let at = 0; at < count; at += perChunk) {
    yield Array.from({ length: Math.min(perChunk, count - at) }, (_, offset) => line(at + offset)).join('');
  }
  yield last;
}

const described = (file: string) =>
  tableDataSet({
    name: 'many',
    files: file,
    id: '{id}',
    subtitle: '{text}',
    targets: [{ task: 'mer', label: '{emotion}', labels: ['happy', 'sad'] }],
  });

it.each(Object.entries(writers))(
  '%s: many rows need no more memory than a few',
  { timeout: 180_000 },
  async (file, writer) => {
    const root = await tree({});
    await pipeline(Readable.from(content(writer, writer.rowCount)), createWriteStream(join(root, file)));
    let count = 0;
    let early = 0;
    let most = 0;
    for await (const { id } of openDataSet(described(file), root)) {
      if (id !== `clip_${count++}`) throw new Error(`expected clip_${count - 1}, found ${id}`);
      if (count === 2000) early = await liveBytes();
      if (count % 14_000 === 0) most = Math.max(most, await liveBytes());
    }
    expect(count).toBe(writer.rowCount);
    expect(most - early).toBeLessThan(mebibyte); // the files have 2.5 to 17
  },
);

it('an index holds numbers, not words', { timeout: 180_000 }, async () => {
  const live: number[] = [];
  const counts = [10_000, 50_000] as const;
  for (const count of counts) {
    const root = await tree({ 'rows.jsonl': [...content(writers['rows.jsonl'] as Writer, count)].join('') });
    const indexed = await indexDataSet(described('rows.jsonl'), root);
    live.push(await liveBytes()); // of two sizes, so that what the first reading loads and compiles does not count
    expect(indexed.length).toBe(count);
    expect((await indexed.get(count - 1)).id).toBe(`clip_${count - 1}`);
    await indexed.dispose();
  }
  const [small, large] = live as [number, number];
  expect((large - small) / (counts[1] - counts[0])).toBeLessThan(80);
});
