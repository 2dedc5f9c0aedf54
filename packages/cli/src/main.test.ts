import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeClip } from '@nano-emox/media';
import { folder as tinyFolder } from '@nano-emox/weights-tiny';
import { NanoEmoX, presets } from 'nano-emox';
import { sampleClip } from 'nano-emox/sample-clip';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The built program is what users run; `npm test` builds before it tests. */
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const taskKeys = ['msa', 'mer', 'ovMer', 'eri', 'mir', 'erg'];
/** Each run starts a process and loads a model; the limit is for busy machines. */
const TIMEOUT_MS = 240_000;

const sharedClips = join(
  process.env.NANO_EMOX_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url)),
  'clips',
);
const hasTrainedWeights = existsSync(join(tinyFolder, 'config.json'));
const hasPeople = existsSync(sharedClips);

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  args: readonly string[],
  { nodeArgs = [] as readonly string[], interruptAfter = '', input = '' } = {},
): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...nodeArgs, program, ...args], { cwd: folder });
    child.stdin.on('error', () => undefined); // a program that does not read may have ended
    child.stdin.end(input);
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output.stdout += text;
      if (interruptAfter !== '' && output.stdout.includes(interruptAfter)) child.kill('SIGINT');
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output.stderr += text;
    });
    child.on('close', (code) => resolve({ code, ...output }));
  });
}

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-cli-'));
  const tokenizer = JSON.parse(readFileSync(join(tinyFolder, 'language-model', 'tokenizer.json'), 'utf8'));
  const model = await NanoEmoX.create(presets.tiny, { tokenizer, seed: 1, workers: 0 });
  await model.save(at('model'));
  await model.dispose();
}, TIMEOUT_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('without a model', () => {
  it('prints help and loads nothing of the model for it', async () => {
    // Prints the address of every module that is loaded.
    const hook = `import { writeSync } from 'node:fs';
      export async function load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context); }`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(toDataUrl(hook))});`;
    const { code, stdout, stderr } = await run(['analyze', '--help'], { nodeArgs: ['--import', toDataUrl(register)] });
    expect(code).toBe(0);
    expect(stdout).toMatch(/--words-file=<file>[\s\S]*EXIT CODES[\s\S]*130/);
    expect(stdout).not.toContain('\u001b');
    expect(stderr).toContain('dist/main.js');
    expect(stderr).not.toMatch(/packages\/(nano-emox|engine|media)\/|onnxruntime|node-av/);
  });

  it.each([
    [[], 'COMMANDS'],
    [[], 'nano-emox analyze talk.mp4'],
    [['talk.mp4'], 'nano-emox analyze talk.mp4'],
    [['analyze', '--thread', '2'], 'no option --thread'],
    [['analyze', '--html', 'nowhere/report.html'], 'no folder nowhere'],
  ])('%j is a usage error', async (args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('says so when there is no model in the folder', async () => {
    const { code, stdout, stderr } = await run(['analyze', 'talk.mp4', '--json', '--model', at('nothing')]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ clip: 'talk.mp4', error: { code: 'MISSING_FILE' } });
    expect(stderr).toMatch(/^error \[MISSING_FILE\] .*\n {2}\S.*\n$/);
  });
});

describe('with fresh weights', { timeout: TIMEOUT_MS }, () => {
  it('answers the six tasks for the sample clip in one JSON document', async () => {
    const { code, stdout, stderr } = await run(['analyze', '--json', '--model', at('model')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout);
    for (const key of taskKeys) expectAnswer(document[key]);
    expect(document.words).toEqual({ text: sampleClip.words, source: 'sample' });
    expect(document.evidence.face.framesWithFace).toBeGreaterThan(0);
    expect(document.gate.reduce((sum: number, weight: number) => sum + weight, 0)).toBeCloseTo(1, 5);
    expect(Object.keys(document.timings)).toEqual(expect.arrayContaining(['load', 'decode', ...taskKeys, 'total']));
    expect(document.model.preset).toBe('tiny');
    expect(document.warnings).toEqual([]);
  });

  it('tells clips that cannot be used from those that offer less, and goes on', async () => {
    const length = 16_000;
    const samples = Float32Array.from({ length }, (_, index) => 0.3 * Math.sin(index / 20));
    const frames = Array.from({ length: 10 }, (_, index) => new Uint8Array(64 * 64 * 3).fill(20 * index));
    await writeClip(at('sound.mp4'), { samples });
    await writeFile(at('sound.wav'), wav(samples));
    await writeClip(at('picture.mp4'), { frames, width: 64, height: 64 });
    await writeFile(at('empty.mp4'), '');
    await writeFile(at('text.mp4'), 'These are words and no film.\n'.repeat(50));
    await writeFile(at('cut.mp4'), readFileSync(sampleClip.path).subarray(0, 20_000));
    const clips = ['missing.mp4', 'empty.mp4', 'text.mp4', 'cut.mp4', 'sound.wav', 'sound.mp4', 'picture.mp4'];
    const { code, stdout, stderr } = await run([
      'analyze',
      '--json',
      '--tasks',
      'mer',
      '--model',
      at('model'),
      ...clips,
    ]);
    expect(code).toBe(1);
    const { clips: documents } = JSON.parse(stdout);
    expect(documents.map(({ clip }: { clip: string }) => clip)).toEqual(clips);
    const codes = documents.map(({ error }: { error?: { code: string } }) => error?.code ?? 'fine');
    expect(codes).toEqual(['MISSING_FILE', 'INVALID_MEDIA', 'INVALID_MEDIA', 'INVALID_MEDIA', 'fine', 'fine', 'fine']);
    expect(documents[4].modalities).toEqual(['audio']);
    expect(documents[4].warnings).toMatchObject([{ code: 'no-video-track' }]);
    expect(documents[6].modalities).toEqual(['frame']);
    expect(documents[6].warnings).toMatchObject([{ code: 'no-audio-track' }, { code: 'no-face' }]);
    expect(stderr.match(/^error \[/gm)).toHaveLength(4);
    expect(stderr).not.toMatch(/^\s+at |node:internal/m);
  });

  it('analyses a folder and a pattern with one model, a line for each clip, and writes a page', async () => {
    await mkdir(at('talks'));
    await copyFile(sampleClip.path, at('talks/b.mp4'));
    await writeFile(at('talks/a.mp4'), 'no film');
    const options = [
      '--tasks',
      'mer',
      '--model',
      at('model'),
      '--jsonl',
      '--timeline',
      '--html',
      'report.html',
      '--attention',
    ];
    const { code, stdout, stderr } = await run(['analyze', 'talks', './talks/b*', ...options]);
    expect(code).toBe(1);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ clip }) => clip)).toEqual([join('talks', 'a.mp4'), join('talks', 'b.mp4')]);
    expect(lines[0].error.code).toBe('INVALID_MEDIA');
    expectAnswer(lines[1].mer);
    expect(lines[1].timeline.map(({ frame }: { frame: number }) => frame)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(stderr.match(/^error \[/gm)).toHaveLength(1);
    const page = await readFile(at('report.html'), 'utf8');
    expect(page.match(/<img src="data:image\/jpeg;base64,/g)).toHaveLength(8);
    expect(page).toContain('<strong>INVALID_MEDIA</strong>');
    expect(page.match(/<th scope="row">\d\.\d–\d\.\d s<\/th>/g)).toHaveLength(8);
    expect(page.match(/<h3>How unevenly the model attends<\/h3>/g)).toHaveLength(1);
  });

  it('answers about texts without a clip, of a pipe as of the command line', async () => {
    const lines = ['{"id":7,"text":"We won!","emotion":"joy"}', '{"text":""}', `{"text":"${'so '.repeat(2000)}"}`];
    const options = ['--tasks', 'mer,eiOc,eC', '--emotion', 'fear', '--jsonl', '--model', at('model')];
    const { code, stdout, stderr } = await run(['analyze', '--text', 'Help!', '--texts', '-', ...options], {
      input: lines.join('\n'),
    });
    expect(code).toBe(1);
    const documents = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(documents).toMatchObject([{ text: 'Help!' }, { text: 'We won!', id: 7, line: 1 }, { line: 2 }, { line: 3 }]);
    for (const document of documents.slice(0, 2)) {
      for (const task of ['mer', 'eiOc', 'eC']) expectAnswer(document[task]);
      expect(document).not.toHaveProperty('msa');
    }
    expect(documents.slice(2).map(({ error }) => error.code)).toEqual(['INVALID_FILE', 'INVALID_ARGUMENT']);
    expect(stderr.match(/^error \[/gm)).toHaveLength(2);
  });

  it('writes a report with the words beside the clip, and stops at Ctrl-C', async () => {
    await copyFile(sampleClip.path, at('talk.mp4'));
    await writeFile(at('talk.srt'), '1\n00:00:00,000 --> 00:00:03,000\nWell done me\n');
    const args = ['analyze', '--tasks', 'mer', '--model', at('model'), 'talk.mp4', 'talk.mp4'];
    const { code, stdout, stderr } = await run(args, { interruptAfter: 'Time\n' });
    expect(stdout).toContain('“Well done me” (from talk.srt beside the clip)');
    expect(stdout).not.toContain('\u001b');
    expect(stdout.match(/^talk\.mp4/gm)).toHaveLength(1);
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'Stopped; nothing was left half-done.\n' });
  });
});

describe.skipIf(!hasTrainedWeights)('with the weights of the package (skipped where they are not trained yet)', () => {
  it('reads an answer to every task for the sample clip', { timeout: TIMEOUT_MS }, async () => {
    const { code, stdout, stderr } = await run(['analyze', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout);
    for (const key of taskKeys) expect(document[key], key).toMatchObject({ confidence: expect.any(Number) });
    expect(Object.keys(document.erg.value.chainOfEmpathy)).toHaveLength(4);
  });

  it('names the emotion of a text', { timeout: TIMEOUT_MS }, async () => {
    const args = ['analyze', '--text', 'I am so happy, we won the game!', '--tasks', 'mer', '--json'];
    const { code, stdout, stderr } = await run(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ mer: { value: { emotion: 'happy' } }, model: { preset: 'tiny' } });
  });

  it.skipIf(!hasPeople)('answers for real people (needs shared/data/clips)', { timeout: TIMEOUT_MS }, async () => {
    const clips = ['bbaf2n.mpg', 'ravdess-01-01-01-01-01-01-01.mp4'].map((name) => join(sharedClips, name));
    const { code, stdout } = await run(['analyze', '--json', ...clips]);
    expect(code).toBe(0);
    for (const document of JSON.parse(stdout).clips) {
      for (const key of taskKeys) expectAnswer(document[key]);
      expect(document.evidence.face.framesWithFace).toBe(8);
      expect(document.modalities).toEqual(['frame', 'face', 'audio', 'multi']);
    }
  });
});

function expectAnswer(answer: Record<string, unknown>): void {
  if ('unparsed' in answer) {
    expect(answer).toEqual({ unparsed: expect.any(String), text: expect.any(String) });
    return;
  }
  expect(answer).toEqual({ value: expect.any(Object), confidence: expect.any(Number) });
  expect(answer.confidence).toBeGreaterThanOrEqual(0);
  expect(answer.confidence).toBeLessThanOrEqual(1);
}

function toDataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** 16-bit mono WAV at 16 kHz. */
function wav(samples: Float32Array): Uint8Array {
  const data = Buffer.alloc(44 + samples.length * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + samples.length * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20); // PCM
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(16_000, 24);
  data.writeUInt32LE(32_000, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((sample, index) => void data.writeInt16LE(Math.round(sample * 32_767), 44 + index * 2));
  return data;
}
