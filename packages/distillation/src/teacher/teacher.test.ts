import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initializeWeights, traceModule, writeModel } from '@nano-emox/engine';
import { openExecutor } from '@nano-emox/engine/runtime';
import { ramp, rows } from '@nano-emox/engine/testing';
import { writeSafetensors } from '@nano-emox/engine/weights';
import { floatTensor } from '@nano-emox/tensor-contract';
import { afterAll, describe, expect, it } from 'vitest';
import {
  alignTeacher,
  distillationHeadDefinition,
  distillationHeadModule,
  NetworkTeacher,
  readTeacherTable,
  resolveHeadConfig,
  type TeacherTable,
  writeTeacherTable,
} from '../index';

const executor = await openExecutor({ workers: 0, threads: 1 });
const folder = await mkdtemp(join(tmpdir(), 'teacher-'));
afterAll(async () => {
  expect(executor.usage()).toEqual({ sessions: 0, states: 0 });
  await executor.dispose();
  await rm(folder, { recursive: true });
});

const table: TeacherTable = {
  classes: ['sad', 'happy', 'calm'],
  logits: floatTensor(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]),
  ids: ['a', 'b'],
};

describe('alignTeacher', () => {
  it('brings rows and columns into the order of the student', () => {
    const aligned = alignTeacher(table, {
      classes: ['calm', 'joy', 'sad'],
      ids: ['b', 'a', 'b'],
      rename: { happy: 'joy' },
    });
    expect(aligned.dims).toEqual([3, 3]);
    expect([...aligned.data]).toEqual([6, 5, 4, 3, 2, 1, 6, 5, 4]);
  });

  it('calls rows without ids by their number', () => {
    const { ids: _, ...nameless } = table;
    expect([...alignTeacher(nameless, { classes: table.classes, ids: ['1'] }).data]).toEqual([4, 5, 6]);
  });

  it('drops classes that the student lacks only when told', () => {
    expect(() => alignTeacher(table, { classes: ['sad', 'happy'] })).toThrow('the teacher also has calm');
    const aligned = alignTeacher(table, { classes: ['happy', 'sad'], otherClasses: 'drop' });
    expect([...aligned.data]).toEqual([2, 1, 5, 4]);
  });

  it.each<[string, Partial<TeacherTable>, object, object]>([
    ['a class the teacher lacks', {}, { classes: ['sad', 'awe'], otherClasses: 'drop' }, { argument: 'classes' }],
    ['two columns of one class', {}, { classes: ['sad', 'calm'], rename: { happy: 'sad' } }, { argument: 'classes' }],
    ['a row the teacher lacks', {}, { classes: table.classes, ids: ['c'] }, { argument: 'ids' }],
    ['fewer ids than rows', { ids: ['a'] }, { classes: table.classes }, { argument: 'ids' }],
    ['one id twice', { ids: ['a', 'a'] }, { classes: table.classes }, { argument: 'ids' }],
    ['other columns than classes', { classes: ['x', 'y'] }, { classes: ['x', 'y'] }, { code: 'SHAPE_MISMATCH' }],
    [
      'logits that are none',
      { logits: floatTensor(Float32Array.of(1, 2, 3, Number.NaN, 0, 0), [2, 3]) },
      { classes: table.classes },
      { code: 'NON_FINITE', message: expect.stringContaining('row 1') },
    ],
  ])('refuses %s', (_, change, options, error) => {
    expect(() => alignTeacher({ ...table, ...change }, options as never)).toThrow(expect.objectContaining(error));
  });
});

