import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordFormat } from '../corpus';
import type { ScannedRecord } from './record';
import { type FileFormat, recordReader } from './record-reader';

const table = (delimiter: ',' | '\t', quoted: boolean): FileFormat => ({
  kind: 'delimited',
  delimiter,
  quoted,
  header: 'names',
  columns: ['id', 'text'],
});

/** Scans bytes in chunks of any size. */
async function scan(format: RecordFormat, content: string | Uint8Array, chunkBytes = 7): Promise<ScannedRecord[]> {
  const bytes = Buffer.from(content);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const records: ScannedRecord[] = [];
  for await (const record of recordReader(format as FileFormat, 'file').scan(chunks())) records.push(record);
  return records;
}

const fieldsOf = (records: readonly ScannedRecord[]) =>
  records.map((record) => ('fields' in record ? record.fields : record.problem));
const linesOf = (records: readonly ScannedRecord[]) => records.map(({ line }) => line);

describe('delimited', () => {
  it('reads a mark, CRLF, quoted line breaks and quotes, blank lines, Chinese, and no last line break', async () => {
    const records = await scan(table(',', true), '\uFEFFid,text\r\n1,"a\r\nb, ""q"""\r\n\r\n2,中文\r\n3,it"s so');
    expect(fieldsOf(records)).toEqual([
      { id: '1', text: 'a\r\nb, "q"' },
      { id: '2', text: '中文' },
      { id: '3', text: 'it"s so' },
    ]);
    expect(linesOf(records)).toEqual([2, 5, 6]);
  });

  it('takes quotes for text where a table does not quote', async () => {
    const records = await scan(table('\t', false), 'id\ttext\n1\t"come in\n2\t"so" it is\n');
    expect(fieldsOf(records)).toEqual([
      { id: '1', text: '"come in' },
      { id: '2', text: '"so" it is' },
    ]);
  });

  it('names rows with too few or too many cells, and goes on', async () => {
    const records = await scan(table(',', true), 'id,text\n1\n2,b\n3,c,d\n4,e\n');
    expect(fieldsOf(records)).toEqual([
      expect.stringContaining('1 cells where 2'),
      { id: '2', text: 'b' },
      expect.stringContaining('3 cells where 2'),
      { id: '4', text: 'e' },
    ]);
  });

  it('names text that is not UTF-8', async () => {
    const records = await scan(table(',', true), Buffer.from([...Buffer.from('id,text\n1,'), 0xc4, 0xe3, 10]));
    expect(fieldsOf(records)).toEqual(['the text is not UTF-8']);
    const replaced = { id: '1', text: 'a character that was lost before: \uFFFD' };
    expect(fieldsOf(await scan(table(',', true), `id,text\n1,${replaced.text}\n`))).toEqual([replaced]);
    expect(fieldsOf(await scan({ kind: 'json-lines' }, JSON.stringify(replaced)))).toEqual([replaced]);
    expect(fieldsOf(await scan({ kind: 'json', depth: 1 }, JSON.stringify([replaced])))).toMatchObject([replaced]);
  });

  it.each([
    ['an empty file', '', /is empty/],
    ['wrong columns', 'name,words\n1,2\n', /lacks the columns id, text; it has name, words/],
    ['a quote that is not closed', 'id,text\n1,a\n2,"b\n3,c\n', /file:3: .*does not end.*quote/s],
  ])('refuses %s', async (_, content, message) => {
    await expect(scan(table(',', true), content)).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringMatching(message),
    });
  });
});

