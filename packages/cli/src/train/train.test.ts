import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeClip } from '@nano-emox/media';
import { folder as tinyFolder } from '@nano-emox/weights-tiny';
import { NanoEmoX, presets } from 'nano-emox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The built program is what users run; `npm test` builds before it tests. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** For busy machines. */
const TIMEOUT_MS = 240_000;

interface Run {
  readonly code: number | null;
  readonly killed: NodeJS.Signals | null;
  readonly events: readonly Record<string, unknown>[];
  readonly stderr: string;
}

/** Runs `train --json` and sends a signal at the first event that fits. */
function train(args: readonly string[], signal?: NodeJS.Signals, at?: (event: Record<string, unknown>) => boolean) {
  return new Promise<Run>((resolve) => {
    const child = spawn(process.execPath, [program, 'train', '--json', '--quiet', ...args], { cwd: folder });
    const events: Record<string, unknown>[] = [];
    let [rest, stderr, isSent] = ['', '', false];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() as string;
      for (const line of lines) {
        const event = JSON.parse(line) as Record<string, unknown>;
        events.push(event);
        if (signal && !isSent && at?.(event)) isSent = child.kill(signal);
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('close', (code, killed) => resolve({ code, killed, events, stderr }));
  });
}

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-train-'));
  const { tiny } = presets;
  const tokenizer = JSON.parse(await readFile(join(tinyFolder, 'language-model', 'tokenizer.json'), 'utf8'));
  const languageModel = { ...tiny.languageModel, layers: 1 };
  const input = { ...tiny.input, faceCrop: 'whole-frame' as const };
  const model = await NanoEmoX.create(
    { ...tiny, preset: 'custom', input, languageModel },
    { tokenizer, seed: 1, workers: 0 },
  );
  await model.save(at('model'));
  await model.dispose();
  await mkdir(at('mine'));
  for (const [index, name] of ['one', 'two'].entries()) {
    const frames = Array.from({ length: 9 }, (_, frame) =>
      new Uint8Array(32 * 32 * 3).fill(40 * (index + 1) + 8 * frame),
    );
    const samples = Float32Array.from({ length: 9000 }, (_, time) => 0.3 * Math.sin((time * (index + 1)) / 20));
    await writeClip(join(at('mine'), `${name}.mp4`), { frames, width: 32, height: 32, samples });
  }
  await writeFile(join(at('mine'), 'train.csv'), 'clip,text,emotion\none,We won!,happy\ntwo,Nobody called.,sad\n');
  const description = {
    files: { train: 'train.csv' },
    id: '{clip}',
    subtitle: '{text}',
    media: { video: ['{clip}.mp4'] },
    targets: [{ task: 'mer', label: '{emotion}', labels: ['happy', 'sad'] }],
  };
  await writeFile(join(at('mine'), 'dataset.json'), JSON.stringify(description));
}, TIMEOUT_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('nano-emox train', { timeout: TIMEOUT_MS }, () => {
  const corpus = (out: string) => [
    ...['--from', 'model', '--dataset', 'mine=mine', '--cache', 'features', '--out', out],
    ...['--steps-scale', '0.00005', '--threads', '1', '--device', 'cpu'],
  ];
  const isStep = (step: number) => (event: Record<string, unknown>) =>
    event.type === 'step-end' && event.phase === 'empathy-multitask' && (event.step as number) >= step;

  it('trains on a corpus; killed and interrupted, the same command ends with the same model', async () => {
    const whole = await train(corpus('whole'));
    expect({ code: whole.code, stderr: whole.stderr }).toEqual({ code: 0, stderr: '' });
    expect(whole.events.at(-1)).toEqual({ type: 'train-end', modelFolder: join('whole', 'model') });

    const killed = await train(corpus('stopped'), 'SIGKILL', isStep(3));
    expect(killed.killed).toBe('SIGKILL');
    const interrupted = await train(corpus('stopped'), 'SIGINT', isStep(6));
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toBe('Stopped; what was done is kept in stopped. The same command continues.\n');
    expect(interrupted.events.at(-1)).toMatchObject({ type: 'checkpoint-end', phase: 'empathy-multitask' });
    const continued = await train(corpus('stopped'));
    expect({ code: continued.code, stderr: continued.stderr }).toEqual({ code: 0, stderr: '' });
    const resumed = continued.events.find(({ type, phase }) => type === 'phase-start' && phase === 'empathy-multitask');
    expect(resumed?.step).toBeGreaterThanOrEqual(6);
    for (const part of ['video-adapter', 'language-model']) {
      const [expected, received] = await Promise.all(
        ['whole', 'stopped'].map((run) => readFile(join(at(run), 'model', part, 'model.safetensors'))),
      );
      expect(received?.equals(expected as Buffer), part).toBe(true);
    }
  });

  it('refuses other settings in the folder of a run, as JSON and in words', async () => {
    const { code, events, stderr } = await train([...corpus('whole'), '--ablation', 'lora-rank-4']);
    expect(code).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'INVALID_CONFIG', hint: expect.any(String) });
    expect(stderr).toMatch(/^error \[INVALID_CONFIG\] .*\n {2}Choose another run folder/);
  });

  it('hands a teacher of faces to the recipe', async () => {
    await mkdir(at('data'));
    const teacher = ['--data', 'data', '--face-teacher', 'teacher.safetensors', '--out', 'taught'];
    const isFaceEncoder = ({ type, phase }: Record<string, unknown>) =>
      type === 'phase-start' && phase === 'face-encoder';
    const { code } = await train([...teacher, '--clips', '7', '--threads', '1'], 'SIGINT', isFaceEncoder);
    expect(code).toBe(130);
    const config = JSON.parse(await readFile(join(at('taught'), 'face-encoder', 'config.json'), 'utf8'));
    expect(JSON.stringify(config)).toContain('"hasFaceTeacher":true');
  });

  it('says which ablations there are', async () => {
    const { code, stderr } = await train(['--ablation', 'no-brain']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no ablation "no-brain"[\s\S]*no-fusion/);
  });
});