/** An .npy file by its specification; numpy itself wrote the header text this follows. */
function npy(description: string, data: Uint8Array, version = 1): Buffer {
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  const header = `${description}${' '.repeat(63)}\n`;
  length.writeUIntLE(header.length, 0, length.length);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(version, 0), length, Buffer.from(header), data]);
}
const npyHeader = (type: string, shape = '(2, 3)', order = 'False') =>
  `{'descr': '${type}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe('tables on disk', () => {
  const values = [1, 2, 3, 4, 5, 6];
  const write = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };

  it('keep classes and ids as safetensors', async () => {
    const path = join(folder, 'table.safetensors');
    await writeTeacherTable(path, table);
    expect(await readTeacherTable(path)).toEqual(table);
  });

  it.each([
    ['float32', npy(npyHeader('<f4'), new Uint8Array(Float32Array.from(values).buffer))],
    ['float64', npy(npyHeader('<f8'), new Uint8Array(Float64Array.from(values).buffer))],
    ['version 2', npy(npyHeader('<f4'), new Uint8Array(Float32Array.from(values).buffer), 2)],
  ])('are read from .npy, %s', async (_, bytes) => {
    const { classes, logits, ids } = await readTeacherTable(await write('a.npy', bytes), table);
    expect([classes, logits.dims, [...logits.data], ids]).toEqual([table.classes, [2, 3], values, undefined]);
  });

  it('are read from JSON lines', async () => {
    const lines = ['{"id": "a", "logits": [1, 2, 3]}', '', '{"id": "b", "logits": [4, 5, 6]}'];
    expect(await readTeacherTable(await write('a.jsonl', lines.join('\r\n')), table)).toEqual(table);
  });

  const four = new Uint8Array(16);
  it.each<[string, string, string | Uint8Array, object]>([
    ['an unknown ending', 'a.csv', '', { code: 'INVALID_ARGUMENT', argument: 'path' }],
    ['no .npy', 'b.npy', 'hello, this is text and no array', { code: 'INVALID_FILE' }],
    ['an .npy that ends early', 'b.npy', npy(npyHeader('<f4'), four), { code: 'INVALID_FILE' }],
    ['an .npy cut in its header', 'b.npy', npy(npyHeader('<f4'), four).subarray(0, 30), { code: 'INVALID_FILE' }],
    ['an .npy of integers', 'b.npy', npy(npyHeader('<i4', '(2, 2)'), four), { code: 'INVALID_FILE' }],
    ['an .npy in column order', 'b.npy', npy(npyHeader('<f4', '(2, 2)', 'True'), four), { code: 'INVALID_FILE' }],
    ['an .npy of one axis', 'b.npy', npy(npyHeader('<f4', '(4,)'), four), { code: 'SHAPE_MISMATCH' }],
    [
      'a line that is no JSON',
      'b.jsonl',
      '{"id": "a", "logi',
      { code: 'INVALID_FILE', message: expect.stringContaining('line 1') },
    ],
    ['a line without id', 'b.jsonl', '{"logits": [1, 2, 3]}\n', { code: 'INVALID_FILE' }],
    ['a line that is null', 'b.jsonl', 'null\n', { code: 'INVALID_FILE' }],
    [
      'lines of different length',
      'b.jsonl',
      '{"id":"a","logits":[1,2,3]}\n{"id":"b","logits":[1,2]}',
      { code: 'INVALID_FILE', message: expect.stringContaining('line 2') },
    ],
    ['a number above all floats', 'b.jsonl', '{"id":"a","logits":[1,2,1e999]}', { code: 'NON_FINITE' }],
    ['a line that is no text', 'b.jsonl', Buffer.from([0xff, 0xfe, 0x0a]), { code: 'INVALID_FILE' }],
    ['no safetensors', 'b.safetensors', 'nonsense', { code: 'INVALID_FILE' }],
  ])('refuse %s', async (_, name, content, error) => {
    await expect(readTeacherTable(await write(name, content), table)).rejects.toMatchObject(error);
  });

  it('refuse an absent file, and one that does not tell its classes', async () => {
    for (const ending of ['npy', 'jsonl', 'safetensors']) {
      const path = join(folder, `absent.${ending}`);
      await expect(readTeacherTable(path, table)).rejects.toMatchObject({ code: 'MISSING_FILE' });
    }
    const path = join(folder, 'nameless.safetensors');
    await writeSafetensors(path, new Map([['logits', table.logits]]));
    await expect(readTeacherTable(path)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', argument: 'classes' });
    expect((await readTeacherTable(path, { classes: table.classes })).logits).toEqual(table.logits);
    await writeSafetensors(path, new Map([['other', table.logits]]));
    await expect(readTeacherTable(path)).rejects.toMatchObject({ code: 'INVALID_FILE' });
  });

  it('write nothing that is not sound', async () => {
    const bad = { ...table, ids: ['a'] };
    await expect(writeTeacherTable(join(folder, 'bad.safetensors'), bad)).rejects.toMatchObject({ argument: 'ids' });
    expect((await readdir(folder)).filter((name) => name.startsWith('bad'))).toEqual([]);
  });
});

describe('NetworkTeacher', () => {
  // Our own module serves as the network, once as a module and once as the ONNX model made of it.
  const config = resolveHeadConfig({ featureDim: 4, labels: table.classes, widths: [6], depth: 1 });
  const graph = traceModule(distillationHeadModule, config);
  const weights = initializeWeights(graph, 8);
  const bytes = writeModel(graph, { weights }).model;
  const options = { classes: table.classes, input: 'features', output: 'logits', executor } as const;
  const batches = [
    { input: ramp(2, 3, 4), ids: ['a', 'b'] },
    { input: ramp(1, 3, 4), ids: ['c'] },
  ];

  it('says the same as an ONNX model, from memory or from a file, and as a module', async () => {
    await writeFile(join(folder, 'teacher.onnx'), bytes);
    const teachers = [
      await NetworkTeacher.fromOnnx({ bytes }, options),
      await NetworkTeacher.fromOnnx({ path: join(folder, 'teacher.onnx') }, options),
      await NetworkTeacher.fromModule(distillationHeadDefinition, config, weights, options),
    ];
    const tables = await Promise.all(teachers.map((teacher) => teacher.table(batches)));
    expect(tables[0]?.ids).toEqual(['a', 'b', 'c']);
    expect(tables[0]?.logits.dims).toEqual([3, 3]);
    expect(rows(tables[0]?.logits as never, 2, 3).data).toEqual(rows(tables[0]?.logits as never, 0, 1).data);
    expect(tables[1]).toEqual(tables[0]);
    expect(tables[2]).toEqual(tables[0]);
    await Promise.all(teachers.map((teacher) => teacher.dispose()));
    await expect(teachers[0]?.logits(ramp(1, 1, 4))).rejects.toMatchObject({ code: 'DISPOSED' });
  });

  it('opens and closes a runtime of its own', async () => {
    const { executor: _, ...own } = options;
    await using teacher = await NetworkTeacher.fromOnnx({ bytes }, { ...own, workers: 0 });
    expect((await teacher.logits(ramp(2, 1, 4))).dims).toEqual([2, 3]);
  });

  it('refuses a network of other classes, an unknown output, and answers that are no numbers', async () => {
    const other = await NetworkTeacher.fromOnnx({ bytes }, { ...options, classes: ['a', 'b'] });
    await expect(other.logits(ramp(1, 1, 4))).rejects.toMatchObject({ code: 'SHAPE_MISMATCH' });
    const unnamed = await NetworkTeacher.fromOnnx({ bytes }, { ...options, output: 'scores' });
    await expect(unnamed.logits(ramp(1, 1, 4))).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('only logits, probabilities'),
    });
    const teacher = await NetworkTeacher.fromOnnx({ bytes }, options);
    const broken = ramp(1, 1, 4);
    broken.data[0] = Number.NaN;
    await expect(teacher.logits(broken)).rejects.toMatchObject({ code: 'NON_FINITE' });
    await Promise.all([other, unnamed, teacher].map((entry) => entry.dispose()));
    await expect(NetworkTeacher.fromOnnx({ bytes: bytes.slice(0, 40) }, options)).rejects.toMatchObject({
      code: 'EXECUTION_FAILED',
    });
  });

  it('stops at the signal', async () => {
    await using teacher = await NetworkTeacher.fromOnnx({ bytes }, options);
    await expect(teacher.table(batches, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
