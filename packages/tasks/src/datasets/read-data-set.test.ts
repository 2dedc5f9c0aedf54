import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { all, tree } from './__fixtures__/tree';
import { hash53, NumberTable } from './hash';
import { indexDataSet } from './index-data-set';
import { openDataSet } from './open-data-set';
import type { RowIssue } from './row-issue';
import { type TableDescription, tableDataSet } from './table-data-set';

const labels = ['happy', 'sad'] as const;

const mine = (more: Partial<TableDescription> = {}) =>
  tableDataSet({
    name: 'mine',
    files: { train: 'train.csv', dev: 'dev.csv' },
    id: '{clip}',
    subtitle: '{text}',
    speaker: '{who}',
    media: { video: ['{path}'] },
    targets: [{ task: 'mer', label: '{emotion}', labels }],
    ...more,
  });

const header = 'clip,text,who,path,emotion\n';

describe('bad rows', () => {
  const content = `${header}1,a,p,a.mp4,happy\n2,b,p,../../etc/passwd,sad\n3,c,p,c.mp4,bored\n4,d\n,e,p,e.mp4,sad\n6,f,p,f.mp4,joyful\n`;

  it('are refused with file and line', async () => {
    const root = await tree({ 'train.csv': content });
    await expect(all(openDataSet(mine(), root))).rejects.toMatchObject({
      name: 'InvalidRowError',
      code: 'INVALID_FILE',
      line: 3,
      path: join(root, 'train.csv'),
      message: expect.stringContaining('train.csv:3: the video path ../../etc/passwd leads out of the data set'),
    });
  });

  it('are skipped and reported when asked for', async () => {
    const root = await tree({ 'train.csv': content });
    const issues: RowIssue[] = [];
    const rows = await all(openDataSet(mine(), root, { badRows: 'skip', onRowIssue: (issue) => issues.push(issue) }));
    expect(rows.map(({ id, targets }) => [id, targets[0].value])).toEqual([
      ['1', { emotion: 'happy' }],
      ['6', { emotion: 'happy' }],
    ]);
    expect(issues.map(({ line, outcome }) => [line, outcome])).toEqual([3, 4, 5, 6].map((line) => [line, 'skipped']));
    expect(issues[1]).toMatchObject({ dataSet: 'mine', message: 'mer: the label "bored" is not among happy, sad' });
  });

  it('are those whose id came before, where ids are checked', async () => {
    const root = await tree({ 'train.csv': `${header}1,a,p,a.mp4,happy\n1,b,p,b.mp4,sad\n` });
    expect(await all(openDataSet(mine(), root))).toHaveLength(2);
    await expect(all(openDataSet(mine(), root, { uniqueIds: true }))).rejects.toThrow(
      'train.csv:3: the id 1 came before',
    );
    await expect(indexDataSet(mine(), root)).rejects.toThrow('came before');
    const indexed = await indexDataSet(mine(), root, { badRows: 'skip' });
    expect([indexed.length, (await indexed.get(0)).subtitle]).toEqual([1, 'a']);
    await indexed.dispose();
  });

  it('keep a row that only loses a label', async () => {
    const root = await tree({
      'a.jsonl': '{"id": 1, "labels": ["proud", "100 % sure and so on"]}\n{"id": 2, "labels": ["?!"]}\n',
    });
    const open = tableDataSet({
      name: 'open',
      files: 'a.jsonl',
      id: '{id}',
      targets: [{ task: 'ovMer', labels: { list: '{labels}' } }],
    });
    const issues: RowIssue[] = [];
    const rows = await all(openDataSet(open, root, { badRows: 'skip', onRowIssue: (issue) => issues.push(issue) }));
    expect(rows.map(({ targets }) => targets)).toEqual([[{ task: 'ovMer', value: { emotions: ['proud', 'so on'] } }]]);
    expect(issues.map(({ line, outcome }) => [line, outcome])).toEqual([
      [1, 'kept'],
      [2, 'skipped'],
    ]);
  });

  it('never lets a path leave the root', async () => {
    const path = fc.array(fc.constantFrom('..', '.', 'a', '', '\\..', 'C:', '\\'), { minLength: 1, maxLength: 5 });
    const root = await tree({});
    const one = mine({ files: 'one.jsonl' });
    await fc.assert(
      fc.asyncProperty(path, async (parts) => {
        const row = { clip: 'x', text: '', who: 'p', path: parts.join('/'), emotion: 'sad' };
        await writeFile(join(root, 'one.jsonl'), JSON.stringify(row));
        for await (const { media } of openDataSet(one, root, { badRows: 'skip' })) {
          expect(`${media?.video}/`.startsWith(`${root}/`)).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('splits', () => {
  const files = {
    'train.csv': `${header}1,a,p,a.mp4,happy\n2,b,q,b.mp4,sad\n`,
    'dev.csv': `${header}3,c,r,c.mp4,sad\n`,
  };
  const ids = async (options: Parameters<typeof openDataSet>[2], root: string) =>
    (await all(openDataSet(mine(), root, options))).map(({ id, split }) => `${split}/${id}`);

  it('are read alone, together, or moved by speaker', async () => {
    const root = await tree(files);
    expect(await ids({ split: 'dev' }, root)).toEqual(['dev/3']);
    expect(await ids({ split: ['train', 'dev'] }, root)).toEqual(['train/1', 'train/2', 'dev/3']);
    expect(await ids({ speakerSplits: { test: ['q', 'r'] } }, root)).toEqual(['train/1', 'test/2', 'test/3']);
    expect(await ids({ speakerSplits: { test: ['q'] }, split: 'test' }, root)).toEqual(['test/2']);
  });

  it('must exist when they are asked for', async () => {
    const root = await tree({ 'train.csv': files['train.csv'] });
    expect(await ids({}, root)).toEqual(['train/1', 'train/2']);
    await expect(ids({ split: 'dev' }, root)).rejects.toMatchObject({
      code: 'MISSING_FILE',
      path: join(root, 'dev.csv'),
    });
    await expect(ids({ split: 'tset' }, root)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', argument: 'split' });
  });
});

it('looks for clips only when asked to', async () => {
  const root = await tree({ 'train.csv': `${header}1,a,p,a,happy\n2,b,p,b,sad\n`, 'a.avi': '' });
  const set = mine({ media: { video: ['{path}.mp4', '{path}.avi'] } });
  expect((await all(openDataSet(set, root))).map(({ media }) => media?.video)).toEqual([
    join(root, 'a.mp4'),
    join(root, 'b.mp4'),
  ]);
  const issues: RowIssue[] = [];
  const found = openDataSet(set, root, {
    media: 'existing',
    badRows: 'skip',
    onRowIssue: (issue) => issues.push(issue),
  });
  expect((await all(found)).map(({ media }) => media?.video)).toEqual([join(root, 'a.avi')]);
  expect(issues[0]?.message).toContain('no clip at');
});

describe('tables of one’s own', () => {
  it('name what is wrong with a description', () => {
    expect(() => mine({ files: 'data.xlsx' })).toThrow('does not tell the format');
    expect(() => mine({ files: '../data.csv' })).toThrow('outside the data set');
  });

  it('must have the columns they are said to have', async () => {
    const root = await tree({ 'train.csv': 'clip,text\n1,a\n' });
    await expect(all(openDataSet(mine({ columns: ['clip', 'emotion'] }), root))).rejects.toThrow(
      'lacks the columns emotion',
    );
    await expect(all(openDataSet(mine(), root))).rejects.toThrow('train.csv:2: mer: {emotion} is empty or missing');
  });

  it('read every kind of target', async () => {
    const root = await tree({
      'x.json': JSON.stringify([
        { id: 'x', v: '-2', p: 'Positive', joy: '1', fear: 0, ids: '1,0', level: '3: very', why: 'Smiles.' },
      ]),
    });
    const set = tableDataSet({
      name: 'x',
      files: 'x.json',
      id: '{id}',
      targets: [
        { task: 'msa', valence: '{v}', range: 4 },
        { task: 'msa', sentiment: '{p}' },
        { task: 'msa', valence: '{level}', range: 3, pattern: /^(-?\d)/ },
        { task: 'ovMer', labels: { columns: ['joy', 'fear'] } },
        { task: 'ovMer', labels: { list: '{ids}', names: ['calm', 'proud'] } },
        { task: 'eri', reason: '{why}', emotions: { list: '{nothing}' } },
      ],
    });
    expect((await all(openDataSet(set, root)))[0]?.targets.map(({ value }) => value)).toEqual([
      { sentiment: 'negative', valence: -0.5 },
      { sentiment: 'positive', valence: 1 },
      { sentiment: 'positive', valence: 1 },
      { emotions: ['joy'] },
      { emotions: ['proud', 'calm'] },
      { reason: 'Smiles.', emotions: [] },
    ]);
  });

  it.each(['NaN', 'Infinity', '', '5', 'good'])('refuse the valence %j', async (v) => {
    const root = await tree({ 'x.jsonl': JSON.stringify({ id: 1, v }) });
    const set = tableDataSet({
      name: 'x',
      files: 'x.jsonl',
      id: '{id}',
      targets: [{ task: 'msa', valence: '{v}', range: 3 }],
    });
    await expect(all(openDataSet(set, root))).rejects.toThrow('is not a number from -3 to 3');
  });
});

describe('opening', () => {
  it('refuses a name that is none', async () => {
    await expect(all(openDataSet('mintrec3' as 'mintrec2', '.'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(all(openDataSet('constructor' as 'mintrec2', '.'))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  it('names UTF-16', async () => {
    const root = await tree({ 'train.csv': Buffer.from('\uFEFFclip,text', 'utf16le') });
    await expect(all(openDataSet(mine(), root))).rejects.toThrow('is UTF-16');
  });

  it('stops when told to, and when the reader leaves', async () => {
    const root = await tree({ 'train.csv': `${header}1,a,p,a,happy\n2,b,p,b,sad\n` });
    const controller = new AbortController();
    const rows = openDataSet(mine(), root, { signal: controller.signal });
    expect((await rows.next()).done).toBe(false);
    controller.abort();
    await expect(rows.next()).rejects.toMatchObject({ code: 'ABORTED' });
    for await (const _ of openDataSet(mine(), root)) break;
  });
});

describe('an index', () => {
  it('reads at random and at once, refuses other rows, and sees when its file has changed', async () => {
    const list = Array.from({ length: 500 }, (_, at) => ({
      clip: `c${at}`,
      text: `words ${at} 中`,
      who: 'p',
      path: 'x',
      emotion: 'sad',
    }));
    const root = await tree({ 'train.json': JSON.stringify(list) });
    const indexed = await indexDataSet(mine({ files: 'train.json' }), root);
    const order = list.map((_, at) => (at * 187) % list.length);
    const rows = await Promise.all(order.map((at) => indexed.get(at)));
    expect(rows.map(({ id }) => id)).toEqual(order.map((at) => `c${at}`));
    await expect(indexed.get(500)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await expect(indexed.get(0.5)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await indexed.dispose();
    await indexed.dispose();
    await expect(indexed.get(0)).rejects.toMatchObject({ code: 'DISPOSED' });
    const again = await indexDataSet(mine({ files: 'train.json' }), root);
    await writeFile(join(root, 'train.json'), '[]');
    await expect(again.get(400)).rejects.toMatchObject({ code: 'INVALID_FILE' });
    await again.dispose();
  });
});

describe('NumberTable', () => {
  it('finds what was added, in order, and nothing else', () => {
    const number = fc.integer({ min: 0, max: 40 }).map((n) => hash53(`key ${n}`));
    fc.assert(
      fc.property(fc.array(number, { maxLength: 3000 }), (keys) => {
        const table = new NumberTable();
        const map = new Map<number, number[]>();
        for (const [at, key] of keys.entries()) {
          table.add(key, at);
          map.set(key, [...(map.get(key) ?? []), at]);
        }
        for (const [key, values] of map) expect([...table.get(key)]).toEqual(values);
        expect(table.has(hash53('absent'))).toBe(false);
      }),
      { numRuns: 10 },
    );
  });

  it('has a hash without collisions among many like names', () => {
    const names = Array.from({ length: 200_000 }, (_, at) => hash53(`sample_${String(at).padStart(8, '0')}`));
    expect(new Set(names).size).toBe(names.length);
  });
});
