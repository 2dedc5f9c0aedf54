import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '@nano-emox/engine';
import { build } from 'esbuild';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Describer,
  emotionLabelSets,
  type InstructionEvent,
  type LabelledMedia,
  readInstructions,
  templateDescriber,
  type WriteInstructionsOptions,
  writeInstructions,
} from '../index';
import { descriptionProblem } from './instruction-record';

const root = await mkdtemp(join(tmpdir(), 'instructions-'));
afterAll(() => rm(root, { recursive: true }));
let path: string;
let turn = 0;
beforeEach(() => {
  path = join(root, String(turn++), 'train.jsonl');
});

const classes = emotionLabelSets.emotion6;
const samples: readonly LabelledMedia[] = Array.from({ length: 12 }, (_, index) => ({
  id: `set/${index}`,
  media: index % 3 === 2 ? { video: `${index}.mp4` } : { image: `${index}.jpg` },
  label: classes[index % 6] as string,
  ...(index % 2 === 0 && { clues: ['clenched fists', `a face full of ${classes[index % 6]}`, 'dim light'] }),
}));
const write = (options: Partial<WriteInstructionsOptions> = {}) =>
  writeInstructions({ path, samples, classes, describer: templateDescriber(), ...options });
const records = async () => {
  const all = [];
  for await (const record of readInstructions(path)) all.push(record);
  return all;
};

describe('writeInstructions with templates', () => {
  it('writes the three kinds of each sample', async () => {
    expect(await write()).toEqual({ written: 12, present: 0, skipped: [] });
    const all = await records();
    expect(all).toHaveLength(36);
    expect(all.slice(0, 3).map(({ id, kind }) => [id, kind])).toEqual([
      ['set/0#categorical', 'categorical'],
      ['set/0#conversational', 'conversational'],
      ['set/0#reasoning', 'reasoning'],
    ]);
    const [categorical, conversational, reasoning] = all;
    expect(categorical).toMatchObject({ answer: '{"emotion":"anger"}', label: 'anger', source: 'templates' });
    for (const label of classes) expect(categorical?.instruction).toContain(label);
    for (const record of [conversational, reasoning]) {
      expect(record?.answer).toContain('clenched fists and dim light'); // the third clue gives the emotion away
      expect(descriptionProblem({ elements: record?.answer, reasoning: record?.answer }, 'anger')).toBeUndefined();
    }
    const clip = all.find(({ media }) => media.video === '2.mp4');
    expect(clip?.instruction).toContain('clip');
  });

  it('writes the same bytes again, whatever the order of completion', async () => {
    await write({ concurrency: 1 });
    const first = await readFile(path, 'utf8');
    path = `${path}.other`;
    await write({ concurrency: 1 });
    expect(await readFile(path, 'utf8')).toBe(first);
    path = `${path}.parallel`;
    await write({ concurrency: 8 });
    expect((await readFile(path, 'utf8')).split('\n').sort()).toEqual(first.split('\n').sort());
  });

  it('tells what became of each sample', async () => {
    const events: InstructionEvent[] = [];
    await write({ samples: samples.slice(0, 1) });
    await write({ samples: samples.slice(0, 2), onEvent: (event) => events.push(event) });
    expect(events).toContainEqual({ type: 'sample-present', id: 'set/0' });
    expect(events).toContainEqual({ type: 'sample-written', id: 'set/1', records: 3 });
  });
});

