import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'citty';
import { sampleClip } from 'nano-emox/sample-clip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error';
import { serveCommand } from './command';
import { readServeOptions } from './options';

/** The built program is what users run; `npm test` builds before it tests. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** For busy machines. */
const TIMEOUT_MS = 240_000;

describe('nano-emox serve', { timeout: TIMEOUT_MS }, () => {
  let folder = '';
  let child: ChildProcess;
  let address = '';
  let errors = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nano-emox-serve-'));
    const args = [program, 'serve', '--port', '0', '--max-upload', '1', '--quiet'];
    child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: folder, TEMP: folder } });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      errors += text;
    });
    const [text] = (await once(child.stdout?.setEncoding('utf8') as NodeJS.ReadableStream, 'data')) as [string];
    address = text.trim();
  }, TIMEOUT_MS);
  afterAll(async () => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  const send = (clip: Uint8Array) => {
    const body = new FormData();
    body.set('words', sampleClip.words);
    body.set('clip', new Blob([Uint8Array.from(clip)]), 'clip.mp4');
    return fetch(`${address}/api/analyze`, { method: 'POST', body, headers: { accept: 'application/json' } });
  };

  it('answers a clip with JSON, refuses what is too large, and ends without a trace when told to', async () => {
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const answer = (await (await send(readFileSync(sampleClip.path))).json()) as { result: { tasks: object } };
    expect(Object.keys(answer.result.tasks)).toEqual(['msa', 'mer', 'ovMer', 'eri', 'mir', 'erg']);
    expect((await send(Buffer.alloc(1_200_000, 1))).status).toBe(413);
    expect((await send(Buffer.from('no clip'))).status).toBe(415);
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    // Windows has no signals for programs; there it is ended at once.
    if (process.platform !== 'win32') expect({ code, errors }).toEqual({ code: 0, errors: '' });
    expect((await readdir(folder)).filter((name) => name.startsWith('nano-emox'))).toEqual([]);
  });
});

describe('options of serve', () => {
  const definitions = serveCommand.args as Parameters<typeof parseArgs>[1];
  const read = (...args: string[]) => readServeOptions(parseArgs(args, definitions)._, args, definitions);

  it('have defaults, and limits in the units of the server', () => {
    expect(read()).toMatchObject({ host: '127.0.0.1', port: 4600, limits: {}, model: 'tiny' });
    const limits = { uploadBytes: 2 * 1024 * 1024, runMs: 5000, running: 1, waiting: 0 };
    const args = ['--max-upload=2', '--time-limit=5', '--running=1', '--waiting=0'];
    expect(read(...args).limits).toEqual(limits);
  });

  it.each([
    [['talk.mp4'], 'belongs to no option'],
    [['--port', '70000'], '--port is "70000"'],
    [['--time-limit', '0'], '--time-limit is "0"'],
    [['--running', 'x'], '--running is "x"'],
  ])('%j is a usage error', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});