describe('json', () => {
  const array: RecordFormat = { kind: 'json', depth: 1 };

  it('reads the members of an array and of an object, with line and key', async () => {
    expect(await scan(array, '\uFEFF[\n {"a": "中\\n"},\n\n {"a": [1, {"b": null}]}]')).toMatchObject([
      { line: 2, fields: { a: '中\n' } },
      { line: 4, fields: { a: [1, { b: null }] } },
    ]);
    expect(await scan(array, '{"one": {"a": 1},\n"two": {"a": 2, "__proto__": {"x": 1}}}')).toMatchObject([
      { line: 1, fields: { $0: 'one', a: 1 } },
      { line: 2, fields: { $0: 'two', a: 2 } },
    ]);
  });

  it('reads members two deep', async () => {
    const records = await scan(
      { kind: 'json', depth: 2 },
      '{"m": {"s": {"a": 1}, "t": {"a": {"c": 2}}}, "n": {"s": {}}}',
    );
    expect(fieldsOf(records)).toEqual([
      { $0: 'm', $1: 's', a: 1 },
      { $0: 'm', $1: 't', a: { c: 2 } },
      { $0: 'n', $1: 's' },
    ]);
  });

  it('names members that are no objects', async () => {
    expect(fieldsOf(await scan(array, '[1, "x", null, [], {"a": 1}]'))).toEqual([
      ...Array(4).fill('the record is not a JSON object'),
      { $0: undefined, a: 1 },
    ]);
  });

  it.each(['', '[{"a": 1}', '[{"a": 1},, {"a": 2}]', '{"a" {}}', '[{"a": 1}] more', '[{"a": tru}]'])(
    'refuses %j',
    async (content) => {
      await expect(scan(array, content)).rejects.toMatchObject({ code: 'INVALID_FILE' });
    },
  );

  it('says in which line a file is damaged', async () => {
    await expect(scan(array, '[\n{"a": 1},\n{"a": oops}\n]')).rejects.toThrow('file:3');
  });
});

describe('lines', () => {
  it('reads JSON Lines, blank lines and CRLF apart, and names a line that is none', async () => {
    const records = await scan({ kind: 'json-lines' }, '\uFEFF{"a":1}\r\n\r\n{"a":\n[2]\n{"a":"中"}');
    expect(fieldsOf(records)).toEqual([
      { a: 1 },
      'the line is not JSON',
      'the record is not a JSON object',
      { a: '中' },
    ]);
    expect(linesOf(records)).toEqual([1, 3, 4, 5]);
  });

  it('reads named groups, passes over what it is told to, and names the rest', async () => {
    const format: RecordFormat = { kind: 'lines', pattern: /^(?<key>\w+)=(?<value>.*)$/, ignore: /^#/ };
    expect(fieldsOf(await scan(format, '# none\na=1\nb\n'))).toEqual([
      { key: 'a', value: '1' },
      'the line is not of the expected form',
    ]);
  });

  it('has no rows in an empty file', async () => {
    expect(await scan({ kind: 'json-lines' }, '')).toEqual([]);
  });
});

describe('any format', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r\n', '中', '😀', ' ', '\\'), maxLength: 8 });
  const rows = fc.array(fc.record({ id: fc.nat().map(String), text: cell }), { minLength: 1, maxLength: 8 });
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const writers: Record<string, [FileFormat, (rows: readonly { id: string; text: string }[]) => string]> = {
    csv: [table(',', true), (list) => ['id,text', ...list.map(({ id, text }) => `${id},${quote(text)}`)].join('\r\n')],
    json: [{ kind: 'json', depth: 1 }, (list) => JSON.stringify(list, null, 1)],
    'keyed json': [
      { kind: 'json', depth: 1 },
      (list) => JSON.stringify(Object.fromEntries(list.map((row, at) => [`k${at}"`, row]))),
    ],
    'json-lines': [{ kind: 'json-lines' }, (list) => list.map((row) => JSON.stringify(row)).join('\n')],
  };

  it.each(Object.entries(writers))(
    '%s: scans what was written, and reads each record again from its bytes',
    async (_, [format, write]) => {
      await fc.assert(
        fc.asyncProperty(rows, fc.integer({ min: 3, max: 40 }), fc.boolean(), async (list, chunkBytes, mark) => {
          const bytes = Buffer.from((mark ? '\uFEFF' : '') + write(list));
          const reader = recordReader(format, 'file');
          async function* chunks() {
            for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
          }
          let count = 0;
          for await (const record of reader.scan(chunks())) {
            expect('fields' in record && record.fields).toMatchObject(list[count++] as object);
            expect('fields' in record && record.fields).toEqual(
              reader.read(bytes.subarray(record.start, record.end), record),
            );
          }
          expect(count).toBe(list.length);
        }),
        { numRuns: 60 },
      );
    },
  );
});
