import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { folder as tinyFolder } from '@nano-emox/weights-tiny';
import { NanoEmoX, presets } from 'nano-emox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The built program is what users run; `npm test` builds before it tests. */
const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** For busy machines. */
const TIMEOUT_MS = 300_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nano-emox-ablate-'));
  const tokenizer = JSON.parse(await readFile(join(tinyFolder, 'language-model', 'tokenizer.json'), 'utf8'));
  const languageModel = { ...presets.tiny.languageModel, layers: 1 };
  const config = { ...presets.tiny, preset: 'custom', languageModel };
  const model = await NanoEmoX.create(config, { tokenizer, seed: 1, workers: 0 });
  await model.save(join(folder, 'model'));
  await model.dispose();
}, TIMEOUT_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(args: readonly string[]) {
  return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [program, 'ablate', ...args], { cwd: folder });
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

describe('nano-emox ablate', { timeout: TIMEOUT_MS }, () => {
  const quick = ['--from', 'model', '--clips', '7', '--limit', '1', '--steps-scale', '0.001', '--threads', '1'];

  it('compares curricula, prints the table, and prints it again without training', async () => {
    const args = [...quick, '--curriculum', 'joint,p2e', '--seeds', '1', '--out', 'runs'];
    const first = await run(args);
    expect({ code: first.code, stderr: first.stderr }).toEqual({
      code: 0,
      stderr: '── run 1 of 2: joint, seed 1\n── run 2 of 2: p2e, seed 1\n',
    });
    expect(first.stdout).toMatch(/^name +runs +ERG hit rate[\s\S]*\njoint +1[\s\S]*\np2e +1[\s\S]*Report {2}runs/);
    const again = await run([...args, '--json', '--quiet']);
    const report = JSON.parse(again.stdout);
    expect(report.steps).toBe(4);
    expect(report.table.rows.map(({ name }: { name: string }) => name)).toEqual(['joint', 'p2e']);
    expect(await readFile(join(folder, 'runs', 'comparison.html'), 'utf8')).toContain('ERG hit rate');
  });

  it('says which ablations there are', async () => {
    const { code, stderr } = await run(['--ablation', 'no-brain']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/no ablation "no-brain"[\s\S]*no-fusion/);
  });
});
