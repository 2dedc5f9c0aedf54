import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '@nano-emox/engine/weights';
import { parseArgs } from 'citty';
import { NanoEmoX } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error';
import { featuresCommand } from './command';
import { readFeatureOptions } from './options';

/** The built program is what users run; `npm test` builds before it tests. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** For busy machines. */
const TIMEOUT_MS = 120_000;

let folder = '';
const at = (...names: readonly string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-features-'));
  await mkdir(at('talks', 'deep'), { recursive: true });
  await copyFile(sampleClip.path, at('talks', 'deep', 'talk.mp4'));
  await writeFile(at('talks', 'bad.mp4'), 'no film');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(args: readonly string[], interruptAfter?: string) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [program, 'features', ...args], { cwd: folder });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output.stdout += text;
      if (interruptAfter !== undefined && output.stdout.includes(interruptAfter)) child.kill('SIGINT');
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output.stderr += text;
    });
    child.on('close', (code) => resolve({ code, ...output }));
  });
}

describe('nano-emox features', { timeout: TIMEOUT_MS }, () => {
  it('writes a file for each clip of a folder, with what the model itself computes', async () => {
    const { code, stdout, stderr } = await run(['talks', '--out', 'all', '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error \[INVALID_MEDIA\]/);
    const { clips } = JSON.parse(stdout);
    const file = join('all', 'deep', 'talk.mp4.safetensors');
    expect(clips[0]).toMatchObject({ clip: join('talks', 'bad.mp4'), error: { code: 'INVALID_MEDIA' } });
    expect(clips[1]).toMatchObject({ clip: join('talks', 'deep', 'talk.mp4'), missing: [] });
    expect(clips[1].tensors['scene.levels']).toEqual({ dims: [8, 3, 128], file });
    expect(await readdir(at('all'), { recursive: true })).toEqual(['deep', join('deep', 'talk.mp4.safetensors')]);

    const { tensors, metadata } = await readSafetensors(at(file));
    expect(Object.keys(clips[1].tensors).sort()).toEqual([...tensors.keys()].sort());
    expect(metadata).toMatchObject({ clip: 'talk.mp4', model: 'tiny' });
    const model = await NanoEmoX.fromPretrained('tiny');
    const { softTokens, gate } = await model.encode(sampleClip.path);
    await model.dispose();
    const names = { frame: 'video-adapter', face: 'face', audio: 'audio-adapter', multi: 'fusion' } as const;
    expect(softTokens).toHaveLength(4);
    for (const { modality, embeddings } of softTokens) {
      const tensor = tensors.get(`${names[modality as keyof typeof names]}.tokens`);
      expect(tensor?.dims).toEqual(embeddings.dims.slice(1));
      expectClose(tensor?.data, embeddings.data);
    }
    expectClose(tensors.get('fusion.gate')?.data, gate);
  });

  it('writes chosen components as NumPy files, and leaves nothing half-written at Ctrl-C', async () => {
    await mkdir(at('copies'));
    for (let index = 0; index < 30; index++) await copyFile(sampleClip.path, at('copies', `${index}.mp4`));
    const args = ['copies', '--component', 'scene', '--format', 'npy', '--out', 'scenes'];
    const { code, stdout, stderr } = await run(args, '0.mp4 →');
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'Stopped; nothing was left half-done.\n' });
    expect(stdout).toMatch(
      /^copies.0\.mp4 → 2 files such as scenes.0\.mp4\.scene\.features\.npy\n {2}scene\.features 8×128, /,
    );
    const files = (await readdir(at('scenes'))).sort();
    expect(files.length).toBeLessThan(60);
    const whole = files.filter((name) => name.endsWith('.scene.features.npy'));
    expect(files).toEqual(whole.flatMap((name) => [name, name.replace('features', 'levels')]).sort());
    for (const name of whole) expect(await readFile(at('scenes', name))).toHaveLength(128 + 8 * 128 * 4);
  });

  it('refuses clips whose files would have one name', async () => {
    const { code, stderr } = await run(['talks/deep/talk.mp4', sampleClip.path, 'elsewhere/talk.mp4']);
    expect(code).toBe(2);
    expect(stderr).toContain('would have one name');
  });
});

describe('options of features', () => {
  const definitions = featuresCommand.args as Parameters<typeof parseArgs>[1];
  const read = (...args: string[]) => readFeatureOptions(parseArgs(args, definitions)._, args, definitions);

  it('have defaults, and components in the order of the data', () => {
    expect(read('a.mp4')).toMatchObject({ clips: ['a.mp4'], format: 'safetensors', out: '.', model: 'tiny' });
    expect(read('a.mp4').components).toHaveLength(6);
    expect(read('a.mp4', '--component', 'fusion, face').components).toEqual(['face', 'fusion']);
  });

  it.each([
    [[], 'there is no clip'],
    [['a.mp4', '--component', 'nose'], 'no component "nose"'],
    [['a.mp4', '--format', 'csv'], 'no format "csv"'],
  ])('%j is a usage error', (args, message) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(message);
  });
});

function expectClose(received: ArrayLike<number | bigint> | undefined, expected: ArrayLike<number> | undefined): void {
  expect(received?.length).toBe(expected?.length);
  const difference = Array.from(expected ?? [], (value, index) => Math.abs(value - Number(received?.[index])));
  expect(Math.max(...difference)).toBeLessThan(1e-4);
}
