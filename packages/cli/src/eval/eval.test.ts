import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folder as tinyFolder } from '@nano-emox/weights-tiny';
import { NanoEmoX, presets } from 'nano-emox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The built program is what users run; `npm test` builds before it tests. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** For busy machines. */
const TIMEOUT_MS = 240_000;

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], { nodeArgs = [] as readonly string[], env = {} } = {}): Promise<Run> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...nodeArgs, program, 'eval', ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output.stdout += text;
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
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-eval-'));
  await mkdir(at('MIntRec'));
  const rows = ['clip\ttext\tintent', 'a\tWell done!\tPraise', 'b\tThis is bad.\tComplain', 'c\tThank you.\tThank'];
  await writeFile(join(at('MIntRec'), 'test.tsv'), `${rows.join('\n')}\n`);
  await writeFile(at('mine.csv'), 'id,prediction,confidence\na,Praise,0.9\nb,Praise,0.6\nz,Thank,0.5\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('nano-emox eval', { timeout: TIMEOUT_MS }, () => {
  const onSet = ['--dataset', 'mintrec=MIntRec'];

  it('scores predictions, and loads nothing of a model for it', async () => {
    // Prints the address of every module that is loaded.
    const hook = `import { writeSync } from 'node:fs';
      export async function load(url, context, next) { writeSync(2, url + '\\n'); return next(url, context); }`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(toDataUrl(hook))});`;
    const { code, stdout, stderr } = await run([...onSet, '--predictions', 'mine.csv', '--json'], {
      nodeArgs: ['--import', toDataUrl(register)],
    });
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/onnxruntime|node-av|packages\/(nano-emox|media|lm-lora)\//);
    expect(stderr).toContain('warning: 1 predictions have no row, such as z (mir)');
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ dataSet: 'mintrec', split: 'test', extra: [{ id: 'z', task: 'mir' }] });
    const [mir] = document.tasks;
    expect(mir).toMatchObject({
      task: 'mir',
      main: { metric: 'acc', value: 33.33, best: 100 },
      counts: { questions: 3, unparsed: { missing: 1 } },
    });
    // One right at 0.9, one wrong at 0.6; the missing one has no confidence.
    expect(mir.calibrationError).toEqual({ value: expect.closeTo((0.1 + 0.6) / 2, 10), count: 2 });
    expect(document.scores[0].command).toBe('nano-emox eval --dataset mintrec=MIntRec --predictions mine.csv --json');
  });

  it('scores the affect of texts without a model', async () => {
    await mkdir(at('SemEval'));
    const tweets = [
      '1\tGrim.\tvalence\t-3: very negative',
      '2\tHm.\tvalence\t0: neutral',
      '3\tFine.\tvalence\t2: moderate',
    ];
    const header = 'ID\tTweet\tAffect Dimension\tIntensity Class';
    await writeFile(join(at('SemEval'), '2018-Valence-oc-En-test-gold.txt'), `${[header, ...tweets].join('\n')}\n`);
    await writeFile(at('valence.csv'), 'id,prediction\n1,-3\n2,The valence class is 0.\n3,2: moderately positive\n');
    const affect = ['--dataset', 'semeval2018-v-oc=SemEval', '--predictions', 'valence.csv', '--tasks', 'V-oc'];
    const { code, stdout, stderr } = await run([...affect, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).tasks).toMatchObject([
      { task: 'vOc', share: 1, metrics: { pearson: expect.closeTo(1, 12), quadraticKappa: 1 } },
    ]);
  });

  it('prints tables, or Markdown with the origin of every number', async () => {
    const text = await run([...onSet, '--predictions', 'mine.csv', '--quiet']);
    expect({ code: text.code, stderr: text.stderr }).toEqual({ code: 0, stderr: '' });
    expect(text.stdout).toMatch(/^mintrec, test\n[\s\S]*MIR +acc +33\.3300 +100 +3 +1 +33\.3 %/);
    const { stdout } = await run([...onSet, '--predictions', 'mine.csv', '--quiet', '--markdown']);
    expect(stdout).toMatch(/^\| data \| split \|.*\n\|(---\|)+\n\| mintrec \| test \| MIR acc \| 33\.3300 \|/);
  });

  it('asks a model by the words alone, keeps its answers, and scores them again without it', async () => {
    const tokenizer = JSON.parse(await readFile(join(tinyFolder, 'language-model', 'tokenizer.json'), 'utf8'));
    const languageModel = { ...presets.tiny.languageModel, layers: 1 };
    const config = { ...presets.tiny, preset: 'custom', languageModel };
    const model = await NanoEmoX.create(config, { tokenizer, seed: 1, workers: 0 });
    await model.save(at('model'));
    await model.dispose();
    const asked = await run([...onSet, '--model', 'model', '--words-only', '--out', 'answers.jsonl', '--json']);
    expect({ code: asked.code, stderr: asked.stderr }).toEqual({ code: 0, stderr: '' });
    const { tasks, leftOut } = JSON.parse(asked.stdout);
    expect(leftOut).toEqual({ rows: 0, clips: 0 });
    expect(tasks[0].counts.questions).toBe(3);
    expect((await readFile(at('answers.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(3);
    const again = await run([...onSet, '--predictions', 'answers.jsonl', '--json']);
    expect(JSON.parse(again.stdout).tasks).toEqual(tasks);
  });

  it('asks a judge behind an endpoint, with a key that is on no command line', async () => {
    const keys = new Set<string | undefined>();
    const server = createServer((request, response) => {
      keys.add(request.headers.authorization);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message: { content: '7' } }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await mkdir(at('reasons'), { recursive: true });
      const description = {
        files: { test: 'test.csv' },
        id: '{id}',
        targets: [{ task: 'eri', reason: '{text}', emotions: { list: '{labels}' } }],
      };
      await writeFile(join(at('reasons'), 'dataset.json'), JSON.stringify(description));
      await writeFile(join(at('reasons'), 'test.csv'), 'id,text,labels\n1,She smiles.,[happy]\n');
      await writeFile(at('reasons.csv'), 'id,prediction\n1,A smile. She is glad.\n');
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
      const { code, stdout, stderr } = await run(
        [
          ...['--dataset', 'mine=reasons', '--predictions', 'reasons.csv', '--json'],
          ...['--judge-endpoint', address, '--judge-model', 'judge'],
        ],
        { env: { NANO_EMOX_JUDGE_KEY: 'secret-key' } },
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(JSON.parse(stdout).tasks[0].main).toEqual({ metric: 'clueOverlap', value: 7, best: 10 });
      expect([...keys]).toEqual(['Bearer secret-key']);
      expect(stdout).not.toContain('secret-key');
    } finally {
      server.close();
    }
  });

  it.each([
    [['--predictions', 'absent.csv'], 'MISSING_FILE'],
    [['--predictions', 'mine.csv', '--split', 'dev'], 'MISSING_FILE'],
    [['--predictions', 'mine.csv', '--split', 'moon'], 'INVALID_ARGUMENT'],
    [['--model', 'absent', '--words-only'], 'MISSING_FILE'],
  ])('%j fails with a code and says what to do', async (args, error) => {
    const { code, stdout, stderr } = await run([...onSet, ...args, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ code: error, hint: expect.any(String) });
    expect(stderr).toMatch(new RegExp(`^error \\[${error}\\] .*\\n {2}\\S.*\\n$`));
  });
});

const toDataUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