describe('resuming', () => {
  /** Counts what it is asked. */
  const counting = () => {
    const templates = templateDescriber();
    const asked: string[] = [];
    const describer: Describer = {
      ...templates,
      describe: (sample, ...rest) => {
        asked.push(sample.id);
        return templates.describe(sample, ...rest);
      },
    };
    return { asked, describer };
  };

  it('asks only for what is missing', async () => {
    await write({ samples: samples.slice(0, 5) });
    const { asked, describer } = counting();
    expect(await write({ describer })).toMatchObject({ written: 7, present: 5 });
    expect(asked.sort()).toEqual(
      samples
        .slice(5)
        .map(({ id }) => id)
        .sort(),
    );
    expect(await records()).toHaveLength(36);
    expect(
      await write({ describer: { ...describer, describe: () => Promise.reject(new Error('asked')) } }),
    ).toMatchObject({ present: 12 });
  });

  it('cuts off an incomplete line, wherever the cut is, and completes its sample', async () => {
    await write({ samples: samples.slice(0, 2), concurrency: 1 });
    const whole = await readFile(path);
    for (const length of [1, 100, whole.indexOf('\n'), whole.indexOf('\n') + 1, whole.length - 1]) {
      await writeFile(path, whole.subarray(0, length));
      await write({ samples: samples.slice(0, 2), concurrency: 1 });
      expect((await readFile(path)).equals(whole)).toBe(true);
    }
  });

  it('reads a file past an incomplete last line', async () => {
    await write({ samples: samples.slice(0, 2) });
    await appendFile(path, '{"id":"set/9#cat');
    expect(await records()).toHaveLength(6);
  });

  it.each([
    ['is not JSON', 'nonsense'],
    ['is no object', '[1]'],
    [
      'has no text in answer',
      '{"id":"a#reasoning","kind":"reasoning","label":"awe","instruction":"?","answer":5,"source":"s","media":{"image":"a"}}',
    ],
    [
      'is of the unknown kind',
      '{"id":"a#x","kind":"x","label":"awe","instruction":"?","answer":"!","source":"s","media":{"image":"a"}}',
    ],
    [
      'names neither',
      '{"id":"a#reasoning","kind":"reasoning","label":"awe","instruction":"?","answer":"!","source":"s","media":{}}',
    ],
    [
      'which is not a reasoning one',
      '{"id":"a","kind":"reasoning","label":"awe","instruction":"?","answer":"!","source":"s","media":{"image":"a"}}',
    ],
  ])('refuses a file with a line that %s, and leaves it as it is', async (problem, line) => {
    await write({ samples: samples.slice(0, 1) });
    await appendFile(path, `${line}\n`);
    const before = await readFile(path);
    await expect(write()).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringMatching(new RegExp(`line 4.*${problem}`)),
    });
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  it('refuses a file with one id twice', async () => {
    await write({ samples: samples.slice(0, 1) });
    await appendFile(path, `${(await readFile(path, 'utf8')).split('\n')[0]}\n`);
    await expect(write()).rejects.toMatchObject({
      message: expect.stringContaining('repeats the id set/0#categorical'),
    });
  });

  it('survives kills at any moment: only complete lines count, none is lost or doubled', {
    timeout: 60_000,
  }, async () => {
    const entryPoint = fileURLToPath(new URL('../__fixtures__/write-many.ts', import.meta.url));
    // Dependencies stay outside and are found from the package.
    const program = fileURLToPath(new URL('../../node_modules/.cache/write-many.mjs', import.meta.url));
    await build({
      entryPoints: [entryPoint],
      outfile: program,
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
    });
    const random = new Random(4);
    const count = 120;
    let kills = 0;
    for (let isDone = false; !isDone; ) {
      const child = spawn(process.execPath, [program, path, String(count)], { stdio: ['ignore', 'pipe', 'inherit'] });
      let lines = 0;
      const limit = kills < 4 ? 1 + random.integer(25) : Number.POSITIVE_INFINITY;
      child.stdout.on('data', (chunk: Buffer) => {
        lines += chunk.toString().split('sample-written').length - 1;
        if (lines >= limit) child.kill('SIGKILL');
      });
      const code = await new Promise((resolve) => child.on('close', resolve));
      isDone = code === 0;
      if (!isDone) kills++;
    }
    expect(kills).toBe(4);
    const ids = (await records()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3 * count);
    expect(ids).toHaveLength(3 * count);
  });
});

describe('concurrency and signals', () => {
  const slow = (): { describer: Describer; most: () => number } => {
    const templates = templateDescriber();
    let [running, most] = [0, 0];
    return {
      most: () => most,
      describer: {
        ...templates,
        async describe(sample, known, { signal }) {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, 5));
          running--;
          signal?.throwIfAborted();
          return templates.describe(sample, known, {});
        },
      },
    };
  };

  it.each([1, 3])('has at most %i samples under way', async (concurrency) => {
    const { describer, most } = slow();
    await write({ describer, concurrency });
    expect(most()).toBe(concurrency);
  });

  it('reads samples as they are needed', async () => {
    let read = 0;
    async function* endless() {
      for (;;) yield { id: String(read++), media: { image: 'a.jpg' }, label: 'joy' };
    }
    const abort = new AbortController();
    const onEvent = () => read > 20 && abort.abort();
    await expect(write({ samples: endless(), signal: abort.signal, onEvent })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    expect(read).toBeLessThan(30);
    expect((await records()).length % 3).toBe(0);
  });

  it('stops everything at the first failure and keeps what is written', async () => {
    const templates = templateDescriber();
    const describer: Describer = {
      ...templates,
      describe: (sample, ...rest) =>
        sample.id === 'set/5' ? Promise.reject(new RangeError('broken')) : templates.describe(sample, ...rest),
    };
    await expect(write({ describer, concurrency: 2 })).rejects.toThrow('broken');
    const written = (await records()).length;
    expect(written).toBeGreaterThan(0);
    expect(await write()).toEqual({ written: 12 - written / 3, present: written / 3, skipped: [] });
  });

  it('does not begin when aborted', async () => {
    await expect(write({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('bad input', () => {
  const one = samples[0] as LabelledMedia;
  it.each<[string, Partial<WriteInstructionsOptions>, object]>([
    [
      'an unknown label',
      { samples: [{ ...one, label: 'bliss' }] },
      { code: 'INVALID_ARGUMENT', argument: 'samples', message: expect.stringContaining('"bliss"') },
    ],
    [
      'one id twice',
      { samples: [one, one] },
      { code: 'INVALID_ARGUMENT', message: expect.stringContaining('repeats the id') },
    ],
    ['a sample without media', { samples: [{ ...one, media: {} }] }, { code: 'INVALID_ARGUMENT' }],
    ['no classes', { classes: [] }, { code: 'INVALID_CONFIG', field: 'labels' }],
    ['no concurrency', { concurrency: 0 }, { code: 'INVALID_CONFIG', field: 'concurrency' }],
    ['a path below a file', { path: join(fileURLToPath(import.meta.url), 'x.jsonl') }, { code: 'INVALID_FILE' }],
  ])('refuses %s', async (_, options, error) => {
    await expect(write(options)).rejects.toMatchObject(error);
  });

  it('skips a sample whose description names the emotion', async () => {
    const describer = {
      source: 'loose',
      describe: async () => ({ elements: 'Much anger in the face of a man.', reasoning: 'x'.repeat(30) }),
    };
    const report = await write({ samples: [one], describer });
    expect(report.skipped).toEqual([
      { id: 'set/0', problem: expect.stringContaining('names the emotion "anger" in "elements"') },
    ]);
    expect(await records()).toEqual([]);
  });
});
